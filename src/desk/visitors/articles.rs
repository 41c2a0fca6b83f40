//! The knowledge base for people who look for themselves.

use std::sync::Arc;

use super::VisitorDesk;
use crate::desk::error::DeskError;
use crate::knowledge::Readership;
use crate::language::{Language, Priors};
use crate::pipeline::{Asked, Question, SearchHit, Snapshot};
use crate::time::Timestamp;

impl VisitorDesk {
    /// Returns the knowledge as it is served now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.room.snapshot()
    }

    /// Returns the language of those whose own is not served.
    pub fn fallback(&self) -> Language {
        self.settings.fallback
    }

    /// Finds articles, the best first, in the seats of the engine.
    pub async fn search(
        &self,
        question: Question,
        priors: Priors,
        readership: Readership,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<SearchHit>, DeskError> {
        let fallback = self.settings.fallback;
        let found = self
            .room
            .run(move |engine| {
                let asked = Asked {
                    question: &question,
                    priors: &priors,
                    forced: None,
                    fallback,
                    today: &now.day(),
                    readership: &readership,
                };
                engine.search(&asked, limit)
            })
            .await?;
        Ok(found?)
    }

    /// Checks that questions can be answered and kept.
    pub async fn check(&self) -> Result<(), DeskError> {
        Ok(self.store.check().await?)
    }
}
