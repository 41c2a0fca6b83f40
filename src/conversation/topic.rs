//! What the world outside can be told of.

use std::fmt;
use std::str::FromStr;

use super::UnknownCode;

/// One kind of thing that others can ask to be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// A visitor opened a conversation.
    ConversationCreated,
    /// A person is asked for.
    ConversationEscalated,
    /// Another one answers.
    ConversationUpdated,
    /// Nobody answers any more.
    ConversationClosed,
    /// Something was said, by whomever.
    MessageCreated,
    /// A ticket was opened.
    TicketCreated,
    /// Something about a ticket changed.
    TicketUpdated,
    /// Staff say that the matter is done.
    TicketSolved,
    /// A promised time has passed.
    SlaBreached,
    /// A visitor rated a reply.
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

    /// Gives the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        match self {
            Topic::ConversationCreated => "conversation.created",
            Topic::ConversationEscalated => "conversation.escalated",
            Topic::ConversationUpdated => "conversation.updated",
            Topic::ConversationClosed => "conversation.closed",
            Topic::MessageCreated => "message.created",
            Topic::TicketCreated => "ticket.created",
            Topic::TicketUpdated => "ticket.updated",
            Topic::TicketSolved => "ticket.solved",
            Topic::SlaBreached => "sla.breached",
            Topic::FeedbackCreated => "feedback.created",
        }
    }

    /// Gives the topic of an event of a conversation, by its kind and subject.
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

impl FromStr for Topic {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|topic| topic.code() == code)
            .ok_or_else(|| UnknownCode {
                what: "event",
                code: code.to_owned(),
            })
    }
}
