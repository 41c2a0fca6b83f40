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
mod owning;
mod satisfying;

mod accounts;
mod handling;
mod principal;
mod queue;
mod signing_in;
mod suggesting;
mod tickets;

mod announcements;
mod lobby;

mod engine_room;
mod fingerprint;
mod record;

use std::sync::Arc;

use crate::pipeline::Engine;
use crate::store::Store;

pub use crate::conversation::Exchange;
pub use crate::store::{AnswerRecord, IdempotencyKey, InvalidKey};
pub use crate::store::{
    ApiKey, KeyId, Macro, Proposal, ProposalVerdict, QueueCounts, QueueEntry, QueueFilter,
    StaffAct, StaffLogLine, StaffOutcome, TicketNote, TicketView, TicketWork, UsedSuggestion,
};
pub use accounts::{add_account, reset_account};
pub use announcements::News;
pub use error::DeskError;
pub use handling::MAX_MESSAGE_CHARS;
pub use lobby::{Attending, Live, Presence, TYPING_SECONDS};
pub use owning::Credentials;
pub use principal::Principal;
pub use queue::QueueView;
pub use record::named_evidence;
pub use reply::{ConversationView, Reply};
pub use satisfying::MAX_SATISFACTION_COMMENT_CHARS;
pub use settings::{AskContext, DeskSettings};
pub use signing_in::{SignIn, SignedIn};
pub use suggesting::{Passage, Suggestion, SuggestionContext, SuggestionSource, TranscriptLine};
pub use tickets::{MAX_FIELD_CHARS, Place, Waits};

use announcements::Announcements;
use engine_room::EngineRoom;
use lobby::Lobby;
use queue::QueueRoom;
use signing_in::HashingRoom;

/// Answers visitors; cheap to share behind an `Arc`.
pub struct Desk {
    room: EngineRoom,
    store: Store,
    settings: DeskSettings,
    announcements: Arc<Announcements>,
    lobby: Arc<Lobby>,
    hashing: HashingRoom,
    queue_room: QueueRoom,
}

impl Desk {
    /// Joins an engine and a store.
    pub fn new(engine: Arc<Engine>, store: Store, settings: DeskSettings) -> Self {
        Self {
            room: EngineRoom::new(engine),
            store,
            settings,
            announcements: Arc::default(),
            lobby: Arc::default(),
            hashing: HashingRoom::default(),
            queue_room: QueueRoom::default(),
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
