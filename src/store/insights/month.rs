//! What reports need beside the daily counts: how long visitors waited, how satisfied they were, what was wrong with answers.

use sqlx::Row as _;

use super::contract::ContractReview;
use super::outcomes::DailyCount;
use super::parts::DailyPart;
use super::scores::DailyScore;
use crate::conversation::FeedbackReason;
use crate::ids::TicketId;
use crate::language::Language;
use crate::store::codes::parse;
use crate::store::dialect::PlainRow;
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// What a report on a month is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthRecord {
    /// What happened on each day; nothing of a month to come.
    pub counts: Vec<DailyCount>,
    /// The same, told apart by every part.
    pub parts: Vec<DailyPart>,
    /// When the tickets opened in it were answered and solved.
    pub tickets: Vec<TicketTimes>,
    /// How satisfied visitors were.
    pub satisfaction: Satisfaction,
    /// Every look at whether the promise was kept, the newest first.
    pub reviews: Vec<ContractReview>,
}

/// How satisfied visitors were in a span of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Satisfaction {
    /// How they scored people, by day.
    pub scores: Vec<DailyScore>,
    /// How often they said why an answer did not help; nothing where they chose no reason.
    pub complaints: Vec<(Option<FeedbackReason>, i64)>,
}

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
    /// Reads what a report is made of, on what happened from one moment to before another.
    pub async fn month_record(
        &self,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<MonthRecord, StoreError> {
        let last = until.earlier_by(1).min(now);
        let (counts, parts) = match from > now {
            true => (Vec::new(), Vec::new()),
            false => (
                self.daily_outcomes(from, last, now).await?,
                self.daily_parts(from, last, None, now).await?,
            ),
        };
        let tickets = self.ticket_times(from, until).await?;
        let satisfaction = self.satisfaction_between(from, until).await?;
        let mut reviews = self.contract_reviews().await?;
        reviews.retain(|review| (from..until).contains(&review.created));
        Ok(MonthRecord {
            counts,
            parts,
            tickets,
            satisfaction,
            reviews,
        })
    }

    /// Reads how satisfied visitors were from one moment to before another.
    pub async fn satisfaction_between(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Satisfaction, StoreError> {
        Ok(Satisfaction {
            scores: self.daily_scores(from, until.earlier_by(1)).await?,
            complaints: self.complaints(from, until).await?,
        })
    }

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
    async fn complaints(
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
