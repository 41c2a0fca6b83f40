//! Rows of mailboxes that are read: which process reads one, and how that goes.

use sqlx::Row as _;

use crate::ids::EndpointId;
use crate::store::codes::parse;
use crate::store::dialect::PlainRow;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// How the reading of a mailbox goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxState {
    /// The outlet it belongs to.
    pub outlet: EndpointId,
    /// Its address, as visitors know it.
    pub address: String,
    /// When it was last looked into.
    pub looked: Option<Timestamp>,
    /// Since when it cannot be read.
    pub failing_since: Option<Timestamp>,
    /// Why, as people read it.
    pub failure: Option<String>,
}

impl Store {
    /// Lets one process read a mailbox until a moment; `false` while another one does.
    pub async fn hold_mailbox(
        &self,
        outlet: EndpointId,
        holder: String,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let held = sqlx::query(
                        "INSERT INTO mailboxes (outlet, holder, held_until) VALUES ($1, $2, $3) \
                         ON CONFLICT (outlet) DO UPDATE SET holder = $2, held_until = $3 \
                         WHERE mailboxes.holder = $2 OR mailboxes.held_until <= $4",
                    )
                    .bind(outlet.to_string())
                    .bind(holder)
                    .bind(until.as_millis())
                    .bind(now.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(held.rows_affected() > 0)
                })
            })
            .await
    }

    /// Notes that a mailbox was looked into, or why it could not be.
    pub async fn note_mailbox(
        &self,
        outlet: EndpointId,
        failure: Option<String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE mailboxes SET failure = $2, \
                         looked = CASE WHEN $2 IS NULL THEN $3 ELSE looked END, \
                         failing_since = CASE WHEN $2 IS NULL THEN NULL ELSE COALESCE(failing_since, $3) END \
                         WHERE outlet = $1",
                    )
                    .bind(outlet.to_string())
                    .bind(failure)
                    .bind(now.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }
}

impl Reader {
    /// Reads how the reading of every mailbox goes.
    pub async fn mailboxes(&self) -> Result<Vec<MailboxState>, StoreError> {
        let rows = sqlx::query(
            "SELECT m.outlet, o.url, m.looked, m.failing_since, m.failure FROM mailboxes m JOIN outlets o ON o.id = m.outlet \
             ORDER BY o.created, o.id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(from_row).collect()
    }
}

fn from_row(row: &PlainRow) -> Result<MailboxState, StoreError> {
    let url: String = row.try_get("url")?;
    let moment = |name: &str| -> Result<Option<Timestamp>, StoreError> {
        let millis: Option<i64> = row.try_get(name)?;
        Ok(millis.map(Timestamp::from_millis))
    };
    Ok(MailboxState {
        outlet: parse("webhook id", row.try_get("outlet")?)?,
        address: url.strip_prefix("mailto:").unwrap_or(&url).to_owned(),
        looked: moment("looked")?,
        failing_since: moment("failing_since")?,
        failure: row.try_get("failure")?,
    })
}
