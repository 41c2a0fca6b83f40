//! Questions of visitors, whatever they were given.

use std::str::FromStr as _;

use super::unanswered::leans;
use crate::ids::AnswerId;
use crate::language::Language;
use crate::store::dialect::Fetching as _;
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// A question as it is stored: without what was hidden.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordedQuestion {
    /// Language the visitor was addressed in.
    pub language: Language,
    /// The words.
    pub text: String,
}

impl Reader {
    /// Reads the newest questions since a moment, at most so many, each text once. What leans on an earlier turn says
    /// nothing by itself and is left out.
    pub async fn recorded_questions(
        &self,
        since: Timestamp,
        most: usize,
    ) -> Result<Vec<RecordedQuestion>, StoreError> {
        let rows = sqlx::query(
            "SELECT language, question_sealed, outcome FROM answers \
             WHERE id >= $1 AND origin = 'asked' AND decision <> 'small_talk' ORDER BY id DESC LIMIT $2",
        )
        .bind(AnswerId::first_at(since).to_string())
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .rows(&mut self.connection().await?)
        .await?;
        let mut found: Vec<RecordedQuestion> = Vec::with_capacity(rows.len());
        let mut seen = std::collections::HashSet::new();
        for row in &rows {
            let text = row.open("question_sealed")?;
            let code: String = row.try_get("language")?;
            let Ok(language) = Language::from_str(&code) else {
                continue;
            };
            if text.trim().is_empty() || leans(row)? {
                continue;
            }
            let question = RecordedQuestion { language, text };
            if seen.insert(question.clone()) {
                found.push(question);
            }
        }
        Ok(found)
    }
}
