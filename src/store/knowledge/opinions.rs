//! Rows of opinions: whether an article of the help pages helped.

use sqlx::Row as _;

use crate::conversation::Rating;
use crate::ids::AnswerId;
use crate::knowledge::{ArticleId, Revision};
use crate::language::Language;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// A reader's opinion of an article.
#[derive(Debug, Clone)]
pub struct ArticleOpinion {
    /// The article.
    pub article: ArticleId,
    /// Language it was read in.
    pub language: Language,
    /// Whether it helped.
    pub rating: Rating,
    /// The knowledge that was read.
    pub revision: Revision,
    /// The present moment.
    pub now: Timestamp,
}

/// How often an article helped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpinionCount {
    /// Readers it helped.
    pub helpful: i64,
    /// Readers it did not help.
    pub not_helpful: i64,
}

impl Store {
    /// Keeps an opinion.
    pub async fn keep_opinion(&self, opinion: ArticleOpinion) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let ArticleOpinion {
                        article,
                        language,
                        rating,
                        revision,
                        now,
                    } = opinion;
                    sqlx::query(
                        "INSERT INTO article_opinions (id, article, language, rating, revision, created) \
                         VALUES ($1, $2, $3, $4, $5, $6)",
                    )
                    .bind(AnswerId::generate(now).to_string())
                    .bind(article.to_string())
                    .bind(language.code())
                    .bind(rating.code())
                    .bind(revision.to_string())
                    .bind(now.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }
}

impl Reader {
    /// Counts the opinions of an article.
    pub async fn opinions(&self, article: &ArticleId) -> Result<OpinionCount, StoreError> {
        let row = sqlx::query(
            "SELECT CAST(COALESCE(SUM(CASE WHEN rating = 'helpful' THEN 1 ELSE 0 END), 0) AS BIGINT) AS helpful, \
             CAST(COUNT(*) AS BIGINT) AS total FROM article_opinions WHERE article = $1",
        )
        .bind(article.to_string())
        .fetch_one(&self.pool)
        .await?;
        let (helpful, total): (i64, i64) = (row.try_get("helpful")?, row.try_get("total")?);
        Ok(OpinionCount {
            helpful,
            not_helpful: total - helpful,
        })
    }
}
