//! What happened in a conversation, numbered, so that a listener who was away can go on where it stopped.

use super::{ConversationState, Message, Rating, Ticket};
use crate::ids::MessageId;
use crate::time::Timestamp;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationEvent {
    /// Counts from 1 in each conversation, without gaps.
    pub sequence: i64,
    /// What happened.
    pub body: EventBody,
    /// When it happened.
    pub created: Timestamp,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every event is a message; a box for it would only cost"
)]
pub enum EventBody {
    /// Something was said.
    Message(Message),
    /// Another one answers from now on.
    State(ConversationState),
    /// A ticket was opened or changed.
    Ticket(Ticket),
    /// The visitor rated a message.
    Feedback {
        /// The rated message.
        message: MessageId,
        /// The rating as it stands now.
        rating: Rating,
    },
}

impl EventBody {
    /// Returns the name of the kind, as it is stored and sent.
    pub fn kind(&self) -> &'static str {
        match self {
            EventBody::Message(_) => "message",
            EventBody::State(_) => "state",
            EventBody::Ticket(_) => "ticket",
            EventBody::Feedback { .. } => "feedback",
        }
    }
}
