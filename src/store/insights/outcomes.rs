//! How the days went: what became of questions, counted each day once it is over, so that the counts outlast what was
//! counted.

use std::collections::BTreeMap;

use sqlx::Row as _;

use super::outcome_kind::OutcomeKind;
use super::parts::{DailyPart, keep as keep_parts};
use crate::ids::{AnswerId, MessageId, TicketId};
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

type Counts = BTreeMap<(String, OutcomeKind), i64>;

/// Days that are counted again, since visitors rate answers and come back later.
const SETTLING_DAYS: u32 = 7;

/// Most days counted by one run, so that the database is not held up.
const MAX_DAYS: usize = 31;

/// How long nothing has to come after a question before it counts as abandoned.
const QUIET_MS: i64 = 30 * 60 * 1_000;

/// A statement that counts: what it calls things, and the rows of a day by ids or moments from `$1` to before `$2`.
const STATEMENTS: &[(Span, &str)] = &[
    (
        Span::Answers,
        "SELECT language, CASE decision WHEN 'small_talk' THEN 'small_talk' ELSE 'asked' END AS kind, \
         CAST(COUNT(*) AS BIGINT) AS count FROM answers WHERE id >= $1 AND id < $2 AND origin = 'asked' GROUP BY 1, 2",
    ),
    (
        Span::Answers,
        "SELECT language, 'answered' AS kind, CAST(COUNT(*) AS BIGINT) AS count FROM answers \
         WHERE id >= $1 AND id < $2 AND origin = 'asked' AND decision = 'answer' GROUP BY 1",
    ),
    // A nought is counted too: it tells such a day from those before this was counted.
    (
        Span::Answers,
        "SELECT language, 'resolved' AS kind, CAST(SUM(settled) AS BIGINT) AS count FROM (SELECT a.language, CASE \
           WHEN a.decision = 'answer' AND NOT EXISTS ( \
             SELECT 1 FROM messages m JOIN feedback f ON f.message = m.id \
             WHERE m.conversation = a.conversation AND m.answer = a.id AND f.rating = 'not_helpful') \
           AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.conversation = a.conversation AND t.created >= a.created) \
           AND NOT EXISTS ( \
             SELECT 1 FROM answers n WHERE n.conversation = a.conversation AND n.id > a.id AND n.origin = 'asked' \
             AND (n.decision = 'clarify' OR n.decision = 'escalate' \
                  AND n.reason IN ('nothing_found', 'low_confidence', 'language_not_served')) \
             AND NOT EXISTS (SELECT 1 FROM answers l WHERE l.conversation = n.conversation AND l.id > n.id)) \
           THEN 1 ELSE 0 END AS settled \
         FROM answers a WHERE a.id >= $1 AND a.id < $2 AND a.origin = 'asked' AND a.decision <> 'small_talk') AS asked \
         GROUP BY 1",
    ),
    (
        Span::Answers,
        "SELECT a.language, f.rating AS kind, CAST(COUNT(*) AS BIGINT) AS count FROM answers a \
         JOIN messages m ON m.conversation = a.conversation AND m.answer = a.id JOIN feedback f ON f.message = m.id \
         WHERE a.id >= $1 AND a.id < $2 AND a.decision = 'answer' GROUP BY 1, 2",
    ),
    (
        Span::Answers,
        "SELECT a.language, 'clarified_then_answered' AS kind, CAST(COUNT(*) AS BIGINT) AS count FROM answers a \
         WHERE a.id >= $1 AND a.id < $2 AND a.origin = 'chosen' AND a.decision = 'answer' AND ( \
           SELECT e.decision FROM answers e WHERE e.conversation = a.conversation AND e.id < a.id \
           ORDER BY e.id DESC LIMIT 1) = 'clarify' GROUP BY 1",
    ),
    (
        Span::Answers,
        "SELECT a.language, 'abandoned' AS kind, CAST(COUNT(*) AS BIGINT) AS count FROM answers a \
         WHERE a.id >= $1 AND a.id < $2 AND a.created < $3 AND a.conversation IS NOT NULL AND a.origin = 'asked' \
         AND (a.decision = 'clarify' OR a.decision = 'escalate' \
              AND a.reason IN ('nothing_found', 'low_confidence', 'language_not_served')) \
         AND NOT EXISTS (SELECT 1 FROM answers n WHERE n.conversation = a.conversation AND n.id > a.id) \
         AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.conversation = a.conversation AND t.created >= a.created) \
         GROUP BY 1",
    ),
    (
        Span::Tickets,
        "SELECT language, CASE WHEN reason IN ('nothing_found', 'low_confidence', 'language_not_served') \
           THEN 'handed_over_by_bot' WHEN reason = 'person_requested' THEN 'handed_over_by_visitor' \
           ELSE 'handed_over_by_policy' END AS kind, CAST(COUNT(*) AS BIGINT) AS count FROM tickets \
         WHERE id >= $1 AND id < $2 GROUP BY 1, 2",
    ),
    (
        Span::Messages,
        "SELECT COALESCE(c.language, '') AS language, 'reopened' AS kind, CAST(COUNT(*) AS BIGINT) AS count \
         FROM messages m JOIN conversations c ON c.id = m.conversation \
         WHERE m.id >= $1 AND m.id < $2 AND m.author = 'visitor' AND m.episode > 1 AND NOT EXISTS ( \
           SELECT 1 FROM messages e WHERE e.conversation = m.conversation AND e.sequence < m.sequence \
           AND e.episode = m.episode) GROUP BY 1",
    ),
    (
        Span::Moments,
        "SELECT COALESCE(c.language, '') AS language, 'reopened' AS kind, CAST(COUNT(*) AS BIGINT) AS count \
         FROM staff_log l JOIN conversations c ON c.id = l.subject \
         WHERE l.created >= $1 AND l.created < $2 AND l.action = 'reopen' GROUP BY 1",
    ),
];

/// What marks the beginning and the end of a day in the rows of a statement: ids sort by time.
#[derive(Debug, Clone, Copy)]
enum Span {
    Answers,
    Tickets,
    Messages,
    Moments,
}

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
        while day < today && counted < MAX_DAYS {
            let counts = self.reader.count_day(day, now).await?;
            let parts = self.reader.count_parts(day).await?;
            let end = day.a_day_later();
            self.writer
                .write_aside(move |connection| {
                    Box::pin(keep_day(connection, day, end, counts, parts))
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
    counts: Counts,
    parts: Vec<DailyPart>,
) -> Result<(), StoreError> {
    let day = start.day();
    let row = sqlx::query(
        "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS count FROM daily_outcomes WHERE day = $1 AND outcome = 'asked'",
    )
    .bind(day.clone())
    .fetch_one(&mut *connection)
    .await?;
    let before: i64 = row.try_get("count")?;
    let asked = counts
        .iter()
        .filter(|((_, kind), _)| *kind == OutcomeKind::Asked);
    // A day of which something was erased since stays as it was counted.
    if asked.map(|(_, count)| count).sum::<i64>() >= before {
        sqlx::query("DELETE FROM daily_outcomes WHERE day = $1")
            .bind(day.clone())
            .execute(&mut *connection)
            .await?;
        for ((language, kind), count) in counts {
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
        keep_parts(connection, day, parts).await?;
    }
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
            for ((language, kind), count) in self.count_day(day, now).await? {
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

    async fn count_day(&self, start: Timestamp, now: Timestamp) -> Result<Counts, StoreError> {
        let end = start.a_day_later();
        let mut counts = Counts::new();
        for (span, statement) in STATEMENTS {
            let query = sqlx::query(*statement);
            let query = match span {
                Span::Answers => query
                    .bind(AnswerId::first_at(start).to_string())
                    .bind(AnswerId::first_at(end).to_string()),
                Span::Tickets => query
                    .bind(TicketId::first_at(start).to_string())
                    .bind(TicketId::first_at(end).to_string()),
                Span::Messages => query
                    .bind(MessageId::first_at(start).to_string())
                    .bind(MessageId::first_at(end).to_string()),
                Span::Moments => query.bind(start.as_millis()).bind(end.as_millis()),
            };
            let query = match statement.contains("$3") {
                true => query.bind(now.earlier_by(QUIET_MS).as_millis()),
                false => query,
            };
            for row in query.fetch_all(&self.pool).await? {
                let kind: OutcomeKind = parse("outcome", row.try_get("kind")?)?;
                let language: String = row.try_get("language")?;
                *counts.entry((language, kind)).or_default() += row.try_get::<i64, _>("count")?;
            }
        }
        Ok(counts)
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
