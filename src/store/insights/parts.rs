//! How the days went by article and by channel, counted with the days themselves.

use sqlx::Row as _;
use strum::{EnumString, IntoStaticStr};

use super::outcome_kind::OutcomeKind;
use crate::ids::{AnswerId, UnknownCode};
use crate::store::codes::parse;
use crate::store::dialect::{Connection, PlainRow};
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// What a count is told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum Part {
    /// The article that was given.
    Article,
    /// The channel of the conversation; `ask` for questions outside of any.
    Channel,
}

impl Part {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// How often something happened on a day to a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyPart {
    /// The day in UTC, `YYYY-MM-DD`.
    pub day: String,
    /// What it is told apart by.
    pub part: Part,
    /// Which, such as the id of an article or the code of a channel.
    pub name: String,
    /// What happened.
    pub kind: OutcomeKind,
    /// How often.
    pub count: i64,
}

/// Statements that count, over ids from `$1` to before `$2`.
const STATEMENTS: [(Part, &str); 3] = [
    (
        Part::Article,
        "SELECT article AS name, 'answered' AS kind, CAST(COUNT(*) AS BIGINT) AS count FROM answers \
         WHERE id >= $1 AND id < $2 AND origin <> 'brought' AND decision = 'answer' AND article IS NOT NULL GROUP BY 1",
    ),
    (
        Part::Article,
        "SELECT a.article AS name, f.rating AS kind, CAST(COUNT(*) AS BIGINT) AS count FROM answers a \
         JOIN messages m ON m.conversation = a.conversation AND m.answer = a.id JOIN feedback f ON f.message = m.id \
         WHERE a.id >= $1 AND a.id < $2 AND a.decision = 'answer' AND a.article IS NOT NULL GROUP BY 1, 2",
    ),
    (
        Part::Channel,
        "SELECT COALESCE(c.channel, 'ask') AS name, \
         CASE a.decision WHEN 'small_talk' THEN 'small_talk' WHEN 'answer' THEN 'answered' ELSE 'asked' END AS kind, \
         CAST(COUNT(*) AS BIGINT) AS count FROM answers a LEFT JOIN conversations c ON c.id = a.conversation \
         WHERE a.id >= $1 AND a.id < $2 AND a.origin = 'asked' GROUP BY 1, 2",
    ),
];

pub(super) async fn keep(
    connection: &mut Connection,
    day: String,
    parts: Vec<DailyPart>,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM daily_parts WHERE day = $1")
        .bind(day)
        .execute(&mut *connection)
        .await?;
    for one in parts {
        sqlx::query(
            "INSERT INTO daily_parts (day, part, name, outcome, count) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(one.day)
        .bind(one.part.code())
        .bind(one.name)
        .bind(one.kind.code())
        .bind(one.count)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

impl Reader {
    /// Counts a day by its parts.
    pub(super) async fn count_parts(&self, start: Timestamp) -> Result<Vec<DailyPart>, StoreError> {
        let end = start.a_day_later();
        let mut counts = std::collections::BTreeMap::new();
        for (part, statement) in STATEMENTS {
            let rows = sqlx::query(statement)
                .bind(AnswerId::first_at(start).to_string())
                .bind(AnswerId::first_at(end).to_string())
                .fetch_all(&self.pool)
                .await?;
            for row in rows {
                let kind: OutcomeKind = parse("outcome", row.try_get("kind")?)?;
                let (name, count): (String, i64) = (row.try_get("name")?, row.try_get("count")?);
                *counts.entry((part, name.clone(), kind)).or_insert(0) += count;
                // Whatever was answered was asked as well.
                if part == Part::Channel && kind == OutcomeKind::Answered {
                    *counts.entry((part, name, OutcomeKind::Asked)).or_insert(0) += count;
                }
            }
        }
        let day = start.day();
        let parts = counts
            .into_iter()
            .map(|((part, name, kind), count)| DailyPart {
                day: day.clone(),
                part,
                name,
                kind,
                count,
            });
        Ok(parts.collect())
    }

    /// Reads how the days went by their parts from one to another, both included.
    pub async fn daily_parts(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<DailyPart>, StoreError> {
        let rows = sqlx::query(
            "SELECT day, part, name, outcome, count FROM daily_parts WHERE day >= $1 AND day <= $2 \
             ORDER BY day, part, name, outcome",
        )
        .bind(from.day())
        .bind(until.day())
        .fetch_all(&self.pool)
        .await?;
        let mut found = rows
            .iter()
            .map(part_from)
            .collect::<Result<Vec<_>, StoreError>>()?;
        let mut day = self.next_day().await?.max(from).start_of_day();
        while day <= until {
            found.extend(self.count_parts(day).await?);
            day = day.a_day_later();
        }
        Ok(found)
    }
}

fn part_from(row: &PlainRow) -> Result<DailyPart, StoreError> {
    Ok(DailyPart {
        day: row.try_get("day")?,
        part: parse("part", row.try_get("part")?)?,
        name: row.try_get("name")?,
        kind: parse("outcome", row.try_get("outcome")?)?,
        count: row.try_get("count")?,
    })
}
