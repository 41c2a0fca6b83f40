//! Three desks over one store and one engine, so that every question is answered, recorded, and handed over when need be.
//!
//! | desk | serves |
//! |---|---|
//! | [`VisitorDesk`] | visitors: asking, conversations, options, escalation, feedback, their status pages |
//! | [`Workplace`] | staff and programs: the queue, tickets, suggestions, accounts, webhooks, mail, surges |
//! | [`LibraryDesk`] | authors: articles, editing, proposals, gaps |
//!
//! The one place that acts on decisions. It must not know HTTP, settings files or the clock: `now` is an argument.
//! Neither the engine nor the store is reached through a desk: every use of the engine takes one of its seats.

mod library;
mod visitors;
mod workplace;

mod attachments;
mod contacts;
mod drafter;
mod drafts;
mod reply;
mod status_link;

mod announcements;
mod answer_log;
mod engine_room;
mod lately_asked;
mod presence;
mod recent_outcomes;

mod fingerprint;
mod principal;
mod record;

mod error;
mod limits;
mod settings;

use std::sync::Arc;

use answer_log::AnswerLog;
use drafts::Drafts;
use engine_room::EngineRoom;
use presence::PresenceBoard;
use workplace::mailer::Outgoing;

use crate::client::Destinations;
use crate::pipeline::Engine;
use crate::sso::Provider;
use crate::store::Store;

pub use crate::bus::DeskNews as News;
pub use crate::conversation::Exchange;
pub use crate::store::{
    AnswerRecord, Given, IdempotencyKey, InvalidKey, MAX_KEY_CHARS, MIN_KEY_CHARS,
};
pub use crate::store::{
    ApiKey, EarlierConversation, HeldCounts, KeptPasskey, KeptText, KeyId, ListedTicket, Macro,
    OpenSession, Proposal, ProposalVerdict, QueueCounts, QueueEntry, QueueFilter, QueueOrder,
    QueueTally, Reads, SavedView, SentMail, StaffAct, StaffLogFilter, StaffLogLine, StaffOutcome,
    TextOrigin, TicketFilter, TicketNote, TicketView, TicketWork, UsedSuggestion,
};
pub use crate::store::{
    Backlog, Delivery, DeliveryFilter, DeliveryStatus, Endpoint, EndpointChange, EndpointKind,
    HeldConversation, LetterHead, LetterOutcome, MAX_DELIVERIES, MailState, MailboxState,
    OutsideWish, PushSubscription, ServiceAccount, Source, SourceFormat,
};
pub use attachments::{NamedFile, Said};
pub use drafter::{DrafterSettings, TranscriptLine};
pub use error::DeskError;
pub use library::LibraryDesk;
pub use library::categories::CategoryLine;
pub use library::contract::{JUDGED_DAYS, ToJudge};
pub use library::creating::NewArticle;
pub use library::editing::{Draft, Edit, Follows, MAX_FILE_BYTES, TranslationState};
pub use library::folder::{
    ArticleFile, ArticleFiles, Library, ReloadError, Reloaded, Staged, TextFile,
};
pub use library::proposals::TakenOver;
pub use library::trials::{Heard, Trial, Verdict};
pub use limits::{
    MAX_CONTACT_CHARS, MAX_FIELD_CHARS, MAX_FILES_PER_MESSAGE, MAX_MESSAGE_CHARS, MAX_NOTE_CHARS,
};
pub use presence::{Attending, Live, Presence, TYPING_SECONDS};
pub use principal::Principal;
pub use record::{Decided, named_evidence};
pub use reply::{ConversationView, Reply};
pub use settings::{AskContext, DeskSettings, StaffSettings};
pub use visitors::VisitorDesk;
pub use visitors::csat::MAX_SATISFACTION_COMMENT_CHARS;
pub use visitors::official_channels::LookupDoor;
pub use visitors::options::Choice;
pub use visitors::ownership::Credentials;
pub use visitors::status_page::StatusAnswer;
pub use visitors::suggested::OfferedTo;
pub use visitors::waiting::{Place, Waits};
pub use workplace::Workplace;
pub use workplace::accounts::{add_account, reset_account};
pub use workplace::glosses::{Gloss, Meaning};
pub use workplace::inbox::QueuePart;
pub use workplace::letters::{LetterWriter, NO_MAIL, Posted};
pub use workplace::mailer::{InvalidMailSettings, MailSettings, Mailer};
pub use workplace::own_account::Profile;
pub use workplace::performance::Performance;
pub use workplace::privacy::Whose;
pub use workplace::pusher::{InvalidPushSettings, PushSettings};
pub use workplace::queue_room::QueueView;
pub use workplace::rules::{RuleTrial, TRIAL_DAYS};
pub use workplace::sessions::InSession;
pub use workplace::shown_factor::ShownFactor;
pub use workplace::signing_in::{DEVICE_MS, SignIn, SignedIn};
pub use workplace::single_sign_on::{CameBack, NotLetIn, Sent};
pub use workplace::suggestion::{Suggestion, SuggestionSource};
pub use workplace::suggestions::SuggestionContext;
pub use workplace::tickets::MAX_EXPORTED;
pub use workplace::twins::{Twin, TwinKind, TwinReader};
pub use workplace::visitor_card::VisitorCard;
pub use workplace::webhooks::{NewEndpoint, NewSource};
pub use workplace::words::{MAX_AVAILABILITY_REASON_CHARS, availability_reason, words_of_staff};

/// The three desks; cheap to share behind an `Arc`.
pub struct Desk {
    /// Serves visitors.
    pub visitors: VisitorDesk,
    /// Serves staff, and programs that work like them.
    pub workplace: Workplace,
    /// Serves authors.
    pub library: LibraryDesk,
    room: EngineRoom,
}

impl Desk {
    /// Joins an engine and a store.
    pub fn new(engine: Arc<Engine>, store: Store, settings: DeskSettings) -> Self {
        let room = EngineRoom::new(engine, settings.fallback);
        let drafts = Drafts::none(room.clone());
        let bus = store.bus().clone();
        let presence: Arc<PresenceBoard> = Arc::default();
        Self {
            visitors: VisitorDesk {
                room: room.clone(),
                store: store.clone(),
                settings,
                bus: bus.clone(),
                presence: Arc::clone(&presence),
                drafts: drafts.clone(),
                lately: Default::default(),
                answers: AnswerLog::new(store.clone()),
            },
            workplace: Workplace {
                room: room.clone(),
                store: store.clone(),
                settings,
                bus,
                presence,
                drafts,
                viewers: Default::default(),
                seen: Default::default(),
                staff_settings: Default::default(),
                hashing: Default::default(),
                hashing_known: Default::default(),
                queue_room: Default::default(),
                mailer: Outgoing::default(),
                pusher: None,
                destinations: Destinations::Public,
                provider: None,
            },
            library: LibraryDesk {
                room: room.clone(),
                store,
                folder: None,
                reading: Arc::default(),
            },
            room,
        }
    }

    /// Lets authors edit a knowledge folder.
    #[must_use]
    pub fn with_library(mut self, folder: Arc<Library>) -> Self {
        self.library.folder = Some(folder);
        self
    }

    /// Sets how staff are let in.
    #[must_use]
    pub fn with_staff_settings(mut self, settings: StaffSettings) -> Self {
        self.workplace.staff_settings = settings;
        self
    }

    /// Lets the desk send mail; from now on notices are put into the outbox.
    pub async fn with_mailer(self, mailer: Option<Mailer>) -> Result<Self, DeskError> {
        self.workplace.change_mailer(mailer).await?;
        Ok(self)
    }

    /// Lets browsers of staff be told something while the console is not open; call it once it is known where requests may
    /// lead.
    pub async fn with_push(mut self, settings: &PushSettings) -> Result<Self, InvalidPushSettings> {
        self.workplace.switch_push(settings).await?;
        Ok(self)
    }

    /// Lets webhooks lead to other addresses than public ones.
    #[must_use]
    pub fn with_destinations(mut self, destinations: Destinations) -> Self {
        self.workplace.destinations = destinations;
        self
    }

    /// Lets staff sign in by a provider.
    #[must_use]
    pub fn with_provider(mut self, provider: Option<Provider>) -> Self {
        self.workplace.provider = provider.map(Arc::new);
        self
    }

    /// Lets a program elsewhere write drafts, when the settings name one.
    #[must_use]
    pub fn with_drafter(mut self, settings: DrafterSettings) -> Self {
        let drafts = Drafts::by(self.room.clone(), settings);
        self.visitors.drafts = drafts.clone();
        self.workplace.drafts = drafts;
        self
    }
}
