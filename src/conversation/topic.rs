//! What the world outside can be told of.

use std::fmt;

use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::ids::UnknownCode;

/// One kind of thing that others can ask to be told of.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    IntoStaticStr,
    EnumString,
    VariantNames,
)]
#[strum(parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum Topic {
    /// A visitor opened a conversation.
    #[strum(serialize = "conversation.created")]
    ConversationCreated,
    /// A person is asked for.
    #[strum(serialize = "conversation.escalated")]
    ConversationEscalated,
    /// Another one answers.
    #[strum(serialize = "conversation.updated")]
    ConversationUpdated,
    /// Nobody answers any more.
    #[strum(serialize = "conversation.closed")]
    ConversationClosed,
    /// Something was said, by whomever.
    #[strum(serialize = "message.created")]
    MessageCreated,
    /// A ticket was opened.
    #[strum(serialize = "ticket.created")]
    TicketCreated,
    /// Something about a ticket changed.
    #[strum(serialize = "ticket.updated")]
    TicketUpdated,
    /// Staff say that the matter is done.
    #[strum(serialize = "ticket.solved")]
    TicketSolved,
    /// A promised time has passed.
    #[strum(serialize = "sla.breached")]
    SlaBreached,
    /// A visitor rated a reply.
    #[strum(serialize = "feedback.created")]
    FeedbackCreated,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Topic; 10] = [
        Topic::ConversationCreated,
        Topic::ConversationEscalated,
        Topic::ConversationUpdated,
        Topic::ConversationClosed,
        Topic::MessageCreated,
        Topic::TicketCreated,
        Topic::TicketUpdated,
        Topic::TicketSolved,
        Topic::SlaBreached,
        Topic::FeedbackCreated,
    ];

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Returns the topic of an event of a conversation, by its kind and subject.
    pub fn of_event(kind: &str, subject: &str) -> Option<Self> {
        match (kind, subject) {
            ("message", _) => Some(Self::MessageCreated),
            ("ticket", _) => Some(Self::TicketUpdated),
            ("state", "closed") => Some(Self::ConversationClosed),
            ("state", _) => Some(Self::ConversationUpdated),
            ("feedback", _) => Some(Self::FeedbackCreated),
            _ => None,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}
