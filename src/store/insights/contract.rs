//! How the promise that so many answers are right stood whenever it was looked at, and the thresholds that follow from it.

use serde_json::json;
use sqlx::Row as _;
use uuid::Uuid;

use crate::bus::News;
use crate::ids::AnswerId;
use crate::language::Language;
use crate::store::codes::parse;
use crate::store::dialect::PlainRow;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::time::Timestamp;

/// How the promise stood in a language.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractReview {
    /// Language visitors are addressed in.
    pub language: Language,
    /// The threshold that was in force.
    pub threshold: f32,
    /// Answers from there on that were judged.
    pub judged: i64,
    /// Those that were right.
    pub right: i64,
    /// Lower bound of the precision.
    pub bound: f64,
    /// Whether it was kept, by its code.
    pub keeping: String,
    /// The threshold that was set because of it.
    pub changed_to: Option<f32>,
    /// The moment it was made.
    pub created: Timestamp,
}

/// A threshold in place of the configured one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContractThreshold {
    /// Language visitors are addressed in.
    pub language: Language,
    /// Least confidence for an answer.
    pub threshold: f32,
    /// Whether it only raises the configured one.
    pub is_floor: bool,
    /// Since when.
    pub since: Timestamp,
}

/// A threshold to be set, or taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdChange {
    /// Language visitors are addressed in.
    pub language: Language,
    /// The threshold, and whether it only raises the configured one; nothing to decide by the configured one again.
    pub threshold: Option<(f32, bool)>,
    /// Id of an agent, or `timer`.
    pub by: String,
    /// The present moment.
    pub now: Timestamp,
}

/// Most reviews read.
const MOST_REVIEWS: i64 = 400;

impl Store {
    /// Tells whether the time has come to look at the promise again; of several processes one is told so.
    pub async fn contract_is_due(
        &self,
        interval_ms: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let last = now.earlier_by(interval_ms);
        self.is_due("contract", last, now).await
    }

    /// Tells whether the report of the month that ended at a moment is still to be sent; of several processes one is told so.
    pub async fn report_is_due(
        &self,
        ended: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.is_due("report", ended.earlier_by(1), now).await
    }

    /// Tells whether something was last done at a moment or before it, and notes that it is done now.
    async fn is_due(
        &self,
        what: &'static str,
        last: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT value FROM counters WHERE name = $1")
            .bind(what)
            .fetch_one(&self.reader.pool)
            .await?;
        if row.try_get::<i64, _>("value")? > last.as_millis() {
            return Ok(false);
        }
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query(
                        "UPDATE counters SET value = $1 WHERE name = $2 AND value <= $3",
                    )
                    .bind(now.as_millis())
                    .bind(what)
                    .bind(last.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(done.rows_affected() > 0)
                })
            })
            .await
    }

    /// Keeps how the promise stood.
    pub async fn keep_reviews(&self, reviews: Vec<ContractReview>) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    for review in reviews {
                        sqlx::query(
                            "INSERT INTO contract_reviews \
                             (id, language, threshold, judged, correct, bound, keeping, changed_to, created) \
                             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                        )
                        .bind(review_id(review.created))
                        .bind(review.language.code())
                        .bind(f64::from(review.threshold))
                        .bind(review.judged)
                        .bind(review.right)
                        .bind(review.bound)
                        .bind(review.keeping)
                        .bind(review.changed_to.map(ten_thousandths))
                        .bind(review.created.as_millis())
                        .execute(&mut *connection)
                        .await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Sets a threshold in place of the configured one, or takes it back; every process hears of it.
    pub async fn change_threshold(&self, change: ThresholdChange) -> Result<(), StoreError> {
        let ThresholdChange {
            language,
            threshold,
            by,
            now,
        } = change;
        let line = LogLine {
            actor: by,
            action: "change_threshold",
            subject: language.code().to_owned(),
            detail: json!({ "threshold": threshold.map(|(threshold, _)| rounded(threshold)) }),
            now,
        };
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM contract_thresholds WHERE language = $1")
                        .bind(language.code())
                        .execute(&mut *connection)
                        .await?;
                    if let Some((threshold, is_floor)) = threshold {
                        sqlx::query(
                            "INSERT INTO contract_thresholds (language, threshold, is_floor, created) VALUES ($1, $2, $3, $4)",
                        )
                        .bind(language.code())
                        .bind(rounded(threshold))
                        .bind(i64::from(is_floor))
                        .bind(now.as_millis())
                        .execute(&mut *connection)
                        .await?;
                    }
                    staff_log::insert(connection, line).await
                })
            })
            .await?;
        self.bus.announce(News::Thresholds);
        Ok(())
    }
}

impl Reader {
    /// Reads the thresholds that are in force in place of the configured ones.
    pub async fn contract_thresholds(&self) -> Result<Vec<ContractThreshold>, StoreError> {
        let rows = sqlx::query(
            "SELECT language, threshold, is_floor, created FROM contract_thresholds ORDER BY language",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(ContractThreshold {
                    language: parse("language", row.try_get("language")?)?,
                    threshold: row.try_get::<f64, _>("threshold")? as f32,
                    is_floor: row.try_get::<i64, _>("is_floor")? != 0,
                    since: Timestamp::from_millis(row.try_get("created")?),
                })
            })
            .collect()
    }

    /// Reads how the promise stood, the newest first.
    pub async fn contract_reviews(&self) -> Result<Vec<ContractReview>, StoreError> {
        let rows = sqlx::query(
            "SELECT language, threshold, judged, correct, bound, keeping, changed_to, created \
             FROM contract_reviews ORDER BY id DESC LIMIT $1",
        )
        .bind(MOST_REVIEWS)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(review_from).collect()
    }
}

/// Ids sort by time; those of one moment by the order of their making.
fn review_id(created: Timestamp) -> String {
    format!("{}-{}", AnswerId::first_at(created), Uuid::now_v7())
}

/// A threshold that may be missing is kept as a whole number: sqlx 0.9 tells PostgreSQL of a missing `f64` that it is an
/// `f32`, and the statement is refused when it comes again with one.
fn ten_thousandths(threshold: f32) -> i64 {
    (f64::from(threshold) * 1e4).round() as i64
}

/// As people write it: `0.65`, not `0.64999998`.
fn rounded(threshold: f32) -> f64 {
    (f64::from(threshold) * 1e4).round() / 1e4
}

fn review_from(row: &PlainRow) -> Result<ContractReview, StoreError> {
    let changed_to: Option<i64> = row.try_get("changed_to")?;
    Ok(ContractReview {
        language: parse("language", row.try_get("language")?)?,
        threshold: row.try_get::<f64, _>("threshold")? as f32,
        judged: row.try_get("judged")?,
        right: row.try_get("correct")?,
        bound: row.try_get("bound")?,
        keeping: row.try_get("keeping")?,
        changed_to: changed_to.map(|threshold| threshold as f32 / 1e4),
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}
