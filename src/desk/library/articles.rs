//! The articles as they are served.

use std::collections::HashMap;
use std::sync::Arc;

use super::LibraryDesk;
use super::folder::Library;
use crate::desk::error::DeskError;
use crate::encoder::Encoder;
use crate::knowledge::ArticleId;
use crate::pipeline::Snapshot;
use crate::store::ArticleUse;
use crate::time::Timestamp;

impl LibraryDesk {
    /// Returns the folder that authors edit.
    pub fn folder(&self) -> Result<&Arc<Library>, DeskError> {
        self.folder.as_ref().ok_or(DeskError::NoLibrary)
    }

    /// Returns the knowledge as it is served now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.room.snapshot()
    }

    /// Counts the use of every article since a moment.
    pub async fn article_use(
        &self,
        since: Timestamp,
    ) -> Result<HashMap<ArticleId, ArticleUse>, DeskError> {
        Ok(self.store.reader().article_use(since).await?)
    }

    /// Runs work that encodes texts, in one of the engine's seats.
    pub async fn with_encoder<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Encoder) -> T + Send + 'static,
    ) -> Result<T, DeskError> {
        self.room
            .run(move |engine| work(engine.encoder().as_ref()))
            .await
    }
}
