//! How the days went by article, section, category, channel and surface, counted with the days themselves.

use sqlx::Row as _;
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

use super::outcome_kind::OutcomeKind;
use crate::ids::UnknownCode;
use crate::store::codes::parse;
use crate::store::dialect::{Connection, PlainRow};
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// What a count is told apart by.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    IntoStaticStr,
    EnumString,
    VariantArray,
    VariantNames,
)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum Part {
    /// The article that was given.
    Article,
    /// The section of the article that answered, as `article#section`.
    Section,
    /// The category of the article, or of the matter that was handed over.
    Category,
    /// The channel of the conversation; `ask` for questions outside of any.
    Channel,
    /// Where on the web the conversation was begun, as far as that was told.
    Surface,
}

impl Part {
    /// Every one.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

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

/// Returns the category in a column that holds it plainly, or inside of the subject of a ticket.
pub(super) fn category_of(text: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Subject {
        category: String,
    }
    match text.starts_with('{') {
        true => serde_json::from_str(text)
            .map_or_else(|_| String::new(), |subject: Subject| subject.category),
        false => text.to_owned(),
    }
}

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
    /// Reads what was kept of the parts of days from one to another, both included; of one part where one is named.
    pub(super) async fn kept_parts(
        &self,
        from: Timestamp,
        until: Timestamp,
        only: Option<Part>,
    ) -> Result<Vec<DailyPart>, StoreError> {
        let rows = sqlx::query(
            "SELECT day, part, name, outcome, count FROM daily_parts WHERE day >= $1 AND day <= $2 \
             AND ($3 = '' OR part = $3) ORDER BY day, part, name, outcome",
        )
        .bind(from.day())
        .bind(until.day())
        .bind(only.map_or("", Part::code))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(part_from).collect()
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
