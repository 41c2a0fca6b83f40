//! Surges: kept over restarts, known in memory to every page, and applied to tickets as they are opened.

use std::collections::BTreeMap;

use serde_json::json;
use sqlx::Row as _;
use tokio::sync::watch;
use uuid::Uuid;

use crate::bus::News;
use crate::conversation::{Surge, Ticket, TicketQueue};
use crate::locale::Locale;
use crate::store::dialect::{Connection, PlainRow};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::time::Timestamp;

/// A surge to be begun or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SurgeChange {
    /// Begin it; one of the same name is replaced.
    Begin(Surge),
    /// End the one of this name.
    End(String),
}

/// Who asks for a change, and by what right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurgeRequest {
    /// What.
    pub change: SurgeChange,
    /// Id of an agent or key, or the name of the webhook.
    pub by: String,
    /// A signature that must not have been shown before, and until when it could be shown.
    pub signature: Option<(String, Timestamp)>,
    /// The present moment.
    pub now: Timestamp,
}

/// A surge that is or was on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastSurge {
    /// The surge.
    pub surge: Surge,
    /// Who began it.
    pub begun_by: String,
    /// When it ended, if it has.
    pub ended: Option<Timestamp>,
}

/// Most surges listed.
const MAX_LISTED: i64 = 50;

const COLUMNS: &str = "incident, texts, categories, bump, begun, begun_by, expires, ended";

impl Store {
    /// Begins or ends a surge; `false` when there was none to end.
    pub async fn change_surge(&self, request: SurgeRequest) -> Result<bool, StoreError> {
        let now = request.now;
        let changed = self
            .writer
            .write(move |connection| Box::pin(change(connection, request)))
            .await?;
        self.bus.announce(News::Surges);
        self.refresh_surges(now).await?;
        Ok(changed)
    }

    /// Ends every surge whose time is over, and learns of those that another server began.
    pub async fn run_surges(&self, now: Timestamp) -> Result<(), StoreError> {
        let row = sqlx::query("SELECT 1 FROM surges WHERE ended IS NULL AND expires <= $1 LIMIT 1")
            .bind(now.as_millis())
            .fetch_optional(&self.reader.pool)
            .await?;
        if row.is_some() {
            self.writer
                .write(move |connection| Box::pin(expire(connection, now)))
                .await?;
        }
        self.refresh_surges(now).await
    }

    /// Returns the surges that are on, the oldest first, without asking the disk.
    pub fn surges(&self, now: Timestamp) -> Vec<Surge> {
        let known = self.surges.borrow();
        known
            .iter()
            .filter(|surge| surge.is_on(now))
            .cloned()
            .collect()
    }

    /// Tells when surges begin and end.
    pub fn surges_changed(&self) -> watch::Receiver<Vec<Surge>> {
        self.surges.subscribe()
    }

    pub(in crate::store) async fn refresh_surges(&self, now: Timestamp) -> Result<(), StoreError> {
        let found = self.reader.surges_on(now).await?;
        self.surges.send_if_modified(|known| {
            let differs = *known != found;
            if differs {
                *known = found;
            }
            differs
        });
        Ok(())
    }
}

impl Reader {
    async fn surges_on(&self, now: Timestamp) -> Result<Vec<Surge>, StoreError> {
        let mut connection = self.connection().await?;
        on(&mut connection, now).await
    }

    /// Reads surges, the newest first, past ones too.
    pub async fn past_surges(&self) -> Result<Vec<PastSurge>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM surges ORDER BY begun DESC, id DESC LIMIT $1"
        )))
        .bind(MAX_LISTED)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(from_row).collect()
    }
}

/// Raises a ticket that is about to be opened, as the surges that are on want it.
pub(in crate::store) async fn raise(
    connection: &mut Connection,
    ticket: &mut Ticket,
    now: Timestamp,
) -> Result<(), StoreError> {
    let category = ticket
        .subject
        .as_ref()
        .map(|subject| subject.category.as_str());
    let surges = on(connection, now).await?;
    let affecting = surges.iter().filter(|surge| surge.affects(category));
    if let Some(bump) = affecting.map(|surge| surge.bump).max() {
        ticket.priority = ticket.priority.raised_by(bump);
        ticket.queue = TicketQueue::Surge;
    }
    Ok(())
}

async fn on(connection: &mut Connection, now: Timestamp) -> Result<Vec<Surge>, StoreError> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM surges WHERE ended IS NULL AND expires > $1 ORDER BY begun, id"
    )))
    .bind(now.as_millis())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(from_row(row)?.surge)).collect()
}

async fn change(connection: &mut Connection, request: SurgeRequest) -> Result<bool, StoreError> {
    let SurgeRequest {
        change,
        by,
        signature,
        now,
    } = request;
    if let Some((signature, until)) = signature {
        sqlx::query("DELETE FROM seen_signatures WHERE until < $1")
            .bind(now.as_millis())
            .execute(&mut *connection)
            .await?;
        let kept = sqlx::query(
            "INSERT INTO seen_signatures (signature, until) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(signature)
        .bind(until.as_millis())
        .execute(&mut *connection)
        .await?;
        if kept.rows_affected() == 0 {
            return Err(StoreError::Replayed);
        }
    }
    let incident = match &change {
        SurgeChange::Begin(surge) => surge.incident.clone(),
        SurgeChange::End(incident) => incident.clone(),
    };
    let ended = sqlx::query(
        "UPDATE surges SET ended = $2, ended_by = $3 WHERE incident = $1 AND ended IS NULL",
    )
    .bind(&incident)
    .bind(now.as_millis())
    .bind(&by)
    .execute(&mut *connection)
    .await?
    .rows_affected()
        > 0;
    let (action, detail) = match change {
        SurgeChange::End(_) if !ended => return Ok(false),
        SurgeChange::End(_) => ("surge_end", json!({})),
        SurgeChange::Begin(surge) => {
            insert(connection, &surge, &by).await?;
            let detail = json!({
                "categories": surge.categories,
                "bump": surge.bump,
                "expires": surge.expires.to_string(),
                "replaced": ended,
            });
            ("surge_begin", detail)
        }
    };
    let line = LogLine {
        actor: by,
        action,
        subject: incident,
        detail,
        now,
    };
    staff_log::insert(connection, line).await?;
    Ok(true)
}

async fn insert(connection: &mut Connection, surge: &Surge, by: &str) -> Result<(), StoreError> {
    let Surge {
        incident,
        texts,
        categories,
        bump,
        begun,
        expires,
    } = surge;
    let texts: BTreeMap<&str, &str> = texts
        .iter()
        .map(|(locale, text)| (locale.tag(), text.as_str()))
        .collect();
    let written = |json: serde_json::Result<String>| {
        json.map_err(|error| StoreError::unreadable("surge", error))
    };
    sqlx::query(
        "INSERT INTO surges (id, incident, texts, categories, bump, begun, begun_by, expires) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(incident)
    .bind(written(serde_json::to_string(&texts))?)
    .bind(match categories {
        Some(categories) => Some(written(serde_json::to_string(categories))?),
        None => None,
    })
    .bind(i64::from(*bump))
    .bind(begun.as_millis())
    .bind(by)
    .bind(expires.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

async fn expire(connection: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "UPDATE surges SET ended = expires, ended_by = 'timer' WHERE ended IS NULL AND expires <= $1 \
         RETURNING incident",
    )
    .bind(now.as_millis())
    .fetch_all(&mut *connection)
    .await?;
    for row in rows {
        let line = LogLine {
            actor: "timer".to_owned(),
            action: "surge_expire",
            subject: row.try_get("incident")?,
            detail: json!({}),
            now,
        };
        staff_log::insert(connection, line).await?;
    }
    Ok(())
}

fn from_row(row: &PlainRow) -> Result<PastSurge, StoreError> {
    let unreadable = |error| StoreError::unreadable("surge", error);
    let texts: String = row.try_get("texts")?;
    let texts: BTreeMap<String, String> = serde_json::from_str(&texts).map_err(unreadable)?;
    let categories: Option<String> = row.try_get("categories")?;
    let categories = categories
        .map(|json| serde_json::from_str(&json))
        .transpose()
        .map_err(unreadable)?;
    let bump: i64 = row.try_get("bump")?;
    let ended: Option<i64> = row.try_get("ended")?;
    Ok(PastSurge {
        surge: Surge {
            incident: row.try_get("incident")?,
            texts: texts
                .into_iter()
                .filter_map(|(tag, text)| Some((Locale::from_tag(&tag)?, text)))
                .collect(),
            categories,
            bump: u8::try_from(bump).unwrap_or_default(),
            begun: Timestamp::from_millis(row.try_get("begun")?),
            expires: Timestamp::from_millis(row.try_get("expires")?),
        },
        begun_by: row.try_get("begun_by")?,
        ended: ended.map(Timestamp::from_millis),
    })
}
