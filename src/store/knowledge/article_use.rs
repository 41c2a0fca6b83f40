//! How often each article was given of late, and whether it helped.

use std::collections::HashMap;

use sqlx::Row as _;

use super::opinions::OpinionCount;
use crate::ids::AnswerId;
use crate::knowledge::ArticleId;
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// What an article was good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ArticleUse {
    /// Times it was given as the answer.
    pub answers: i64,
    /// What visitors said of it, in conversations and on help pages.
    pub opinions: OpinionCount,
}

impl Reader {
    /// Counts the use of every article since a moment; articles that nobody met are left out.
    pub async fn article_use(
        &self,
        since: Timestamp,
    ) -> Result<HashMap<ArticleId, ArticleUse>, StoreError> {
        let mut found: HashMap<ArticleId, ArticleUse> = HashMap::new();
        let given = sqlx::query(
            "SELECT article, CAST(COUNT(*) AS BIGINT) AS answers FROM answers \
             WHERE id >= $1 AND decision = 'answer' AND article IS NOT NULL GROUP BY article",
        )
        .bind(AnswerId::first_at(since).to_string())
        .fetch_all(&self.pool)
        .await?;
        for row in given {
            let article = ArticleId::new(row.try_get::<String, _>("article")?);
            found.entry(article).or_default().answers = row.try_get("answers")?;
        }
        let judged = sqlx::query(
            "SELECT article, rating, CAST(COUNT(*) AS BIGINT) AS count FROM ( \
               SELECT a.article AS article, f.rating AS rating FROM feedback f \
                 JOIN messages m ON m.id = f.message JOIN answers a ON a.id = m.answer \
                 WHERE f.created >= $1 AND a.article IS NOT NULL \
               UNION ALL \
               SELECT article, rating FROM article_opinions WHERE created >= $2) AS judged \
             GROUP BY article, rating",
        )
        .bind(since.as_millis())
        .bind(since.as_millis())
        .fetch_all(&self.pool)
        .await?;
        for row in judged {
            let article = ArticleId::new(row.try_get::<String, _>("article")?);
            let (rating, count): (String, i64) = (row.try_get("rating")?, row.try_get("count")?);
            let opinions = &mut found.entry(article).or_default().opinions;
            match rating.as_str() {
                "helpful" => opinions.helpful += count,
                _ => opinions.not_helpful += count,
            }
        }
        Ok(found)
    }
}
