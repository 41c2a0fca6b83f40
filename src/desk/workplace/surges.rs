//! Surge mode: begun and ended by people, programs and a signed webhook, and over by itself in any case.

use tokio::sync::watch;

use super::Workplace;
use crate::bus::Subject;
use crate::conversation::{NewSurge, Surge};
use crate::desk::DeskError;
use crate::language::in_traditional_characters;
use crate::store::{PastSurge, StoreError, SurgeChange, SurgeRequest};
use crate::time::Timestamp;

impl Workplace {
    /// Begins a surge; one of the same name is replaced.
    pub async fn begin_surge(
        &self,
        new: NewSurge,
        by: String,
        signature: Option<(String, Timestamp)>,
        now: Timestamp,
    ) -> Result<Surge, DeskError> {
        let snapshot = self.room.snapshot();
        let checking = tokio::task::spawn_blocking(move || {
            let articles = &snapshot.knowledge().articles;
            let is_category = |name: &str| articles.iter().any(|known| known.category == name);
            new.checked(is_category, in_traditional_characters, now)
        });
        let surge = checking.await.map_err(|_| StoreError::Stopped)??;
        let request = SurgeRequest {
            change: SurgeChange::Begin(surge.clone()),
            by,
            signature,
            now,
        };
        self.store.change_surge(request).await?;
        Ok(surge)
    }

    /// Ends a surge.
    pub async fn end_surge(
        &self,
        incident: String,
        by: String,
        signature: Option<(String, Timestamp)>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let request = SurgeRequest {
            change: SurgeChange::End(incident),
            by,
            signature,
            now,
        };
        match self.store.change_surge(request).await? {
            true => Ok(()),
            false => Err(DeskError::UnknownSurge),
        }
    }

    /// Ends surges whose time is over, and learns of those that another server began.
    pub async fn run_surges(&self, now: Timestamp) -> Result<(), DeskError> {
        Ok(self.store.run_surges(now).await?)
    }

    /// Changes whenever a surge has begun or ended, at whichever server.
    pub fn hears_of_surges(&self) -> watch::Receiver<u64> {
        self.bus.heard(Subject::Surges)
    }

    /// Returns the surges that are on, the oldest first.
    pub fn surges(&self, now: Timestamp) -> Vec<Surge> {
        self.store.surges(now)
    }

    /// Lists surges, the newest first, past ones too.
    pub async fn past_surges(&self) -> Result<Vec<PastSurge>, DeskError> {
        Ok(self.store.reader().past_surges().await?)
    }
}
