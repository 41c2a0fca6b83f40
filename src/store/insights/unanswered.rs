//! Questions of visitors that got no good answer, as far as what is recorded tells.

use std::collections::HashMap;

use sqlx::Row as _;

use super::gaps::KeptGap;
use crate::ids::{AnswerId, ConversationId, GapId};
use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::store::codes::parse;
use crate::store::conversations::RecordedOutcome;
use crate::store::dialect::{Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// Most questions that are read; the newest.
const MOST: i64 = 6_000;

/// What the visitor was shown in place of a good answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shown {
    /// That a person is needed, for want of an answer.
    NoAnswer,
    /// Options, of which none was chosen.
    Options,
    /// An answer that they said did not help.
    UnhelpfulAnswer,
    /// An answer after which they went to a person.
    AnswerBeforePerson,
}

/// A question without a good answer.
#[derive(Debug, Clone, PartialEq)]
pub struct UnansweredQuestion {
    /// Record of what it was given.
    pub answer: AnswerId,
    /// Where it was asked, if in a conversation.
    pub conversation: Option<ConversationId>,
    /// What was asked, as it is stored: without what was hidden.
    pub text: String,
    /// Language the visitor was addressed in.
    pub language: Language,
    /// What the visitor was shown.
    pub shown: Shown,
    /// The article they were given.
    pub given: Option<ArticleId>,
    /// The gap it was found in before.
    pub gap: Option<GapId>,
    /// When it was asked.
    pub created: Timestamp,
}

/// Everything that gaps are found from.
#[derive(Debug, Clone, PartialEq)]
pub struct Unanswered {
    /// The newest first.
    pub questions: Vec<UnansweredQuestion>,
    /// Whether older ones were left out, because there are too many.
    pub is_cut: bool,
    /// Gaps that were found before.
    pub gaps: Vec<KeptGap>,
    /// When an author last wrote an article at the desk; other words for a question that were taken over are no such change.
    pub edited: HashMap<ArticleId, Timestamp>,
}

/// Questions that lean on the turn before say nothing by themselves, which their sealed outcome tells.
const QUESTIONS: &str = "\
SELECT a.id, a.conversation, a.question_sealed, a.outcome, a.language, a.decision, a.article, a.created, g.gap, \
  CAST(CASE WHEN EXISTS ( \
    SELECT 1 FROM messages m JOIN feedback f ON f.message = m.id \
    WHERE m.conversation = a.conversation AND m.answer = a.id AND f.rating = 'not_helpful' \
  ) THEN 1 ELSE 0 END AS BIGINT) AS disliked \
FROM answers a LEFT JOIN gap_questions g ON g.answer = a.id \
WHERE a.id >= $1 AND a.origin = 'asked' AND ( \
  a.decision = 'escalate' AND a.reason IN ('nothing_found', 'low_confidence') \
  OR a.decision = 'clarify' AND a.conversation IS NOT NULL AND COALESCE(( \
    SELECT n.decision FROM answers n WHERE n.conversation = a.conversation AND n.id > a.id ORDER BY n.id LIMIT 1 \
  ), '') <> 'answer' \
  OR a.decision = 'answer' AND EXISTS ( \
    SELECT 1 FROM messages m JOIN feedback f ON f.message = m.id \
    WHERE m.conversation = a.conversation AND m.answer = a.id AND f.rating = 'not_helpful') \
  OR a.decision = 'answer' AND a.reason IS NULL AND EXISTS ( \
    SELECT 1 FROM tickets t WHERE t.conversation = a.conversation AND t.created >= a.created AND NOT EXISTS ( \
      SELECT 1 FROM answers n WHERE n.conversation = a.conversation AND n.id > a.id AND n.created <= t.created \
      AND (n.decision IN ('answer', 'clarify') OR n.reason IN ('nothing_found', 'low_confidence')))) \
) ORDER BY a.id DESC LIMIT $2";

impl Reader {
    /// Reads the questions without a good answer since a moment, and the gaps that were found before.
    pub async fn unanswered(&self, since: Timestamp) -> Result<Unanswered, StoreError> {
        let mut connection = self.connection().await?;
        let rows = sqlx::query(QUESTIONS)
            .bind(AnswerId::first_at(since).to_string())
            .bind(MOST + 1)
            .rows(&mut connection)
            .await?;
        drop(connection);
        let is_cut = i64::try_from(rows.len()).is_ok_and(|count| count > MOST);
        let mut questions = Vec::with_capacity(rows.len());
        for row in rows.iter().take(MOST as usize) {
            questions.extend(question_from(row)?);
        }
        Ok(Unanswered {
            questions,
            is_cut,
            gaps: self.kept_gaps().await?,
            edited: self.last_edits().await?,
        })
    }

    async fn last_edits(&self) -> Result<HashMap<ArticleId, Timestamp>, StoreError> {
        let rows = sqlx::query(
            "SELECT article, MAX(created) AS created FROM knowledge_revisions WHERE origin IN ('edited', 'restored') GROUP BY article",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let (article, created): (String, i64) =
                    (row.try_get("article")?, row.try_get("created")?);
                Ok((ArticleId::new(article), Timestamp::from_millis(created)))
            })
            .collect()
    }
}

/// Reads a row; nothing where its words are gone, or say nothing by themselves.
fn question_from(row: &Row) -> Result<Option<UnansweredQuestion>, StoreError> {
    let text = row.open("question_sealed")?;
    if text.trim().is_empty() || leans(row)? {
        return Ok(None);
    }
    let decision: String = row.try_get("decision")?;
    let shown = match (decision.as_str(), row.try_get::<i64, _>("disliked")?) {
        ("clarify", _) => Shown::Options,
        ("answer", 1) => Shown::UnhelpfulAnswer,
        ("answer", _) => Shown::AnswerBeforePerson,
        _ => Shown::NoAnswer,
    };
    let conversation: Option<String> = row.try_get("conversation")?;
    let gap: Option<String> = row.try_get("gap")?;
    let given: Option<String> = row.try_get("article")?;
    Ok(Some(UnansweredQuestion {
        answer: parse("answer id", row.try_get("id")?)?,
        conversation: conversation
            .map(|id| parse("conversation id", id))
            .transpose()?,
        text,
        language: parse("language", row.try_get("language")?)?,
        shown,
        given: given.map(ArticleId::new),
        gap: gap.map(|id| parse("gap id", id)).transpose()?,
        created: Timestamp::from_millis(row.try_get("created")?),
    }))
}

/// Whether the question of a row, which holds the outcome, was read with the turn before it.
pub(super) fn leans(row: &Row) -> Result<bool, StoreError> {
    let outcome = RecordedOutcome::of_row(row)?.json();
    Ok(outcome.is_ok_and(|outcome| outcome["judgement"]["leaned"] == true))
}
