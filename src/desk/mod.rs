//! The desk: joins engine and store, so that every question is answered, recorded, and handed over when need be.
//!
//! The one place that acts on decisions. It must not know HTTP, settings files or the clock: `now` is an argument.

mod error;
mod settings;

mod reply;

mod answering;
mod attachments;
mod choosing;
mod conversations;
mod drafter;
mod drafting;
mod events;
mod opinions;
mod owning;
mod satisfying;

mod creating;
mod editing;
mod library;

mod accounts;
mod handling;
mod looking;
mod mail;
mod own_account;
mod principal;
mod queue;
mod second_factor;
mod signing_in;
mod status;
mod suggesting;
mod surging;
mod tickets;
mod webhooks;

mod announcements;
mod guesses;
mod lobby;

mod engine_room;
mod fingerprint;
mod record;

use std::sync::Arc;

use crate::client::Destinations;
use crate::pipeline::Engine;
use crate::store::Store;

pub use crate::conversation::Exchange;
pub use crate::store::{AnswerRecord, IdempotencyKey, InvalidKey};
pub use crate::store::{
    ApiKey, KeptText, KeyId, Macro, Proposal, ProposalVerdict, QueueCounts, QueueEntry,
    QueueFilter, SentMail, StaffAct, StaffLogLine, StaffOutcome, TextOrigin, TicketNote,
    TicketView, TicketWork, UsedSuggestion,
};
pub use crate::store::{
    Delivery, DeliveryFilter, DeliveryStatus, Endpoint, EndpointChange, EndpointKind,
    HelpDeskAccount, OutsideWish, Source, SourceFormat,
};
pub use accounts::{add_account, reset_account};
pub use announcements::News;
pub use attachments::{FileReader, MAX_FILES_PER_MESSAGE, NamedFile, Said};
pub use creating::NewArticle;
pub use drafter::DrafterSettings;
pub use editing::{Draft, Edit, Follows, TakenOver, TranslationState};
pub use error::DeskError;
pub use handling::MAX_MESSAGE_CHARS;
pub use library::{ArticleFile, ArticleFiles, Library, ReloadError, Reloaded, Staged, TextFile};
pub use lobby::{Attending, Live, Presence, TYPING_SECONDS};
pub use mail::{InvalidMailSettings, MailSettings, Mailer};
pub use own_account::Profile;
pub use owning::Credentials;
pub use principal::Principal;
pub use queue::QueueView;
pub use record::named_evidence;
pub use reply::{ConversationView, Reply};
pub use satisfying::MAX_SATISFACTION_COMMENT_CHARS;
pub use settings::{AskContext, DeskSettings};
pub use signing_in::{SignIn, SignedIn};
pub use status::StatusAnswer;
pub use suggesting::{Passage, Suggestion, SuggestionContext, SuggestionSource, TranscriptLine};
pub use tickets::{MAX_FIELD_CHARS, Place, Waits};
pub use webhooks::{NewEndpoint, NewSource};

use announcements::Announcements;
use drafter::Drafter;
use engine_room::EngineRoom;
use guesses::Guesses;
use lobby::Lobby;
use looking::Lookers;
use queue::QueueRoom;
use signing_in::HashingRoom;

/// Answers visitors; cheap to share behind an `Arc`.
pub struct Desk {
    room: EngineRoom,
    store: Store,
    settings: DeskSettings,
    announcements: Arc<Announcements>,
    lobby: Arc<Lobby>,
    guesses: Guesses,
    hashing: HashingRoom,
    queue_room: QueueRoom,
    mailer: Option<Mailer>,
    lookers: Lookers,
    library: Option<Arc<Library>>,
    destinations: Destinations,
    drafter: Option<Arc<Drafter>>,
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
            guesses: Guesses::default(),
            hashing: HashingRoom::default(),
            queue_room: QueueRoom::default(),
            mailer: None,
            lookers: Lookers::default(),
            library: None,
            destinations: Destinations::Public,
            drafter: None,
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
