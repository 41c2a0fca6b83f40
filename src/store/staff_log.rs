//! Who did what: one line for each act of staff, in the transaction of the act.

use serde_json::Value;
use sqlx::Row as _;
use uuid::Uuid;

use super::{Connection, Reader, Row, StoreError};
use crate::conversation::Timestamp;

/// A line to be written.
pub(super) struct LogLine {
    pub(super) actor: String,
    pub(super) action: &'static str,
    pub(super) subject: String,
    pub(super) detail: Value,
    pub(super) now: Timestamp,
}

/// A line as it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffLogLine {
    /// Id of an agent or key, `timer`, `host` for the word of a token, or `operator` for the command line.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// What changed.
    pub detail: Value,
    /// When.
    pub created: Timestamp,
}

pub(super) async fn insert(connection: &mut Connection, line: LogLine) -> Result<(), StoreError> {
    let LogLine {
        actor,
        action,
        subject,
        detail,
        now,
    } = line;
    sqlx::query(
        "INSERT INTO staff_log (id, actor, action, subject, detail, created) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(actor)
    .bind(action)
    .bind(subject)
    .bind(detail.to_string())
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

/// Most lines read at once.
const MAX_LINES: i64 = 200;

impl Reader {
    /// Reads who did what, the newest first; of one subject when one is named.
    pub async fn staff_log(
        &self,
        subject: Option<&str>,
        before: Timestamp,
    ) -> Result<Vec<StaffLogLine>, StoreError> {
        let rows = sqlx::query(
            "SELECT actor, action, subject, detail, created FROM staff_log \
             WHERE created <= $1 AND ($2 IS NULL OR subject = $2) ORDER BY created DESC, id DESC LIMIT $3",
        )
        .bind(before.as_millis())
        .bind(subject)
        .bind(MAX_LINES)
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

fn from_row(row: &Row) -> Result<StaffLogLine, StoreError> {
    let detail: String = row.try_get("detail")?;
    Ok(StaffLogLine {
        actor: row.try_get("actor")?,
        action: row.try_get("action")?,
        subject: row.try_get("subject")?,
        detail: serde_json::from_str(&detail)
            .map_err(|error| StoreError::unreadable("line of the log", error))?,
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}
