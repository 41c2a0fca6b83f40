//! Records of answers: what was asked, what was decided, and from which evidence.

use std::str::FromStr;

use sqlx::Row as _;

use super::codes::{parse, reason_code, reason_from_code};
use super::seal::{open, seal};
use super::{Connection, Reader, Row, Store, StoreError};
use crate::conversation::{AnswerId, ConversationId, DecisionKind, Timestamp, UnknownCode};
use crate::knowledge::{ArticleId, Revision};
use crate::language::Language;
use crate::pipeline::{Confidence, EscalationReason};

/// Everything kept about an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerRecord {
    /// Its name.
    pub id: AnswerId,
    /// The conversation it was given in, if in one.
    pub conversation: Option<ConversationId>,
    /// How the article was found.
    pub origin: AnswerOrigin,
    /// What was asked.
    pub question: String,
    /// Language the visitor was addressed in.
    pub language: Language,
    /// What was decided.
    pub decision: DecisionKind,
    /// Why a person was asked or offered.
    pub reason: Option<EscalationReason>,
    /// Probability that the first article is right.
    pub confidence: Confidence,
    /// What the confidence was held against.
    pub threshold: Confidence,
    /// The article that was shown.
    pub article: Option<ArticleId>,
    /// The knowledge it came from.
    pub revision: Revision,
    /// The encoder that weighed it.
    pub encoder: String,
    /// Languages, signals, and the best candidates with their evidence.
    pub outcome: serde_json::Value,
    /// When it was given.
    pub created: Timestamp,
}

/// How an answer's article was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnswerOrigin {
    /// By the pipeline, from the visitor's words.
    Asked,
    /// By the visitor, from the options shown.
    Chosen,
}

impl AnswerOrigin {
    /// Gives the code it is stored by.
    pub fn code(self) -> &'static str {
        match self {
            AnswerOrigin::Asked => "asked",
            AnswerOrigin::Chosen => "chosen",
        }
    }
}

impl FromStr for AnswerOrigin {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        [Self::Asked, Self::Chosen]
            .into_iter()
            .find(|origin| origin.code() == code)
            .ok_or_else(|| UnknownCode {
                what: "origin of an answer",
                code: code.to_owned(),
            })
    }
}

impl Store {
    /// Keeps the record of an answer given outside a conversation.
    pub async fn record_answer(&self, record: AnswerRecord) -> Result<(), StoreError> {
        self.writer.record(record.into()).await
    }
}

impl Reader {
    /// Reads a record.
    pub async fn answer(&self, id: &AnswerId) -> Result<AnswerRecord, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM answers WHERE id = $1"
        )))
        .bind(id.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.map_or(Err(StoreError::UnknownAnswer(*id)), |row| from_row(&row))
    }
}

/// A record as it stands in its row, put together by the caller so that the writer only has to write.
pub(super) struct AnswerRow {
    id: String,
    conversation: Option<String>,
    origin: &'static str,
    question_sealed: String,
    language: &'static str,
    decision: &'static str,
    reason: Option<String>,
    confidence: f64,
    threshold: f64,
    article: Option<String>,
    revision: String,
    encoder: String,
    outcome: String,
    created: i64,
}

impl From<AnswerRecord> for AnswerRow {
    fn from(record: AnswerRecord) -> Self {
        let AnswerRecord {
            id,
            conversation,
            origin,
            question,
            language,
            decision,
            reason,
            confidence,
            threshold,
            article,
            revision,
            encoder,
            outcome,
            created,
        } = record;
        Self {
            id: id.to_string(),
            conversation: conversation.map(|id| id.to_string()),
            origin: origin.code(),
            question_sealed: seal(&question),
            language: language.code(),
            decision: decision.code(),
            reason: reason.map(reason_code),
            confidence: f64::from(confidence.0),
            threshold: f64::from(threshold.0),
            article: article.map(|article| article.as_str().to_owned()),
            revision: revision.0,
            encoder,
            outcome: outcome.to_string(),
            created: created.as_millis(),
        }
    }
}

const COLUMNS: &str = "id, conversation, origin, question_sealed, language, decision, reason, confidence, threshold, \
                       article, revision, encoder, outcome, created";
const COLUMN_COUNT: usize = 14;

/// Most rows in one statement; a power of two, see [`insert_all`].
const MAX_ROWS: usize = 64;

/// Writes rows with few statements. Their lengths are powers of two, so that the connection's cache holds them all.
pub(super) async fn insert_all(
    connection: &mut Connection,
    mut rows: Vec<AnswerRow>,
) -> Result<(), StoreError> {
    while !rows.is_empty() {
        let length = (1 << rows.len().ilog2()).min(MAX_ROWS);
        let batch = rows.split_off(rows.len() - length);
        let mut query = sqlx::query(sqlx::AssertSqlSafe(insert_statement(length)));
        for row in batch {
            query = query
                .bind(row.id)
                .bind(row.conversation)
                .bind(row.origin)
                .bind(row.question_sealed)
                .bind(row.language)
                .bind(row.decision)
                .bind(row.reason)
                .bind(row.confidence)
                .bind(row.threshold)
                .bind(row.article)
                .bind(row.revision)
                .bind(row.encoder)
                .bind(row.outcome)
                .bind(row.created);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

fn insert_statement(rows: usize) -> String {
    let places = |row: usize| {
        let numbers: Vec<String> = (1..=COLUMN_COUNT)
            .map(|column| format!("${}", row * COLUMN_COUNT + column))
            .collect();
        format!("({})", numbers.join(", "))
    };
    let values: Vec<String> = (0..rows).map(places).collect();
    format!(
        "INSERT INTO answers ({COLUMNS}) VALUES {}",
        values.join(", ")
    )
}

fn from_row(row: &Row) -> Result<AnswerRecord, StoreError> {
    let outcome: String = row.try_get("outcome")?;
    let reason: Option<String> = row.try_get("reason")?;
    let conversation: Option<String> = row.try_get("conversation")?;
    let (confidence, threshold): (f64, f64) =
        (row.try_get("confidence")?, row.try_get("threshold")?);
    Ok(AnswerRecord {
        id: parse("answer id", row.try_get("id")?)?,
        conversation: conversation
            .map(|id| parse("conversation id", id))
            .transpose()?,
        origin: parse("origin of an answer", row.try_get("origin")?)?,
        question: open(row.try_get("question_sealed")?),
        language: parse("language", row.try_get("language")?)?,
        decision: parse("decision", row.try_get("decision")?)?,
        reason: reason.map(reason_from_code).transpose()?,
        confidence: Confidence(confidence as f32),
        threshold: Confidence(threshold as f32),
        article: row
            .try_get::<Option<String>, _>("article")?
            .map(ArticleId::new),
        revision: Revision(row.try_get("revision")?),
        encoder: row.try_get("encoder")?,
        outcome: serde_json::from_str(&outcome)
            .map_err(|error| StoreError::unreadable("outcome", error))?,
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}
