//! What visitors had asked before they chose an article themselves: words the article is not yet found by.

use std::str::FromStr;

use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::store::dialect::Fetching as _;
use crate::store::error::StoreError;
use crate::store::reader::Reader;

/// Most questions that are read; the newest.
const MOST: i64 = 20_000;

/// A question and the article that its visitor then chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenWords {
    /// The article.
    pub article: ArticleId,
    /// The language the visitor was addressed in.
    pub language: Language,
    /// The question.
    pub question: String,
}

impl Reader {
    /// Reads questions that were answered by a choice among options, the newest first.
    pub async fn chosen_words(&self) -> Result<Vec<ChosenWords>, StoreError> {
        let rows = sqlx::query(
            "SELECT chosen.article AS article, asked.language AS language, asked.question_sealed AS question_sealed \
             FROM answers AS chosen JOIN answers AS asked ON asked.id = ( \
               SELECT MAX(earlier.id) FROM answers AS earlier \
               WHERE earlier.conversation = chosen.conversation AND earlier.origin = 'asked' AND earlier.id < chosen.id) \
             WHERE chosen.origin = 'chosen' AND chosen.article IS NOT NULL \
             ORDER BY chosen.id DESC LIMIT $1",
        )
        .bind(MOST)
        .rows(&mut self.connection().await?)
        .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let code: String = row.try_get("language")?;
            let Ok(language) = Language::from_str(&code) else {
                continue;
            };
            found.push(ChosenWords {
                article: ArticleId::new(row.try_get::<String, _>("article")?),
                language,
                question: row.open("question_sealed")?,
            });
        }
        Ok(found)
    }
}
