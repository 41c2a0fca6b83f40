//! Rows of look-ups on the list of official channels, kept for a quarter of a year.

use sqlx::Row as _;
use uuid::Uuid;

use crate::safety::{ChannelKind, Lookup};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// How long look-ups are kept.
const KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// Most look-ups read at once.
const MAX_READ: i64 = 200;

/// A look-up as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLookup {
    /// What kind of channel.
    pub kind: String,
    /// The name of a website or app; empty for what is somebody's own.
    pub asked: String,
    /// Whether it is on the list.
    pub is_listed: bool,
    /// The listed channel it was made to look like.
    pub resembles: Option<String>,
    /// Where it was asked: `page`, `api` or `chat`.
    pub door: String,
    /// The moment it was made.
    pub created: Timestamp,
}

impl Store {
    /// Keeps look-ups.
    pub async fn keep_lookups(
        &self,
        lookups: Vec<Lookup>,
        door: &'static str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if lookups.is_empty() {
            return Ok(());
        }
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM channel_lookups WHERE created < $1")
                        .bind(now.as_millis().saturating_sub(KEPT_MS))
                        .execute(&mut *connection)
                        .await?;
                    for lookup in lookups {
                        let asked = match lookup.kind {
                            ChannelKind::Website | ChannelKind::App => lookup.asked.as_str(),
                            _ => "",
                        };
                        sqlx::query(
                            "INSERT INTO channel_lookups (id, kind, asked, listed, resembles, door, created) \
                             VALUES ($1, $2, $3, $4, $5, $6, $7)",
                        )
                        .bind(Uuid::now_v7().to_string())
                        .bind(lookup.kind.code())
                        .bind(asked)
                        .bind(i64::from(lookup.is_listed()))
                        .bind(lookup.resembles().map(|resembles| resembles.known.as_str()))
                        .bind(door)
                        .bind(now.as_millis())
                        .execute(&mut *connection)
                        .await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

impl Reader {
    /// Reads the newest look-ups.
    pub async fn channel_lookups(&self) -> Result<Vec<KeptLookup>, StoreError> {
        let rows = sqlx::query(
            "SELECT kind, asked, listed, resembles, door, created FROM channel_lookups \
             ORDER BY created DESC, id DESC LIMIT $1",
        )
        .bind(MAX_READ)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let listed: i64 = row.try_get("listed")?;
                Ok(KeptLookup {
                    kind: row.try_get("kind")?,
                    asked: row.try_get("asked")?,
                    is_listed: listed == 1,
                    resembles: row.try_get("resembles")?,
                    door: row.try_get("door")?,
                    created: Timestamp::from_millis(row.try_get("created")?),
                })
            })
            .collect()
    }
}
