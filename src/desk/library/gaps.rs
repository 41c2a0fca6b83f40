//! What authors do about the questions that get no good answer: they see them, close a gap with other words or a new
//! article, or leave it aside.

use std::sync::Arc;

use super::LibraryDesk;
use crate::desk::error::DeskError;
use crate::ids::GapId;
use crate::knowledge::Readership;
use crate::language::Priors;
use crate::pipeline::{Asked, Engine, Question};
use crate::safety::Words;
use crate::staff::Agent;
use crate::store::{FruitlessSearch, GapChanges, Unanswered};
use crate::time::Timestamp;

impl LibraryDesk {
    /// Reads the questions without a good answer since a moment, and runs work on them in one of the engine's seats; their
    /// words are nowhere else than in what that returns.
    pub async fn with_unanswered<T: Send + 'static>(
        &self,
        since: Timestamp,
        work: impl FnOnce(&Engine, Unanswered) -> T + Send + 'static,
    ) -> Result<T, DeskError> {
        let reading = Arc::clone(&self.reading).lock_owned().await;
        let unanswered = self.store.reader().unanswered(since).await?;
        self.room
            .run(move |engine| {
                // Kept to the end, also when nobody waits for it any more.
                let _reading = reading;
                work(engine, unanswered)
            })
            .await
    }

    /// Reads what visitors searched the help pages for since a moment and found no fitting article, the most frequent first;
    /// what an article fits by now is left out.
    pub async fn fruitless_searches(
        &self,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<FruitlessSearch>, DeskError> {
        let mut searches = self.store.reader().fruitless_searches(since).await?;
        self.room
            .run(move |engine| {
                searches.retain(|search| !fits(engine, search, now));
                searches
            })
            .await
    }

    /// Keeps what finding gaps anew has changed.
    pub async fn keep_gaps(&self, changes: GapChanges, now: Timestamp) -> Result<(), DeskError> {
        match changes.is_empty() {
            true => Ok(()),
            false => Ok(self.store.keep_gaps(changes, now).await?),
        }
    }

    /// Leaves a gap aside until it has grown by half.
    pub async fn dismiss_gap(
        &self,
        id: GapId,
        reason: Words,
        by: &Agent,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        match self.store.dismiss_gap(id, reason, by.id, now).await? {
            true => Ok(()),
            false => Err(DeskError::UnknownGap),
        }
    }

    /// Takes up a gap again that was left aside.
    pub async fn restore_gap(
        &self,
        id: GapId,
        by: &Agent,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        match self.store.restore_gap(id, by.id, now).await? {
            true => Ok(()),
            false => Err(DeskError::UnknownGap),
        }
    }
}

/// Tells whether an article fits a search; one that cannot be read fits none.
fn fits(engine: &Engine, search: &FruitlessSearch, now: Timestamp) -> bool {
    let Ok(question) = Question::parse(&search.text) else {
        return false;
    };
    let asked = Asked {
        question: &question,
        priors: &Priors::default(),
        forced: Some(search.language),
        fallback: search.language,
        today: &now.day(),
        readership: &Readership::ANYBODY,
    };
    engine.search(&asked, 1).is_ok_and(|found| found.fits)
}
