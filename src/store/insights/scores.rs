//! How satisfied visitors were with people, counted by the day so that the counts outlast the scores.

use std::collections::BTreeMap;

use sqlx::Row as _;
use strum::{EnumString, IntoStaticStr};

use super::fact_kind::FactKind;
use super::facts::{FACTS, Fact};
use super::parts::category_of;
use crate::ids::UnknownCode;
use crate::store::codes::parse;
use crate::store::dialect::{Connection, PlainRow};
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// What scores are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum ScorePart {
    /// Nothing: all of them.
    All,
    /// The language of the conversation.
    Language,
    /// The category of the matter.
    Category,
    /// The agent who held the ticket, by id.
    Agent,
}

impl ScorePart {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// How often a score was given on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyScore {
    /// The day in UTC, `YYYY-MM-DD`.
    pub day: String,
    /// What it is told apart by.
    pub part: ScorePart,
    /// Which; nothing for all.
    pub name: String,
    /// `1..=5`.
    pub score: i64,
    /// How often.
    pub count: i64,
}

pub(super) async fn keep(
    connection: &mut Connection,
    day: String,
    scores: Vec<DailyScore>,
) -> Result<(), StoreError> {
    let row = sqlx::query(
        "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS count FROM daily_scores WHERE day = $1",
    )
    .bind(day.clone())
    .fetch_one(&mut *connection)
    .await?;
    let before: i64 = row.try_get("count")?;
    // A day of which something was erased since stays as it was counted.
    if scores.iter().map(|one| one.count).sum::<i64>() < before {
        return Ok(());
    }
    sqlx::query("DELETE FROM daily_scores WHERE day = $1")
        .bind(day)
        .execute(&mut *connection)
        .await?;
    for one in scores {
        sqlx::query(
            "INSERT INTO daily_scores (day, part, name, score, count) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(one.day)
        .bind(one.part.code())
        .bind(one.name)
        .bind(one.score)
        .bind(one.count)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

impl Reader {
    /// Reads how satisfied visitors were from one day to another, both included: as it was counted, and counted now where
    /// it is not yet.
    pub async fn daily_scores(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<DailyScore>, StoreError> {
        let rows = sqlx::query(
            "SELECT day, part, name, score, count FROM daily_scores WHERE day >= $1 AND day <= $2 \
             ORDER BY day, part, name, score",
        )
        .bind(from.day())
        .bind(until.day())
        .fetch_all(&self.pool)
        .await?;
        let mut found = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
        let mut day = self.next_day().await?.max(from).start_of_day();
        while day <= until {
            found.extend(self.count_scores(day).await?);
            day = day.a_day_later();
        }
        Ok(found)
    }

    /// Counts the scores of a day.
    pub(super) async fn count_scores(
        &self,
        start: Timestamp,
    ) -> Result<Vec<DailyScore>, StoreError> {
        let mut counts: BTreeMap<(ScorePart, String, i64), i64> = BTreeMap::new();
        let own = |fact: &&Fact| fact.kinds.contains(&FactKind::Scored);
        for Fact {
            span, statement, ..
        } in FACTS.iter().filter(own)
        {
            let query = sqlx::query(sqlx::AssertSqlSafe(format!(
                "SELECT subject, language, category, detail, CAST(SUM(weight) AS BIGINT) AS count \
                 FROM ({statement}) AS facts GROUP BY 1, 2, 3, 4"
            )));
            let query = span.bound(start).bind_to(query);
            let query = span.bound(start.a_day_later()).bind_to(query);
            for row in query.fetch_all(&self.pool).await? {
                let text = |column| row.try_get::<String, _>(column);
                let score = text("detail")?.parse();
                let score: i64 = score.map_err(|error| StoreError::unreadable("score", error))?;
                let count: i64 = row.try_get("count")?;
                let parts = [
                    (ScorePart::All, String::new()),
                    (ScorePart::Language, text("language")?),
                    (ScorePart::Category, category_of(&text("category")?)),
                    (ScorePart::Agent, text("subject")?),
                ];
                for (part, name) in parts {
                    if part == ScorePart::All || !name.is_empty() {
                        *counts.entry((part, name, score)).or_default() += count;
                    }
                }
            }
        }
        let day = start.day();
        let counts = counts.into_iter();
        Ok(counts
            .map(|((part, name, score), count)| DailyScore {
                day: day.clone(),
                part,
                name,
                score,
                count,
            })
            .collect())
    }
}

/// Sums the scores of one part over days: for each name how often each score was given, from the lowest up.
pub fn scores_by(part: ScorePart, scores: &[DailyScore]) -> BTreeMap<&str, BTreeMap<i64, i64>> {
    let mut found: BTreeMap<&str, BTreeMap<i64, i64>> = BTreeMap::new();
    for one in scores.iter().filter(|one| one.part == part) {
        let counts = found.entry(&one.name).or_default();
        *counts.entry(one.score).or_default() += one.count;
    }
    found
}

fn from_row(row: &PlainRow) -> Result<DailyScore, StoreError> {
    Ok(DailyScore {
        day: row.try_get("day")?,
        part: parse("part", row.try_get("part")?)?,
        name: row.try_get("name")?,
        score: row.try_get("score")?,
        count: row.try_get("count")?,
    })
}
