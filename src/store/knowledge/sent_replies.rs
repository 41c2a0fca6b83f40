//! What agents have sent before, found again by the words of the question it answered.
//!
//! The terms stand in a table of their own, written in the transaction of the message, so that a search never lags. No
//! term is kept: what stands for each is a digest that needs the key of the installation.

use std::collections::HashMap;

use sqlx::Row as _;

use crate::ids::{ConversationId, MessageId};
use crate::language::Language;
use crate::pipeline::{Scheme, analyze};
use crate::store::codes::parse;
use crate::store::dialect::{Connection, Fetching as _};
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// Something an agent sent, with the question before it.
#[derive(Debug, Clone, PartialEq)]
pub struct SentReply {
    /// Where.
    pub conversation: ConversationId,
    /// The agent's message.
    pub message: MessageId,
    /// What the visitor had asked.
    pub question: String,
    /// What the agent said.
    pub text: String,
    /// Language of the reply, where it is known.
    pub language: Option<Language>,
    /// The moment it was made.
    pub created: Timestamp,
    /// Share of the question's terms that the earlier question has too, `0..=1`.
    pub overlap: f32,
}

/// Longest part of a text that is looked at, so that the writer is not held up.
const MAX_TEXT_BYTES: usize = 6_000;

/// Most terms of a question that are kept or looked up.
const MAX_TERMS: usize = 200;

/// Returns the distinct terms of a text: character pairs for Han, kana and hangul, words for the rest.
pub(in crate::store) fn terms_of(text: &str) -> Vec<String> {
    let end = text.floor_char_boundary(MAX_TEXT_BYTES);
    let mut terms: Vec<String> = analyze(Scheme::Bigrams, &text[..end])
        .into_iter()
        .map(|term| term.text)
        .collect();
    terms.sort();
    terms.dedup();
    terms.truncate(MAX_TERMS);
    terms
}

/// Makes a subject findable by the words of a text.
pub(in crate::store) async fn index(
    connection: &mut Connection,
    kind: &'static str,
    subject: &str,
    text: &str,
) -> Result<(), StoreError> {
    let terms = terms_of(text);
    if terms.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> = (0..terms.len())
        .map(|place| format!("($1, $2, ${})", place + 3))
        .collect();
    let mut query = sqlx::query(sqlx::AssertSqlSafe(format!(
        "INSERT INTO search_terms (kind, subject, term) VALUES {} ON CONFLICT DO NOTHING",
        rows.join(", ")
    )))
    .bind(kind)
    .bind(subject.to_owned());
    for term in terms {
        query = query.bind(connection.keys().term(&term));
    }
    query.execute(connection).await?;
    Ok(())
}

impl Reader {
    /// Finds subjects that have many of a text's terms, the best first, with the share of terms they have.
    pub(in crate::store) async fn find_by_terms(
        &self,
        kind: &'static str,
        text: &str,
        limit: usize,
    ) -> Result<Vec<(String, f32)>, StoreError> {
        let terms = terms_of(text);
        if terms.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = (0..terms.len())
            .map(|place| format!("${}", place + 2))
            .collect();
        let mut query = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT subject, CAST(COUNT(*) AS BIGINT) AS hits FROM search_terms WHERE kind = $1 AND term IN ({}) \
             GROUP BY subject ORDER BY hits DESC, subject DESC LIMIT {limit}",
            places.join(", ")
        )))
        .bind(kind);
        for term in &terms {
            query = query.bind(self.keys.term(term));
        }
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                let hits: i64 = row.try_get("hits")?;
                Ok((row.try_get("subject")?, hits as f32 / terms.len() as f32))
            })
            .collect()
    }

    /// Finds what agents have sent to questions like this one, the likest first.
    pub async fn sent_replies(
        &self,
        question: &str,
        limit: usize,
    ) -> Result<Vec<SentReply>, StoreError> {
        let found = self.find_by_terms("sent_reply", question, limit).await?;
        let overlaps: HashMap<String, f32> = found.iter().cloned().collect();
        let mut replies = Vec::new();
        for (id, _) in found {
            let row = sqlx::query(
                "SELECT m.id, m.conversation, m.text_sealed, m.language, m.created, q.text_sealed AS question_sealed \
                 FROM messages m JOIN messages q ON q.conversation = m.conversation AND q.sequence = \
                 (SELECT MAX(sequence) FROM messages WHERE conversation = m.conversation AND author = 'visitor' \
                  AND sequence < m.sequence) \
                 WHERE m.id = $1",
            )
            .bind(&id)
            .row_if_any(&mut self.connection().await?)
            .await?;
            // Erased in the meantime.
            let Some(row) = row else { continue };
            let language: Option<String> = row.try_get("language")?;
            replies.push(SentReply {
                conversation: parse("conversation id", row.try_get("conversation")?)?,
                message: parse("message id", row.try_get("id")?)?,
                question: row.open("question_sealed")?,
                text: row.open("text_sealed")?,
                language: language.map(|code| parse("language", code)).transpose()?,
                created: Timestamp::from_millis(row.try_get("created")?),
                overlap: overlaps.get(&id).copied().unwrap_or_default(),
            });
        }
        Ok(replies)
    }
}

/// The visitor's last words in a conversation.
pub(in crate::store) async fn last_question(
    connection: &mut Connection,
    conversation: &ConversationId,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(
        "SELECT text_sealed FROM messages WHERE conversation = $1 AND author = 'visitor' ORDER BY sequence DESC LIMIT 1",
    )
    .bind(conversation.to_string())
    .row_if_any(connection)
    .await?;
    row.map(|row| row.open("text_sealed")).transpose()
}
