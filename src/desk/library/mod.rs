//! The desk that serves authors: articles, editing, proposals, gaps.

pub(super) mod categories;
pub(super) mod contract;
pub(super) mod creating;
pub(super) mod editing;
pub(super) mod folder;
mod pictures;
pub(super) mod proposals;
pub(super) mod trials;

mod articles;
mod following;
mod gaps;
mod leftovers;
mod outcomes;
mod sharing;

use std::sync::Arc;

use tokio::sync::Mutex;

use super::engine_room::EngineRoom;
use crate::store::Store;
use folder::Library;

/// Serves authors.
pub struct LibraryDesk {
    pub(super) room: EngineRoom,
    pub(super) store: Store,
    pub(super) folder: Option<Arc<Library>>,
    /// Held while many questions are read, so that never more than one of the engine's seats is taken for it.
    pub(super) reading: Arc<Mutex<()>>,
}
