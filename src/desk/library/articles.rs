//! The articles as they are served.

use std::sync::Arc;

use super::LibraryDesk;
use super::folder::Library;
use crate::desk::error::DeskError;
use crate::encoder::Encoder;
use crate::pipeline::Snapshot;

impl LibraryDesk {
    /// Returns the folder that authors edit.
    pub fn folder(&self) -> Result<&Arc<Library>, DeskError> {
        self.folder.as_ref().ok_or(DeskError::NoLibrary)
    }

    /// Returns the knowledge as it is served now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.room.snapshot()
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
