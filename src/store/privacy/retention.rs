//! What time destroys by itself.

use sqlx::Row as _;

use crate::store::codes::parse;
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::record_settings::Retention;
use crate::store::seal::day_owner;
use crate::time::Timestamp;

/// What was destroyed by one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expired {
    /// Conversations that were erased.
    pub conversations: u64,
    /// Questions outside of conversations.
    pub asks: u64,
    /// Notes of mail.
    pub mails: u64,
}

/// Most rows one run destroys of a kind, so that the writer is not held up.
const MAX_EXPIRED: i64 = 500;

/// Most conversations one run erases.
const MAX_ERASED: i64 = 32;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The moment before which something is too old.
fn cutoff(days: u32, now: Timestamp) -> Option<Timestamp> {
    (days > 0).then(|| now.earlier_by(i64::from(days) * DAY_MS))
}

impl Store {
    /// Destroys what has been kept for long enough, a bounded number at a time.
    pub async fn expire(
        &self,
        retention: Retention,
        now: Timestamp,
    ) -> Result<Expired, StoreError> {
        let mut expired = Expired::default();
        if let Some(cutoff) = cutoff(retention.asks_days, now) {
            expired.asks = self
                .writer
                .write_aside(move |connection| Box::pin(delete_asks(connection, cutoff)))
                .await?;
        }
        if let Some(cutoff) = cutoff(retention.mails_days, now) {
            expired.mails = self
                .writer
                .write_aside(move |connection| Box::pin(delete_mails(connection, cutoff)))
                .await?;
        }
        if let Some(cutoff) = cutoff(retention.conversations_days, now) {
            // Not IN ('bot', 'closed'): the oldest are to be found by their age, and not by a state that most of them have.
            let rows = sqlx::query(
                "SELECT id FROM conversations WHERE erased IS NULL AND updated < $1 AND legal_hold = 0 \
                 AND state NOT IN ('queued', 'agent') ORDER BY updated LIMIT $2",
            )
            .bind(cutoff.as_millis())
            .bind(MAX_ERASED)
            .fetch_all(&self.reader.pool)
            .await?;
            let ids = rows
                .iter()
                .map(|row| parse("conversation id", row.try_get("id")?))
                .collect::<Result<Vec<_>, StoreError>>()?;
            let erased = self
                .erase(ids, "retention", "its time is over", now)
                .await?;
            expired.conversations = erased.conversations;
        }
        Ok(expired)
    }
}

async fn delete_asks(connection: &mut Connection, cutoff: Timestamp) -> Result<u64, StoreError> {
    let deleted = sqlx::query(
        "DELETE FROM answers WHERE id IN (SELECT id FROM answers WHERE conversation IS NULL AND created < $1 LIMIT $2)",
    )
    .bind(cutoff.as_millis())
    .bind(MAX_EXPIRED)
    .execute(&mut *connection)
    .await?
    .rows_affected();
    sqlx::query("DELETE FROM fruitless_searches WHERE created < $1")
        .bind(cutoff.as_millis())
        .execute(&mut *connection)
        .await?;
    if i64::try_from(deleted).is_ok_and(|deleted| deleted < MAX_EXPIRED) {
        // The keys of days all of whose questions have gone.
        sqlx::query("DELETE FROM sealing_keys WHERE owner >= 'asked ' AND owner < $1")
            .bind(day_owner(cutoff))
            .execute(connection)
            .await?;
    }
    Ok(deleted)
}

async fn delete_mails(connection: &mut Connection, cutoff: Timestamp) -> Result<u64, StoreError> {
    let deleted = sqlx::query(
        "DELETE FROM mail_outbox WHERE id IN (SELECT id FROM mail_outbox WHERE settled < $1 LIMIT $2)",
    )
    .bind(cutoff.as_millis())
    .bind(MAX_EXPIRED)
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected())
}
