//! How much waits to be done, as monitors ask for it every few seconds: counts alone, nobody's words.

use std::path::Path;

use sqlx::Row as _;

use crate::schedule::Priority;
use crate::store::codes::parse;
use crate::store::delivery::kinds::EndpointKind;
use crate::store::delivery::letters::LetterOutcome;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::place::Pool;

/// What waits to be done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Conversations that wait for a person, by the priority of their tickets; priorities without any are left out.
    pub queue: Vec<(Priority, i64)>,
    /// Mails that have not left yet.
    pub mails_waiting: i64,
    /// Mails that were given up.
    pub mails_failed: i64,
    /// Mails that came in since the database was made, by what became of them.
    pub letters: Vec<(LetterOutcome, i64)>,
    /// Mailboxes that are read, and of these those that cannot be.
    pub mailboxes: (i64, i64),
    /// Requests to webhooks, channels and help desks that have not arrived yet.
    pub deliveries: i64,
    /// Size of the database: of the file and its log, or as the server tells.
    pub database_bytes: u64,
}

impl Store {
    /// Counts what waits to be done.
    pub async fn backlog(&self) -> Result<Backlog, StoreError> {
        let pool = &self.reader.pool;
        let mut backlog = Backlog::default();
        let rows = sqlx::query(
            "SELECT t.priority, CAST(COUNT(*) AS BIGINT) AS waiting FROM conversations c JOIN tickets t \
             ON t.conversation = c.id AND t.episode = c.episode AND t.status IN ('open', 'pending', 'awaiting_identity') \
             WHERE c.state = 'queued' GROUP BY t.priority",
        )
        .fetch_all(pool)
        .await?;
        for row in rows {
            let priority = parse("priority", row.try_get("priority")?)?;
            backlog.queue.push((priority, row.try_get("waiting")?));
        }
        let rows = sqlx::query(
            "SELECT state, CAST(COUNT(*) AS BIGINT) AS count FROM mail_outbox \
             WHERE state IN ('waiting', 'failed') GROUP BY state",
        )
        .fetch_all(pool)
        .await?;
        for row in rows {
            let count = row.try_get("count")?;
            match row.try_get::<String, _>("state")?.as_str() {
                "failed" => backlog.mails_failed = count,
                _ => backlog.mails_waiting = count,
            }
        }
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT CAST(COUNT(*) AS BIGINT) AS count FROM outlets o JOIN deliveries d ON d.outlet = o.id \
             WHERE d.status = 'pending' AND o.kind NOT IN ({})",
            EndpointKind::codes_of(EndpointKind::waits_for_visitors)
        )))
        .fetch_one(pool)
        .await?;
        backlog.letters = self.reader.letter_counts().await?;
        let mailboxes = self.reader.mailboxes().await?;
        let failing = mailboxes
            .iter()
            .filter(|mailbox| mailbox.failing_since.is_some());
        backlog.mailboxes = (mailboxes.len() as i64, failing.count() as i64);
        backlog.deliveries = row.try_get("count")?;
        backlog.database_bytes = self.database_bytes().await?;
        Ok(backlog)
    }

    async fn database_bytes(&self) -> Result<u64, StoreError> {
        match &self.reader.pool {
            Pool::File(_) => {
                let mut log = self.path.clone().into_os_string();
                log.push("-wal");
                let size_of = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
                Ok(size_of(&self.path) + size_of(Path::new(&log)))
            }
            Pool::Server(pool) => {
                let row = sqlx::query("SELECT pg_database_size(current_database()) AS bytes")
                    .fetch_one(pool)
                    .await?;
                Ok(row.try_get::<i64, _>("bytes")?.unsigned_abs())
            }
        }
    }
}
