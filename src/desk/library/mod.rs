//! The desk that serves authors: articles, editing, proposals.

pub(super) mod creating;
pub(super) mod editing;
pub(super) mod folder;
pub(super) mod proposals;
pub(super) mod trials;

mod articles;

use std::sync::Arc;

use super::engine_room::EngineRoom;
use crate::store::Store;
use folder::Library;

/// Serves authors.
pub struct LibraryDesk {
    pub(super) room: EngineRoom,
    pub(super) store: Store,
    pub(super) folder: Option<Arc<Library>>,
}
