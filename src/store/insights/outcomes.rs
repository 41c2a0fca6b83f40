//! How the days went: what became of questions, counted each day once it is over, so that the counts outlast what was
//! counted.

use std::collections::BTreeMap;

use sqlx::Row as _;

use super::fact_kind::FactKind;
use super::facts::{FACTS, Fact};
use super::outcome_kind::OutcomeKind;
use super::parts::{DailyPart, Part, category_of, keep as keep_parts};
use super::scores::{DailyScore, keep as keep_scores};
use crate::language::Language;
use crate::store::codes::parse;
use crate::store::dialect::{Connection, PlainRow};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// How often something happened on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyCount {
    /// The day in UTC, `YYYY-MM-DD`.
    pub day: String,
    /// Language visitors were addressed in; nothing where it was not known.
    pub language: Option<Language>,
    /// What happened.
    pub kind: OutcomeKind,
    /// How often.
    pub count: i64,
}

/// Days that are counted again, since visitors rate answers and come back later.
const SETTLING_DAYS: u32 = 7;

/// Most days counted by one run, so that the database is not held up.
pub(in crate::store) const MOST_DAYS_AT_ONCE: usize = 31;

/// How long nothing has to come after a question before it counts as abandoned.
pub(super) const QUIET_MS: i64 = 30 * 60 * 1_000;

impl Store {
    /// Counts the days that are over and not counted yet, and those that may still settle; returns how many were counted.
    pub async fn count_outcomes(&self, now: Timestamp) -> Result<usize, StoreError> {
        let today = now.start_of_day();
        let next = self.reader.next_day().await?;
        if next >= today {
            return Ok(0);
        }
        let mut day = match next.as_millis() {
            0 => match self.reader.first_day().await? {
                Some(first) => first,
                None => return Ok(0),
            },
            _ => next.days_earlier(SETTLING_DAYS),
        };
        let mut counted = 0;
        while day < today && counted < MOST_DAYS_AT_ONCE {
            let counted_day = self.reader.count_day(day, now).await?;
            let scores = self.reader.count_scores(day).await?;
            let end = day.a_day_later();
            self.writer
                .write_aside(move |connection| {
                    Box::pin(keep_day(connection, day, end, counted_day, scores))
                })
                .await?;
            counted += 1;
            day = end;
        }
        Ok(counted)
    }
}

async fn keep_day(
    connection: &mut Connection,
    start: Timestamp,
    end: Timestamp,
    counted: Day,
    scores: Vec<DailyScore>,
) -> Result<(), StoreError> {
    let day = start.day();
    let row = sqlx::query(
        "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS count FROM daily_outcomes WHERE day = $1 AND outcome = 'asked'",
    )
    .bind(day.clone())
    .fetch_one(&mut *connection)
    .await?;
    let before: i64 = row.try_get("count")?;
    let asked = counted
        .counts
        .iter()
        .filter(|((_, kind), _)| *kind == OutcomeKind::Asked);
    // A day of which something was erased since stays as it was counted.
    if asked.map(|(_, count)| count).sum::<i64>() >= before {
        sqlx::query("DELETE FROM daily_outcomes WHERE day = $1")
            .bind(day.clone())
            .execute(&mut *connection)
            .await?;
        for ((language, kind), count) in &counted.counts {
            sqlx::query(
                "INSERT INTO daily_outcomes (day, language, outcome, count) VALUES ($1, $2, $3, $4)",
            )
            .bind(day.clone())
            .bind(language)
            .bind(kind.code())
            .bind(count)
            .execute(&mut *connection)
            .await?;
        }
        let parts = counted.into_parts(&day);
        keep_parts(connection, day.clone(), parts).await?;
    }
    keep_scores(connection, day, scores).await?;
    sqlx::query("UPDATE counters SET value = $1 WHERE name = 'outcomes' AND value < $1")
        .bind(end.as_millis())
        .execute(connection)
        .await?;
    Ok(())
}

impl Reader {
    /// Reads how the days went from one to another, both included: as they were counted, and counted now where they are
    /// not yet.
    pub async fn daily_outcomes(
        &self,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<DailyCount>, StoreError> {
        let rows = sqlx::query(
            "SELECT day, language, outcome, count FROM daily_outcomes WHERE day >= $1 AND day <= $2 \
             ORDER BY day, language, outcome",
        )
        .bind(from.day())
        .bind(until.day())
        .fetch_all(&self.pool)
        .await?;
        let mut found = rows
            .iter()
            .map(daily_from)
            .collect::<Result<Vec<_>, StoreError>>()?;
        let mut day = self.next_day().await?.max(from).start_of_day();
        while day <= until {
            for ((language, kind), count) in self.count_day(day, now).await?.counts {
                found.push(DailyCount {
                    day: day.day(),
                    language: language_from(language)?,
                    kind,
                    count,
                });
            }
            day = day.a_day_later();
        }
        Ok(found)
    }

    /// Reads how the days went by their parts from one to another, both included; by one part where one is named.
    pub async fn daily_parts(
        &self,
        from: Timestamp,
        until: Timestamp,
        only: Option<Part>,
        now: Timestamp,
    ) -> Result<Vec<DailyPart>, StoreError> {
        let mut found = self.kept_parts(from, until, only).await?;
        let mut day = self.next_day().await?.max(from).start_of_day();
        while day <= until {
            let counted = self.count_day(day, now).await?.into_parts(&day.day());
            let wanted = |one: &DailyPart| only.is_none_or(|only| one.part == only);
            found.extend(counted.into_iter().filter(wanted));
            day = day.a_day_later();
        }
        Ok(found)
    }

    /// The beginning of the first day that is not counted yet; 1970 where none is.
    pub(super) async fn next_day(&self) -> Result<Timestamp, StoreError> {
        let row = sqlx::query("SELECT value FROM counters WHERE name = 'outcomes'")
            .fetch_one(&self.pool)
            .await?;
        Ok(Timestamp::from_millis(row.try_get("value")?))
    }

    /// The first day of which a question is kept.
    async fn first_day(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = sqlx::query("SELECT created FROM answers ORDER BY id LIMIT 1")
            .fetch_optional(&self.pool)
            .await?;
        let created = row.map(|row| row.try_get("created")).transpose()?;
        Ok(created.map(|created| Timestamp::from_millis(created).start_of_day()))
    }

    async fn count_day(&self, start: Timestamp, now: Timestamp) -> Result<Day, StoreError> {
        let end = start.a_day_later();
        let mut day = Day::default();
        let own = |fact: &&Fact| fact.kinds.iter().any(|kind| kind.outcome().is_some());
        for Fact {
            span, statement, ..
        } in FACTS.iter().filter(own)
        {
            let query = sqlx::query(sqlx::AssertSqlSafe(format!(
                "SELECT kind, language, channel, surface, article, section, category, \
                 CAST(SUM(weight) AS BIGINT) AS count FROM ({statement}) AS facts GROUP BY 1, 2, 3, 4, 5, 6, 7"
            )));
            let query = span.bound(start).bind_to(query);
            let query = span.bound(end).bind_to(query);
            let query = match statement.contains("$3") {
                true => query.bind(now.earlier_by(QUIET_MS).as_millis()),
                false => query,
            };
            for row in query.fetch_all(&self.pool).await? {
                day.add(&row)?;
            }
        }
        Ok(day)
    }
}

/// What was counted of a day.
#[derive(Debug, Default)]
pub(super) struct Day {
    counts: BTreeMap<(String, OutcomeKind), i64>,
    pub(super) parts: BTreeMap<(Part, String, OutcomeKind), i64>,
}

impl Day {
    fn add(&mut self, row: &PlainRow) -> Result<(), StoreError> {
        let kind: FactKind = parse("outcome", row.try_get("kind")?)?;
        let count: i64 = row.try_get("count")?;
        let text = |column| row.try_get::<String, _>(column);
        let (article, section) = (text("article")?, text("section")?);
        let mut of_article = vec![
            (Part::Category, category_of(&text("category")?)),
            (Part::Article, article.clone()),
        ];
        if !section.is_empty() {
            of_article.push((Part::Section, format!("{article}#{section}")));
        }
        let Some(outcome) = kind.outcome() else {
            // What was chosen was given as well, though nobody asked for it in words.
            if kind == FactKind::Chosen {
                self.add_parts(of_article, OutcomeKind::Answered, count);
            }
            return Ok(());
        };
        *self.counts.entry((text("language")?, outcome)).or_default() += count;
        let ways = vec![
            (Part::Channel, text("channel")?),
            (Part::Surface, text("surface")?),
        ];
        self.add_parts(ways, outcome, count);
        self.add_parts(of_article, outcome, count);
        Ok(())
    }

    fn add_parts(&mut self, parts: Vec<(Part, String)>, outcome: OutcomeKind, count: i64) {
        for (part, name) in parts {
            if !name.is_empty() {
                *self.parts.entry((part, name, outcome)).or_default() += count;
            }
        }
    }

    /// Returns its parts as they are kept.
    pub(super) fn into_parts(self, day: &str) -> Vec<DailyPart> {
        let parts = self.parts.into_iter();
        parts
            .map(|((part, name, kind), count)| DailyPart {
                day: day.to_owned(),
                part,
                name,
                kind,
                count,
            })
            .collect()
    }
}

fn daily_from(row: &PlainRow) -> Result<DailyCount, StoreError> {
    Ok(DailyCount {
        day: row.try_get("day")?,
        language: language_from(row.try_get("language")?)?,
        kind: parse("outcome", row.try_get("outcome")?)?,
        count: row.try_get("count")?,
    })
}

fn language_from(code: String) -> Result<Option<Language>, StoreError> {
    match code.as_str() {
        "" => Ok(None),
        _ => parse("language", code).map(Some),
    }
}
