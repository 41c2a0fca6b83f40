//! What is announced: small, naming things instead of carrying them, so that it travels between processes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{AgentId, ConversationId};

/// What can be announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// Something that staff are told.
    Desk(DeskNews),
    /// The agent who holds a conversation is writing; told to its visitor.
    AgentTypes {
        /// Which.
        conversation: ConversationId,
        /// Name of the agent.
        name: Arc<str>,
    },
    /// Somebody of the staff has read what a visitor said; told to its visitor.
    StaffRead {
        /// Which conversation.
        conversation: ConversationId,
        /// Number of the newest event they have seen.
        up_to: i64,
    },
    /// A member of staff has opened the console, or closed the last one.
    Attendance {
        /// Who.
        agent: AgentId,
        /// Whether they are there.
        here: bool,
    },
    /// A member of staff says that they are away, or no longer are.
    Availability {
        /// Who.
        agent: AgentId,
        /// Whether they are away, whatever they have open.
        is_away: bool,
    },
    /// A member of staff looks at a conversation, or no longer does.
    Looks {
        /// At which.
        conversation: ConversationId,
        /// Who.
        agent: AgentId,
        /// Their name.
        name: Arc<str>,
        /// Whether they do.
        here: bool,
    },
    /// A process tells who is connected to it.
    Connected {
        /// Whoever else was connected to it has left.
        first: bool,
        /// Who is; more may follow.
        people: Connected,
    },
    /// A process asks the others who is connected to them.
    WhoIsThere,
    /// A process says that it is there.
    Alive,
    /// A place that is told what happens was set up, changed or removed.
    Outlets,
    /// Another revision of the knowledge is served, or waits in the folder to be.
    Knowledge,
    /// Somebody may no longer do what they could: a session or key has ended, or an account was changed.
    Access,
    /// A surge has begun or ended.
    Surges,
    /// Another threshold than the configured one is in force, or no longer is.
    Thresholds,
}

/// What staff are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskNews {
    /// Something happened in a conversation; its events up to this number are in the store.
    Changed {
        /// Which.
        conversation: ConversationId,
        /// Number of its newest event.
        sequence: i64,
    },
    /// Somebody of the staff looks at a conversation, or no longer does.
    Looking {
        /// Which.
        conversation: ConversationId,
    },
    /// The visitor of a conversation is writing.
    Typing {
        /// Which.
        conversation: ConversationId,
    },
    /// The visitor of a conversation has read what was said to them.
    Read {
        /// Which.
        conversation: ConversationId,
        /// Number of the newest event they have seen.
        up_to: i64,
    },
    /// The visitor of a conversation has come or gone.
    Visitor {
        /// Which.
        conversation: ConversationId,
        /// Whether they have it open.
        here: bool,
    },
    /// Some news was missed; read the queue anew.
    Missed,
}

impl From<DeskNews> for News {
    fn from(news: DeskNews) -> Self {
        Self::Desk(news)
    }
}

/// People who are connected to one process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// Members of staff with the console open.
    pub agents: Vec<AgentId>,
    /// Conversations that their visitor has open.
    pub visits: Vec<ConversationId>,
    /// Members of staff who say that they are away.
    pub away: Vec<AgentId>,
}
