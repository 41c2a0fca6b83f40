//! Whether an article of the help pages helped.

use super::VisitorDesk;
use crate::conversation::Rating;
use crate::desk::DeskError;
use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::store::ArticleOpinion;
use crate::time::Timestamp;

impl VisitorDesk {
    /// Keeps whether an article helped a reader, with the knowledge it was read from.
    pub async fn rate_article(
        &self,
        article: &ArticleId,
        language: Language,
        rating: Rating,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let snapshot = self.room.snapshot();
        let knowledge = snapshot.knowledge();
        if knowledge.article(article).is_none() {
            return Err(DeskError::UnknownArticle(article.clone()));
        }
        let opinion = ArticleOpinion {
            article: article.clone(),
            language,
            rating,
            revision: knowledge.revision.clone(),
            now,
        };
        Ok(self.store.keep_opinion(opinion).await?)
    }
}
