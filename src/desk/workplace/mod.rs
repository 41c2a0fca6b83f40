//! The desk that serves staff, and programs that work like them.

pub(super) mod accounts;
pub(super) mod glosses;
pub(super) mod inbox;
pub(super) mod letters;
pub(super) mod mailer;
pub(super) mod own_account;
pub(super) mod privacy;
pub(super) mod queue_room;
pub(super) mod rules;
pub(super) mod sessions;
pub(super) mod shown_factor;
pub(super) mod signing_in;
pub(super) mod single_sign_on;
pub(super) mod suggestion;
pub(super) mod suggestions;
pub(super) mod tickets;
pub(super) mod twins;
pub(super) mod visitor_card;
pub(super) mod webhooks;
pub(super) mod words;

mod attachments;
mod conversations;
mod drafted_suggestions;
mod letter_book;
mod macros;
mod mail;
mod mail_page;
mod notices;
mod passkeys;
pub(super) mod performance;
mod presence;
mod push;
pub(super) mod pusher;
mod queue;
mod second_factor;
mod staff_letters;
mod surges;

mod hashing_room;
mod viewers;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::drafts::Drafts;
use super::engine_room::EngineRoom;
use super::presence::PresenceBoard;
use super::settings::{DeskSettings, StaffSettings};
use crate::bus::Bus;
use crate::client::Destinations;
use crate::ids::AgentId;
use crate::sso::Provider;
use crate::store::Store;
use crate::time::Timestamp;
use hashing_room::HashingRoom;
use mailer::Outgoing;
use pusher::Pusher;
use queue_room::QueueRoom;
use viewers::Viewers;

/// Serves staff, and programs that work like them.
pub struct Workplace {
    pub(super) room: EngineRoom,
    pub(super) store: Store,
    pub(super) settings: DeskSettings,
    pub(super) bus: Bus,
    pub(super) presence: Arc<PresenceBoard>,
    pub(super) drafts: Drafts,
    pub(super) viewers: Viewers,
    /// When this process last kept that somebody is at the desk. Another one keeps it once more, which changes nothing but
    /// the time.
    pub(super) seen: Mutex<HashMap<AgentId, Timestamp>>,
    pub(super) staff_settings: StaffSettings,
    pub(super) hashing: HashingRoom,
    /// For browsers that are known and for open sessions, so that strangers keep none of them waiting.
    pub(super) hashing_known: HashingRoom,
    pub(super) queue_room: QueueRoom,
    pub(super) mailer: Outgoing,
    pub(super) pusher: Option<Pusher>,
    pub(super) destinations: Destinations,
    /// The provider that staff sign in with.
    pub(super) provider: Option<Arc<Provider>>,
}
