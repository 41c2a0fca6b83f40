//! Rows of places that are told what happens: webhooks, and help desks in which tickets also live.

use std::sync::Arc;

use serde_json::json;
use sqlx::Row as _;

use crate::bus::{News, Subject};
use crate::conversation::Topic;
use crate::ids::{AgentId, EndpointId};
use crate::signing::SigningSecret;
use crate::store::codes::parse;
use crate::store::delivery::kinds::{EndpointKind, ServiceAccount};
use crate::store::dialect::{Connection, Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::remembered::Outlet;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::time::Timestamp;

/// A place that is told what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name in the record.
    pub id: EndpointId,
    /// How it wants to be told.
    pub kind: EndpointKind,
    /// What it is for, for people.
    pub description: String,
    /// Where it is.
    pub url: String,
    /// What it wants to hear.
    pub topics: Vec<Topic>,
    /// Signs what it is sent; during a rotation the one before signs too.
    pub secrets: Vec<SigningSecret>,
    /// The account of a help desk or messenger.
    pub account: Option<ServiceAccount>,
    /// Whether it is told anything.
    pub active: bool,
    /// Why it was switched off by itself.
    pub disabled_why: Option<String>,
    /// Since when nothing has arrived there.
    pub failing_since: Option<Timestamp>,
    /// When it was set up.
    pub created: Timestamp,
}

impl Endpoint {
    /// Returns the path under which a messenger hands in what happens there.
    pub fn events_path(&self) -> Option<String> {
        let is_messenger = self.kind.channel().is_some()
            && !matches!(self.kind, EndpointKind::Channel | EndpointKind::Mail);
        is_messenger.then(|| format!("/v1/channels/{}/events", self.id))
    }
}

/// What can be changed about a place.
#[derive(Debug, Clone, Default)]
pub struct EndpointChange {
    /// What it is for.
    pub description: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// What it wants to hear.
    pub topics: Option<Vec<Topic>>,
    /// Whether it is told anything; switching it on forgets earlier failures.
    pub active: Option<bool>,
}

/// How long the secret before still signs after a rotation.
const ROTATION_MS: i64 = 24 * 60 * 60 * 1_000;

const COLUMNS: &str = "id, kind, description, url, topics, secret, previous_secret, previous_until, account, active, \
                       disabled_why, failing_since, created";

impl Store {
    /// Keeps a new place.
    pub async fn add_endpoint(&self, endpoint: Endpoint, by: AgentId) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| Box::pin(insert(connection, endpoint, by)))
            .await?;
        self.bus().announce(News::Outlets);
        Ok(())
    }

    /// Changes a place.
    pub async fn change_endpoint(
        &self,
        id: EndpointId,
        change: EndpointChange,
        by: AgentId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| Box::pin(update(connection, id, change, by, now)))
            .await?;
        self.bus().announce(News::Outlets);
        Ok(())
    }

    /// Gives a place a new secret; the one before signs beside it for a day.
    pub async fn rotate_endpoint(
        &self,
        id: EndpointId,
        secret: SigningSecret,
        by: AgentId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query(
                        "UPDATE outlets SET previous_secret = secret, previous_until = $3, secret = $2, \
                         updated = $4 WHERE id = $1",
                    )
                    .bind(id.to_string())
                    .bind(connection.keys().house().seal(&secret.reveal()))
                    .bind(now.later_by(ROTATION_MS).as_millis())
                    .bind(now.as_millis())
                    .execute(&mut *connection)
                    .await?;
                    known(id, done.rows_affected())?;
                    log(connection, "rotate_webhook", id, by, json!({}), now).await
                })
            })
            .await
    }

    /// Forgets a place with everything that was to be told there.
    pub async fn remove_endpoint(
        &self,
        id: EndpointId,
        by: AgentId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for statement in [
                        "DELETE FROM deliveries WHERE outlet = $1",
                        "DELETE FROM external_tickets WHERE outlet = $1",
                        "DELETE FROM hook_sources WHERE outlet = $1",
                        "DELETE FROM reply_tokens WHERE outlet = $1",
                        "DELETE FROM access_tokens WHERE outlet = $1",
                        "DELETE FROM sent_names WHERE outlet = $1",
                        "DELETE FROM letters WHERE outlet = $1",
                        "DELETE FROM mailboxes WHERE outlet = $1",
                        // What was said there stays; nobody can be answered there any more.
                        "UPDATE conversations SET outlet = NULL, external_id = NULL WHERE outlet = $1",
                    ] {
                        sqlx::query(statement)
                            .bind(id.to_string())
                            .execute(&mut *connection)
                            .await?;
                    }
                    let done = sqlx::query("DELETE FROM outlets WHERE id = $1")
                        .bind(id.to_string())
                        .execute(&mut *connection)
                        .await?;
                    known(id, done.rows_affected())?;
                    log(connection, "remove_webhook", id, by, json!({}), now).await
                })
            })
            .await?;
        self.bus().announce(News::Outlets);
        Ok(())
    }

    /// Tells whether anybody wants to hear of anything.
    pub async fn has_outlets(&self) -> Result<bool, StoreError> {
        Ok(!self.known_outlets().await?.is_empty())
    }

    /// Returns the active outlets; read once after each change that the bus has told of.
    pub(in crate::store) async fn known_outlets(&self) -> Result<Arc<[Outlet]>, StoreError> {
        // Asked for before reading: a change that is told of in between makes what is read here outdated.
        let heard = *self.bus().heard(Subject::Outlets).borrow();
        if let Some(known) = self.outlets.as_of(heard) {
            return Ok(known);
        }
        let read: Arc<[Outlet]> = self.reader.active_outlets().await?.into();
        self.outlets.remember(heard, Arc::clone(&read));
        Ok(read)
    }

    /// Announces a change of the outlets that another process has made, such as one on another machine.
    pub(in crate::store) async fn look_at_outlets(&self) -> Result<(), StoreError> {
        let known = self.known_outlets().await?;
        if *self.reader.active_outlets().await? != *known {
            self.bus().announce(News::Outlets);
        }
        Ok(())
    }
}

impl Reader {
    async fn active_outlets(&self) -> Result<Vec<Outlet>, StoreError> {
        let rows = sqlx::query("SELECT id, kind, topics FROM outlets WHERE active = 1 ORDER BY id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let kind: EndpointKind = parse("kind of webhook", row.try_get("kind")?)?;
                Ok(Outlet {
                    id: parse("webhook id", row.try_get("id")?)?,
                    is_channel: kind.channel().is_some(),
                    topics: topics_in(row.try_get("topics")?),
                })
            })
            .collect()
    }

    /// Reads every place, the oldest first; secrets of rotations that are over are left out.
    pub async fn endpoints(&self, now: Timestamp) -> Result<Vec<Endpoint>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM outlets ORDER BY created, id"
        )))
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter().map(|row| from_row(row, now)).collect()
    }

    /// Reads one place.
    pub async fn endpoint(&self, id: &EndpointId, now: Timestamp) -> Result<Endpoint, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM outlets WHERE id = $1"
        )))
        .bind(id.to_string())
        .row_if_any(&mut self.connection().await?)
        .await?;
        row.map_or(Err(StoreError::UnknownEndpoint(*id)), |row| {
            from_row(&row, now)
        })
    }
}

async fn insert(
    connection: &mut Connection,
    endpoint: Endpoint,
    by: AgentId,
) -> Result<(), StoreError> {
    let Endpoint {
        id,
        kind,
        description,
        url,
        topics,
        secrets,
        account,
        active,
        disabled_why: _,
        failing_since: _,
        created,
    } = endpoint;
    let account = account
        .map_or_else(
            || Ok("{}".to_owned()),
            |account| serde_json::to_string(&account),
        )
        .map_err(|error| StoreError::unreadable("account of a help desk", error))?;
    let house = Arc::clone(connection.keys().house());
    sqlx::query(
        "INSERT INTO outlets (id, kind, description, url, topics, secret, previous_until, account, active, \
         created, updated) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $9)",
    )
    .bind(id.to_string())
    .bind(kind.code())
    .bind(description)
    .bind(url)
    .bind(joined(&topics))
    .bind(house.seal(&secrets.first().map(SigningSecret::reveal).unwrap_or_default()))
    .bind(house.seal(&account))
    .bind(i64::from(active))
    .bind(created.as_millis())
    .execute(&mut *connection)
    .await?;
    let detail = json!({ "kind": kind.code(), "events": joined(&topics) });
    log(connection, "add_webhook", id, by, detail, created).await
}

async fn update(
    connection: &mut Connection,
    id: EndpointId,
    change: EndpointChange,
    by: AgentId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let EndpointChange {
        description,
        url,
        topics,
        active,
    } = change;
    let topics = topics.map(|topics| joined(&topics));
    let done = sqlx::query(
        "UPDATE outlets SET description = COALESCE($2, description), url = COALESCE($3, url), \
         topics = COALESCE($4, topics), active = COALESCE($5, active), updated = $6, \
         disabled_why = CASE WHEN $5 IS NULL THEN disabled_why ELSE NULL END, \
         failing_since = CASE WHEN $5 IS NULL THEN failing_since ELSE NULL END WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(description)
    .bind(url)
    .bind(&topics)
    .bind(active.map(i64::from))
    .bind(now.as_millis())
    .execute(&mut *connection)
    .await?;
    known(id, done.rows_affected())?;
    let detail = json!({ "events": topics, "active": active });
    log(connection, "change_webhook", id, by, detail, now).await
}

fn known(id: EndpointId, rows: u64) -> Result<(), StoreError> {
    match rows {
        0 => Err(StoreError::UnknownEndpoint(id)),
        _ => Ok(()),
    }
}

async fn log(
    connection: &mut Connection,
    action: &'static str,
    id: EndpointId,
    by: AgentId,
    detail: serde_json::Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    let line = LogLine {
        actor: by.to_string(),
        action,
        subject: id.to_string(),
        detail,
        now,
    };
    staff_log::insert(connection, line).await
}

/// Each code stands between two commas, so that one is never found inside another.
fn joined(topics: &[Topic]) -> String {
    topics
        .iter()
        .fold(",".to_owned(), |joined, topic| joined + topic.code() + ",")
}

/// Reads joined codes; a topic of a newer version means nothing to this one.
fn topics_in(joined: String) -> Vec<Topic> {
    joined
        .split(',')
        .filter_map(|code| code.parse().ok())
        .collect()
}

fn from_row(row: &Row, now: Timestamp) -> Result<Endpoint, StoreError> {
    let secret = |text: String| {
        SigningSecret::parse(&text).map_err(|error| StoreError::unreadable("secret", error))
    };
    let mut secrets = vec![secret(row.open("secret")?)?];
    let previous = row.open_if_any("previous_secret")?;
    let until: i64 = row.try_get("previous_until")?;
    if let Some(previous) = previous.filter(|_| until > now.as_millis()) {
        secrets.push(secret(previous)?);
    }
    let kind: EndpointKind = parse("kind of webhook", row.try_get("kind")?)?;
    let account = row.open("account")?;
    let account = match kind {
        EndpointKind::Webhook | EndpointKind::Channel | EndpointKind::Mail => None,
        _ => Some(
            serde_json::from_str(&account)
                .map_err(|error| StoreError::unreadable("account elsewhere", error))?,
        ),
    };
    let active: i64 = row.try_get("active")?;
    let failing_since: Option<i64> = row.try_get("failing_since")?;
    Ok(Endpoint {
        id: parse("webhook id", row.try_get("id")?)?,
        kind,
        description: row.try_get("description")?,
        url: row.try_get("url")?,
        topics: topics_in(row.try_get("topics")?),
        secrets,
        account,
        active: active == 1,
        disabled_why: row.try_get("disabled_why")?,
        failing_since: failing_since.map(Timestamp::from_millis),
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}
