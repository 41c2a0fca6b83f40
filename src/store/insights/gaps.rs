//! Rows of gaps: which questions each is made of, what it has become part of, and whether authors left it aside.

use serde_json::json;
use sqlx::Row as _;

use crate::ids::{AgentId, AnswerId, GapId};
use crate::safety::Words;
use crate::store::codes::parse;
use crate::store::dialect::{Connection, Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::places::places;
use crate::store::reader::Reader;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::time::Timestamp;

/// A gap as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptGap {
    /// Its name.
    pub id: GapId,
    /// The gap it has become part of.
    pub merged_into: Option<GapId>,
    /// Why authors left it aside, where they did.
    pub dismissal: Option<Dismissal>,
    /// Questions it has had, as far as they are kept.
    pub questions: i64,
}

/// Why a gap was left aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dismissal {
    /// In the author's words.
    pub reason: String,
    /// The author.
    pub by: AgentId,
    /// The moment it happened.
    pub at: Timestamp,
    /// How many questions it had.
    pub questions: i64,
}

/// What finding gaps anew has changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GapChanges {
    /// Gaps that were not there before.
    pub new: Vec<GapId>,
    /// Questions that are new or have another gap than before.
    pub questions: Vec<(AnswerId, GapId)>,
    /// Gaps that have become part of another.
    pub merged: Vec<(GapId, GapId)>,
}

impl GapChanges {
    /// Tells whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

/// Days after which a gap that has no questions any more is forgotten, and one that became part of another.
const EMPTY_DAYS: u32 = 90;

/// Rows in one statement; a power of two.
const MAX_ROWS: usize = 64;

impl Store {
    /// Keeps what finding gaps anew has changed.
    pub async fn keep_gaps(&self, changes: GapChanges, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| Box::pin(keep(connection, changes, now)))
            .await
    }

    /// Leaves a gap aside, with the reason; `false` when there is no such gap.
    pub async fn dismiss_gap(
        &self,
        id: GapId,
        reason: Words,
        by: AgentId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sealed = connection.keys().house().seal(reason.as_str());
                    let done = sqlx::query(
                        "UPDATE gaps SET dismissed = $2, dismissed_by = $3, dismissed_sealed = $4, dismissed_count = ( \
                           SELECT COUNT(*) FROM gap_questions WHERE gap = $1) \
                         WHERE id = $1",
                    )
                    .bind(id.to_string())
                    .bind(now.as_millis())
                    .bind(by.to_string())
                    .bind(sealed)
                    .execute(&mut *connection)
                    .await?;
                    log(connection, by, "dismiss_gap", id, now).await?;
                    Ok(done.rows_affected() > 0)
                })
            })
            .await
    }

    /// Takes a gap up again that was left aside; `false` when there is no such gap.
    pub async fn restore_gap(
        &self,
        id: GapId,
        by: AgentId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query(
                        "UPDATE gaps SET dismissed = NULL, dismissed_by = NULL, dismissed_sealed = NULL, \
                         dismissed_count = NULL WHERE id = $1",
                    )
                    .bind(id.to_string())
                    .execute(&mut *connection)
                    .await?;
                    log(connection, by, "restore_gap", id, now).await?;
                    Ok(done.rows_affected() > 0)
                })
            })
            .await
    }
}

async fn log(
    connection: &mut Connection,
    by: AgentId,
    action: &'static str,
    gap: GapId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let line = LogLine {
        actor: by.to_string(),
        action,
        subject: gap.to_string(),
        detail: json!({}),
        now,
    };
    staff_log::insert(connection, line).await
}

async fn keep(
    connection: &mut Connection,
    changes: GapChanges,
    now: Timestamp,
) -> Result<(), StoreError> {
    let GapChanges {
        new,
        questions,
        merged,
    } = changes;
    for gap in new {
        sqlx::query("INSERT INTO gaps (id, created) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING")
            .bind(gap.to_string())
            .bind(now.as_millis())
            .execute(&mut *connection)
            .await?;
    }
    let mut rest = questions.as_slice();
    while !rest.is_empty() {
        // Lengths are powers of two, so that the connection's cache holds them all.
        let (batch, others) = rest.split_at((1 << rest.len().ilog2()).min(MAX_ROWS));
        rest = others;
        keep_questions(connection, batch).await?;
    }
    for (from, into) in merged {
        sqlx::query("UPDATE gaps SET merged_into = $2 WHERE id = $1")
            .bind(from.to_string())
            .bind(into.to_string())
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(
        "DELETE FROM gaps WHERE created < $1 AND dismissed IS NULL \
         AND NOT EXISTS (SELECT 1 FROM gap_questions WHERE gap = gaps.id)",
    )
    .bind(now.days_earlier(EMPTY_DAYS).as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

/// A question may have been erased since it was read; then it is in no gap.
async fn keep_questions(
    connection: &mut Connection,
    batch: &[(AnswerId, GapId)],
) -> Result<(), StoreError> {
    let mut query = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT id FROM answers WHERE id IN ({})",
        places(batch.len(), 1, 0, "_")
    )));
    for (answer, _) in batch {
        query = query.bind(answer.to_string());
    }
    for row in query.fetch_all(&mut *connection).await? {
        let id: AnswerId = parse("answer id", row.try_get("id")?)?;
        let Some((_, gap)) = batch.iter().find(|(answer, _)| *answer == id) else {
            continue;
        };
        sqlx::query(
            "INSERT INTO gap_questions (answer, gap) VALUES ($1, $2) ON CONFLICT (answer) DO UPDATE SET gap = $2",
        )
        .bind(id.to_string())
        .bind(gap.to_string())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

impl Reader {
    /// Reads every gap that was found before.
    pub(super) async fn kept_gaps(&self) -> Result<Vec<KeptGap>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, merged_into, dismissed, dismissed_by, dismissed_count, dismissed_sealed, \
             CAST((SELECT COUNT(*) FROM gap_questions WHERE gap = gaps.id) AS BIGINT) AS questions \
             FROM gaps ORDER BY id",
        )
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter().map(gap_from).collect()
    }
}

fn gap_from(row: &Row) -> Result<KeptGap, StoreError> {
    let merged_into: Option<String> = row.try_get("merged_into")?;
    let at: Option<i64> = row.try_get("dismissed")?;
    let dismissal = match at {
        Some(at) => Some(Dismissal {
            reason: row.open("dismissed_sealed")?,
            by: parse("agent id", row.try_get("dismissed_by")?)?,
            at: Timestamp::from_millis(at),
            questions: row.try_get("dismissed_count")?,
        }),
        None => None,
    };
    Ok(KeptGap {
        id: parse("gap id", row.try_get("id")?)?,
        merged_into: merged_into.map(|id| parse("gap id", id)).transpose()?,
        dismissal,
        questions: row.try_get("questions")?,
    })
}
