//! Who did what: one line for each act of staff, in the transaction of the act; each line is linked to those before it.

use serde_json::Value;
use sqlx::Row as _;
use uuid::Uuid;

use crate::ids::AgentId;
use crate::record::Hash;
use crate::store::chain::{Happened, STAFF, link_from, linked};
use crate::store::dialect::{Connection, PlainRow};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// A line to be written.
pub(in crate::store) struct LogLine {
    pub(in crate::store) actor: String,
    pub(in crate::store) action: &'static str,
    pub(in crate::store) subject: String,
    pub(in crate::store) detail: Value,
    pub(in crate::store) now: Timestamp,
}

/// A line as it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffLogLine {
    /// Its number: a later line has a higher one.
    pub sequence: i64,
    /// Id of an agent or key, `timer`, `host` for the word of a token, or `operator` for the command line.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// What changed.
    pub detail: Value,
    /// The moment it was made.
    pub created: Timestamp,
}

impl Store {
    /// Keeps that somebody has taken a list of tickets away.
    pub async fn log_export(
        &self,
        actor: String,
        tickets: usize,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let line = LogLine {
            actor,
            action: "export_tickets",
            subject: String::new(),
            detail: serde_json::json!({ "tickets": tickets }),
            now,
        };
        self.writer
            .write(move |connection| Box::pin(insert(connection, line)))
            .await
    }
}

pub(in crate::store) async fn insert(
    connection: &mut Connection,
    line: LogLine,
) -> Result<(), StoreError> {
    let LogLine {
        actor,
        action,
        subject,
        detail,
        now,
    } = line;
    let (last, previous) = newest(connection).await?;
    let (sequence, created) = (last + 1, now.as_millis());
    let content = [actor, detail.to_string()];
    let happened = Happened {
        stream: STAFF,
        sequence,
        kind: action,
        subject: &subject,
        created,
    };
    let (commitment, link) = linked(connection.keys().house(), happened, &content, previous);
    let [actor, detail] = content;
    sqlx::query(
        "INSERT INTO staff_log (id, actor, action, subject, detail, created, sequence, commitment, link) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(actor)
    .bind(action)
    .bind(subject)
    .bind(detail)
    .bind(created)
    .bind(sequence)
    .bind(commitment.to_string())
    .bind(link.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// Returns number and link of the newest line.
pub(in crate::store) async fn newest(
    connection: &mut Connection,
) -> Result<(i64, Hash), StoreError> {
    let row = sqlx::query(
        "SELECT sequence, link FROM staff_log WHERE sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1",
    )
    .fetch_optional(connection)
    .await?;
    match row {
        Some(row) => Ok((row.try_get("sequence")?, link_from(row.try_get("link")?)?)),
        None => Ok((0, Hash::ORIGIN)),
    }
}

/// Notes what was done to an account.
pub(in crate::store) async fn log_of_account(
    connection: &mut Connection,
    actor: String,
    action: &'static str,
    subject: AgentId,
    detail: serde_json::Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    let line = LogLine {
        actor,
        action,
        subject: subject.to_string(),
        detail,
        now,
    };
    insert(connection, line).await
}

/// Which lines are wanted; what is left out narrows nothing.
#[derive(Debug, Clone, Default)]
pub struct StaffLogFilter {
    /// Only about this conversation, ticket or account.
    pub subject: Option<String>,
    /// Only by this agent, key or other actor.
    pub actor: Option<String>,
    /// Only of this kind.
    pub action: Option<String>,
    /// Only those before the line with this number.
    pub before: Option<i64>,
}

impl Reader {
    /// Reads who did what, the newest first.
    pub async fn staff_log(
        &self,
        filter: &StaffLogFilter,
        count: i64,
    ) -> Result<Vec<StaffLogLine>, StoreError> {
        let rows = sqlx::query(
            "SELECT sequence, actor, action, subject, detail, created FROM staff_log \
             WHERE ($1 IS NULL OR subject = $1) AND ($2 IS NULL OR actor = $2) AND ($3 IS NULL OR action = $3) \
             AND sequence < $4 ORDER BY sequence DESC LIMIT $5",
        )
        .bind(filter.subject.as_deref())
        .bind(filter.actor.as_deref())
        .bind(filter.action.as_deref())
        .bind(filter.before.unwrap_or(i64::MAX))
        .bind(count)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(from_row).collect()
    }
}

impl Reader {
    /// Reads how long visitors have waited for a person lately, the shortest first.
    pub async fn recent_waits(&self, count: i64) -> Result<Vec<i64>, StoreError> {
        let rows = sqlx::query(
            "SELECT detail FROM staff_log WHERE action = 'claim' ORDER BY created DESC, id DESC LIMIT $1",
        )
        .bind(count)
        .fetch_all(&self.pool)
        .await?;
        let mut waits = Vec::new();
        for row in rows {
            let detail: String = row.try_get("detail")?;
            let detail: Value = serde_json::from_str(&detail)
                .map_err(|error| StoreError::unreadable("line of the log", error))?;
            waits.extend(detail["waited_ms"].as_i64());
        }
        waits.sort_unstable();
        Ok(waits)
    }
}

fn from_row(row: &PlainRow) -> Result<StaffLogLine, StoreError> {
    let detail: String = row.try_get("detail")?;
    Ok(StaffLogLine {
        sequence: row.try_get("sequence")?,
        actor: row.try_get("actor")?,
        action: row.try_get("action")?,
        subject: row.try_get("subject")?,
        detail: serde_json::from_str(&detail)
            .map_err(|error| StoreError::unreadable("line of the log", error))?,
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}
