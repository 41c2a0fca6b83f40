//! The conversations behind a number.

use std::str::FromStr;

use sqlx::Row as _;

use super::fact_kind::FactKind;
use super::facts::{FACTS, Fact};
use super::outcomes::QUIET_MS;
use super::parts::{Part, category_of};
use crate::ids::{AnswerId, ConversationId, UnknownCode};
use crate::language::Language;
use crate::store::codes::parse;
use crate::store::dialect::{Fetching as _, PlainRow};
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// Which of the things that happened are wanted.
#[derive(Debug, Clone)]
pub struct FactFilter {
    /// What happened.
    pub kind: FactKind,
    /// The first day.
    pub from: Timestamp,
    /// The last day, included.
    pub until: Timestamp,
    /// In this language only.
    pub language: Option<Language>,
    /// Of this part only.
    pub part: Option<(Part, String)>,
    /// With this detail only: why an answer did not help, or which score was given.
    pub detail: Option<String>,
    /// Scores of this agent only, by id.
    pub agent: Option<String>,
    /// Those after this one in the list only.
    pub after: Option<FactPlace>,
}

/// Where something stands in the list of what happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactPlace {
    created: i64,
    subject: String,
}

impl std::fmt::Display for FactPlace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.created, self.subject)
    }
}

impl FromStr for FactPlace {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let unknown = || UnknownCode::of::<Self>(text);
        let (created, subject) = text.split_once('.').ok_or_else(unknown)?;
        Ok(Self {
            created: created.parse().map_err(|_| unknown())?,
            subject: subject.to_owned(),
        })
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// Where it stands in the list.
    pub place: FactPlace,
    /// When it happened.
    pub created: Timestamp,
    /// Its conversation; nothing for questions outside of any.
    pub conversation: Option<ConversationId>,
    /// Language the visitor was addressed in; nothing where it was not known.
    pub language: Option<Language>,
    /// Code of the channel; `ask` for questions outside of conversations.
    pub channel: String,
    /// The article that was given, if one was.
    pub article: Option<String>,
    /// Why an answer did not help, or the score that was given.
    pub detail: Option<String>,
    /// What was asked, or else what the visitor said first; as it is stored, and nothing where it has gone.
    pub words: Option<String>,
}

impl Reader {
    /// Lists what happened, the newest first, at most so many.
    pub async fn facts(
        &self,
        filter: &FactFilter,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<FactRow>, StoreError> {
        let mut found = Vec::new();
        let mut day = filter.until.start_of_day();
        let first = filter.from.start_of_day();
        // Day by day, so that a long time with much in it is not read to its end.
        while day >= first && found.len() < most {
            let is_past = filter
                .after
                .as_ref()
                .is_some_and(|place| place.created < day.as_millis());
            if !is_past {
                let mut rows = Vec::new();
                for fact in FACTS
                    .iter()
                    .filter(|fact| fact.kinds.contains(&filter.kind))
                {
                    rows.extend(self.facts_of_day(fact, filter, day, most, now).await?);
                }
                rows.sort_by(|one, other| other.place.cmp(&one.place));
                found.extend(rows);
            }
            day = day.days_earlier(1);
        }
        found.truncate(most);
        for row in &mut found {
            row.words = self.words_of(row).await?;
        }
        Ok(found)
    }

    async fn facts_of_day(
        &self,
        fact: &Fact,
        filter: &FactFilter,
        day: Timestamp,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<FactRow>, StoreError> {
        let Fact {
            span, statement, ..
        } = fact;
        let waits = statement.contains("$3");
        let mut texts: Vec<String> = Vec::new();
        let mut wanted = String::from("weight > 0");
        let mut demand = |condition: &str, values: &[&str]| {
            let mut condition = condition.to_owned();
            for value in values {
                texts.push((*value).to_owned());
                let place = texts.len() + if waits { 3 } else { 2 };
                condition = condition.replacen('?', &format!("${place}"), 1);
            }
            wanted.push_str(" AND ");
            wanted.push_str(&condition);
        };
        match &filter.part {
            // What was chosen was given as well.
            Some((Part::Article | Part::Section | Part::Category, _))
                if filter.kind == FactKind::Answered =>
            {
                demand("kind IN ('answered', 'chosen')", &[]);
            }
            _ => demand("kind = ?", &[filter.kind.code()]),
        }
        if let Some(language) = filter.language {
            demand("language = ?", &[language.code()]);
        }
        if let Some((part, name)) = &filter.part {
            match part {
                Part::Article => demand("article = ?", &[name]),
                Part::Section => match name.split_once('#') {
                    Some((article, section)) => {
                        demand("article = ? AND section = ?", &[article, section]);
                    }
                    None => demand("section = ?", &[name]),
                },
                // Tickets name it inside of their subject.
                Part::Category => {
                    let inside = format!("%\"category\":\"{name}\"%");
                    demand("(category = ? OR category LIKE ?)", &[name, &inside]);
                }
                Part::Channel => demand("channel = ?", &[name]),
                Part::Surface => demand("surface = ?", &[name]),
            }
        }
        if let Some(detail) = &filter.detail {
            demand("detail = ?", &[detail]);
        }
        if let Some(agent) = &filter.agent {
            demand("subject = ?", &[agent]);
        }
        let mut place = texts.len() + if waits { 4 } else { 3 };
        if filter.after.is_some() {
            wanted.push_str(&format!(
                " AND (created < ${place} OR created = ${} AND subject < ${})",
                place + 1,
                place + 2
            ));
            place += 3;
        }
        let query = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT subject, created, conversation, language, channel, article, category, detail \
             FROM ({statement}) AS facts WHERE {wanted} ORDER BY created DESC, subject DESC LIMIT ${place}"
        )));
        let mut query = span
            .bound(day.a_day_later())
            .bind_to(span.bound(day).bind_to(query));
        if waits {
            query = query.bind(now.earlier_by(QUIET_MS).as_millis());
        }
        for text in texts {
            query = query.bind(text);
        }
        if let Some(FactPlace { created, subject }) = &filter.after {
            query = query.bind(*created).bind(*created).bind(subject.clone());
        }
        let rows = query
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .filter(|row| is_of_category(row, filter))
            .map(from_row)
            .collect()
    }

    /// Reads the question of an answer, or else what the visitor of a conversation said first.
    async fn words_of(&self, row: &FactRow) -> Result<Option<String>, StoreError> {
        let mut connection = self.connection().await?;
        let answer = AnswerId::from_str(&row.place.subject).ok();
        if let Some(answer) = answer {
            let found = sqlx::query("SELECT question_sealed FROM answers WHERE id = $1")
                .bind(answer.to_string())
                .row_if_any(&mut connection)
                .await?;
            if let Some(found) = found {
                return found.open("question_sealed").map(Some);
            }
        }
        let Some(conversation) = row.conversation else {
            return Ok(None);
        };
        let found = sqlx::query(
            "SELECT text_sealed FROM messages WHERE conversation = $1 AND author = 'visitor' ORDER BY sequence LIMIT 1",
        )
        .bind(conversation.to_string())
        .row_if_any(&mut connection)
        .await?;
        found.map(|found| found.open("text_sealed")).transpose()
    }
}

/// A category is looked for inside of a text first, which another may resemble.
fn is_of_category(row: &PlainRow, filter: &FactFilter) -> bool {
    match &filter.part {
        Some((Part::Category, name)) => row
            .try_get::<String, _>("category")
            .is_ok_and(|text| category_of(&text) == *name),
        _ => true,
    }
}

fn from_row(row: &PlainRow) -> Result<FactRow, StoreError> {
    let text = |column| row.try_get::<String, _>(column);
    let filled = |text: String| (!text.is_empty()).then_some(text);
    let created: i64 = row.try_get("created")?;
    Ok(FactRow {
        place: FactPlace {
            created,
            subject: text("subject")?,
        },
        created: Timestamp::from_millis(created),
        conversation: filled(text("conversation")?)
            .map(|id| parse("conversation id", id))
            .transpose()?,
        language: filled(text("language")?)
            .map(|code| parse("language", code))
            .transpose()?,
        channel: text("channel")?,
        article: filled(text("article")?),
        detail: filled(text("detail")?),
        words: None,
    })
}
