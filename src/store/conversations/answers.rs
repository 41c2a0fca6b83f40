//! Records of answers: what was asked, what was decided, and from which evidence.

use strum::{EnumString, IntoStaticStr};

use super::recorded_outcome::RecordedOutcome;
use crate::conversation::DecisionKind;
use crate::ids::{AnswerId, ConversationId, UnknownCode};
use crate::knowledge::{ArticleId, Revision};
use crate::language::Language;
use crate::pipeline::{Confidence, EscalationReason};
use crate::store::codes::parse;
use crate::store::dialect::{Connection, Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::places::places;
use crate::store::reader::Reader;
use crate::store::seal;
use crate::time::Timestamp;

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
    /// Its category, or that of the matter that was handed over.
    pub category: Option<String>,
    /// The section of the article that answered, as its links name it.
    pub section: Option<String>,
    /// The knowledge it came from.
    pub revision: Revision,
    /// The encoder that weighed it.
    pub encoder: String,
    /// Languages, signals, and the best candidates with their evidence.
    pub outcome: RecordedOutcome,
    /// When it was given.
    pub created: Timestamp,
}

/// How an answer's article was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum AnswerOrigin {
    /// By the pipeline, from the visitor's words.
    Asked,
    /// By the visitor, from the options shown.
    Chosen,
    /// By the pipeline, from a question that staff brought to judge what it is given.
    Brought,
}

impl AnswerOrigin {
    /// Returns the code it is stored by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

impl Reader {
    /// Reads a record.
    pub async fn answer(&self, id: &AnswerId) -> Result<AnswerRecord, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM answers WHERE id = $1"
        )))
        .bind(id.to_string())
        .row_if_any(&mut self.connection().await?)
        .await?;
        row.map_or(Err(StoreError::UnknownAnswer(*id)), |row| from_row(&row))
    }
}

/// A record as it stands in its row but for its sealing, put together by the caller so that the writer has little to do.
pub(in crate::store) struct AnswerRow {
    id: String,
    conversation: Option<ConversationId>,
    origin: &'static str,
    question: String,
    language: &'static str,
    decision: &'static str,
    reason: Option<&'static str>,
    confidence: f64,
    threshold: f64,
    article: Option<String>,
    category: Option<String>,
    section: Option<String>,
    revision: String,
    encoder: String,
    outcome: RecordedOutcome,
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
            category,
            section,
            revision,
            encoder,
            outcome,
            created,
        } = record;
        Self {
            id: id.to_string(),
            conversation,
            origin: origin.code(),
            question,
            language: language.code(),
            decision: decision.code(),
            reason: reason.map(EscalationReason::code),
            confidence: f64::from(confidence.0),
            threshold: f64::from(threshold.0),
            article: article.map(|article| article.as_str().to_owned()),
            category,
            section,
            revision: revision.0,
            encoder,
            outcome,
            created: created.as_millis(),
        }
    }
}

const COLUMNS: &str = "id, conversation, origin, question_sealed, language, decision, reason, confidence, threshold, \
                       article, revision, encoder, outcome, created, category, section";
const COLUMN_COUNT: usize = 16;
const ROW: &str = "(_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _)";

/// Most rows in one statement; a power of two, see [`insert_all`].
const MAX_ROWS: usize = 64;

/// Writes rows with few statements. Their lengths are powers of two, so that the connection's cache holds them all.
pub(in crate::store) async fn insert_all(
    connection: &mut Connection,
    mut rows: &[AnswerRow],
) -> Result<(), StoreError> {
    while !rows.is_empty() {
        let length = (1 << rows.len().ilog2()).min(MAX_ROWS);
        let (batch, rest) = rows.split_at(length);
        rows = rest;
        let mut query = sqlx::query(sqlx::AssertSqlSafe(format!(
            "INSERT INTO answers ({COLUMNS}) VALUES {}",
            places(length, COLUMN_COUNT, 0, ROW)
        )));
        for row in batch {
            let key = match &row.conversation {
                Some(conversation) => seal::of_conversation(connection, conversation).await?,
                None => seal::of_day(connection, Timestamp::from_millis(row.created)).await?,
            };
            query = query
                .bind(&row.id)
                .bind(row.conversation.map(|id| id.to_string()))
                .bind(row.origin)
                .bind(key.seal(&row.question))
                .bind(row.language)
                .bind(row.decision)
                .bind(row.reason)
                .bind(row.confidence)
                .bind(row.threshold)
                .bind(&row.article)
                .bind(&row.revision)
                .bind(&row.encoder)
                .bind(key.seal_bytes(row.outcome.bytes()))
                .bind(row.created)
                .bind(&row.category)
                .bind(&row.section);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

fn from_row(row: &Row) -> Result<AnswerRecord, StoreError> {
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
        question: row.open("question_sealed")?,
        language: parse("language", row.try_get("language")?)?,
        decision: parse("decision", row.try_get("decision")?)?,
        reason: reason
            .map(|code| parse("reason of an escalation", code))
            .transpose()?,
        confidence: Confidence(confidence as f32),
        threshold: Confidence(threshold as f32),
        article: row
            .try_get::<Option<String>, _>("article")?
            .map(ArticleId::new),
        category: row.try_get("category")?,
        section: row.try_get("section")?,
        revision: Revision(row.try_get("revision")?),
        encoder: row.try_get("encoder")?,
        outcome: RecordedOutcome::of_row(row)?,
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}

#[cfg(test)]
impl AnswerRow {
    /// A row that means nothing, under a name made of a number.
    pub(in crate::store) fn of_test(number: u32) -> Self {
        Self {
            id: format!("answer {number}"),
            conversation: None,
            origin: AnswerOrigin::Asked.code(),
            question: String::new(),
            language: Language::English.code(),
            decision: "answer",
            reason: None,
            confidence: 1.0,
            threshold: 1.0,
            article: None,
            category: None,
            section: None,
            revision: String::new(),
            encoder: String::new(),
            outcome: RecordedOutcome::kept(Vec::new()),
            created: 0,
        }
    }
}
