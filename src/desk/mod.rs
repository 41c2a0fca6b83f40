//! The desk: joins engine and store, so that every question is answered, recorded, and handed over when need be.
//!
//! The one place that acts on decisions. It must not know HTTP, settings files or the clock: `now` is an argument.

mod error;
mod settings;

mod reply;

mod answering;
mod choosing;
mod conversations;
mod events;
mod opinions;

mod announcements;
mod engine_room;
mod fingerprint;
mod record;

use std::sync::Arc;

use crate::pipeline::Engine;
use crate::store::Store;

pub use crate::conversation::Exchange;
pub use crate::store::{AnswerRecord, IdempotencyKey, InvalidKey};
pub use error::DeskError;
pub use record::named_evidence;
pub use reply::{ConversationView, Reply};
pub use settings::{AskContext, DeskSettings};

use announcements::Announcements;
use engine_room::EngineRoom;

/// Answers visitors; cheap to share behind an `Arc`.
pub struct Desk {
    room: EngineRoom,
    store: Store,
    settings: DeskSettings,
    announcements: Arc<Announcements>,
}

impl Desk {
    /// Joins an engine and a store.
    pub fn new(engine: Arc<Engine>, store: Store, settings: DeskSettings) -> Self {
        Self {
            room: EngineRoom::new(engine),
            store,
            settings,
            announcements: Arc::default(),
        }
    }

    /// The engine, for searches and for swapping its knowledge.
    pub fn engine(&self) -> &Arc<Engine> {
        self.room.engine()
    }

    /// The store, for readiness checks and maintenance.
    pub fn store(&self) -> &Store {
        &self.store
    }
}
