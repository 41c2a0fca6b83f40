//! The knowledge base for people who look for themselves.

use std::sync::Arc;

use super::VisitorDesk;
use crate::desk::error::DeskError;
use crate::knowledge::Readership;
use crate::language::{Language, Priors};
use crate::pipeline::{Asked, Found, Question, SearchHit, Snapshot};
use crate::safety::redact::Hides;
use crate::safety::{Lines, Words};
use crate::time::Timestamp;

/// Most characters of a search that are kept.
const MOST_COUNTED: usize = 200;

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
        let found = self.find(question, priors, readership, limit, now).await?;
        Ok(found.hits)
    }

    /// The same for somebody who has written out what they search for: where no article fits, it is counted, so that authors
    /// learn of it.
    pub async fn search_and_count(
        &self,
        question: Question,
        priors: Priors,
        readership: Readership,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<SearchHit>, DeskError> {
        let text = question.as_str();
        let words = Words::shortened(text, MOST_COUNTED, Lines::Joined, Hides::Everything);
        let found = self.find(question, priors, readership, limit, now).await?;
        if let Some(words) = words.filter(|_| !found.fits) {
            let counted = self
                .store
                .count_fruitless_search(words, found.language, now);
            if let Err(error) = counted.await {
                tracing::warn!(%error, "a search that no article fits could not be counted");
            }
        }
        Ok(found.hits)
    }

    async fn find(
        &self,
        question: Question,
        priors: Priors,
        readership: Readership,
        limit: usize,
        now: Timestamp,
    ) -> Result<Found, DeskError> {
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
