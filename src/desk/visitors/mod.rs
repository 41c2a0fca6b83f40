//! The desk that serves visitors: questions, conversations and what belongs to them.

pub(super) mod csat;
pub(super) mod official_channels;
pub(super) mod options;
pub(super) mod ownership;
pub(super) mod status_page;
pub(super) mod suggested;
pub(super) mod waiting;

mod article_ratings;
mod articles;
mod asking;
mod attachments;
mod channels;
mod conversations;
mod drafted_answers;
mod events;
mod notices;
mod presence;
mod verification;

mod turns_before;

use std::sync::Arc;

use super::answer_log::AnswerLog;
use super::drafts::Drafts;
use super::engine_room::EngineRoom;
use super::lately_asked::LatelyAsked;
use super::presence::PresenceBoard;
use super::settings::DeskSettings;
use crate::bus::Bus;
use crate::store::Store;

/// Serves visitors.
pub struct VisitorDesk {
    pub(super) room: EngineRoom,
    pub(super) store: Store,
    pub(super) settings: DeskSettings,
    pub(super) bus: Bus,
    pub(super) presence: Arc<PresenceBoard>,
    pub(super) drafts: Drafts,
    pub(super) lately: LatelyAsked,
    pub(super) answers: AnswerLog,
}
