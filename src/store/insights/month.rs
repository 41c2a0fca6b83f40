//! What reports need beside the daily counts: how long visitors waited, how satisfied they were, what was wrong with answers.

use sqlx::Row as _;

use crate::conversation::FeedbackReason;
use crate::ids::TicketId;
use crate::language::Language;
use crate::store::codes::parse;
use crate::store::dialect::PlainRow;
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// When things happened to a ticket, and whether what was promised was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketTimes {
    /// Language of its visitor.
    pub language: Language,
    /// When it was opened.
    pub opened: Timestamp,
    /// When a person first answered.
    pub first_responded: Option<Timestamp>,
    /// When it was solved.
    pub solved: Option<Timestamp>,
    /// Whether a promised time has passed.
    pub is_breached: bool,
}

/// Most tickets read; the oldest of the period.
const MOST_TICKETS: i64 = 500_000;

impl Reader {
    /// Reads the times of the tickets that were opened from one moment to before another.
    pub async fn ticket_times(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TicketTimes>, StoreError> {
        let rows = sqlx::query(
            "SELECT language, created, first_responded, solved, \
             CAST(CASE WHEN first_response_breached IS NULL AND resolution_breached IS NULL THEN 0 ELSE 1 END AS BIGINT) AS breached \
             FROM tickets WHERE id >= $1 AND id < $2 AND merged_into IS NULL ORDER BY id LIMIT $3",
        )
        .bind(TicketId::first_at(from).to_string())
        .bind(TicketId::first_at(until).to_string())
        .bind(MOST_TICKETS)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(times_from).collect()
    }

    /// Counts why answers did not help, as visitors chose it from one moment to before another; nothing where they chose none.
    pub async fn complaints(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(Option<FeedbackReason>, i64)>, StoreError> {
        let rows = sqlx::query(
            "SELECT reason, CAST(COUNT(*) AS BIGINT) AS count FROM feedback \
             WHERE rating = 'not_helpful' AND created >= $1 AND created < $2 GROUP BY reason ORDER BY reason",
        )
        .bind(from.as_millis())
        .bind(until.as_millis())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let reason: Option<String> = row.try_get("reason")?;
                let reason = reason.map(|reason| parse("reason", reason)).transpose()?;
                Ok((reason, row.try_get("count")?))
            })
            .collect()
    }
}

fn times_from(row: &PlainRow) -> Result<TicketTimes, StoreError> {
    let (first, solved): (Option<i64>, Option<i64>) =
        (row.try_get("first_responded")?, row.try_get("solved")?);
    Ok(TicketTimes {
        language: parse("language", row.try_get("language")?)?,
        opened: Timestamp::from_millis(row.try_get("created")?),
        first_responded: first.map(Timestamp::from_millis),
        solved: solved.map(Timestamp::from_millis),
        is_breached: row.try_get::<i64, _>("breached")? != 0,
    })
}
