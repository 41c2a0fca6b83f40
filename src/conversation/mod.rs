//! A conversation between one visitor and exactly one responder: its ids, states, messages, tickets and wording.
//!
//! Pure: it decides what a step does and how it is said. It must not know how anything is stored, sent or timed.

mod ids;
mod timestamp;

mod state;

mod attachment;
mod feedback;
mod message;
mod reply;
mod satisfaction;
mod status_link;
mod surge;
mod ticket;

mod event;
mod topic;

mod phrases;

pub use attachment::{
    Attachment, FileKind, FileLimits, FileName, RecognisedFile, RefusedFile, recognise,
};
pub use event::{ConversationEvent, EventBody};
pub use feedback::{Feedback, FeedbackReason, MAX_COMMENT_CHARS, Rating};
pub use ids::{
    AgentId, AnswerId, AttachmentId, ConversationId, DeliveryId, EndpointId, InvalidId, MessageId,
    TellingId, TicketId,
};
pub use message::{Author, Conversation, Exchange, Message, NewConversation, Speaker};
pub use phrases::{ReplySentence, SystemNote, phrase_note, phrase_reply, reply_message};
pub use reply::{BotDecision, BotReply, DecisionKind, GivenAnswer};
pub use satisfaction::{InvalidScore, Satisfaction, Score};
pub use state::{
    AutomaticEscalation, ConversationState, Moved, Reach, RefusedStep, Responder, StaffStep,
    Standing, Step, TimerStep, step,
};
pub use status_link::{InvalidLinkKeys, LinkKeys, RefusedLink, StatusLink};
pub use surge::{InvalidSurge, NewSurge, Surge};
pub use ticket::{
    InvalidTicketNumber, Level, Priority, Ticket, TicketNumber, TicketQueue, TicketStatus,
    TicketSubject, Tier, priority,
};
pub use timestamp::Timestamp;
pub use topic::Topic;

/// A code found in a row or a request that none of the known ones equals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown {what} {code:?}; this version of mondo does not know it, install the one that wrote it"
)]
pub struct UnknownCode {
    /// What the code names, such as `conversation state`.
    pub what: &'static str,
    /// The code as it was found.
    pub code: String,
}
