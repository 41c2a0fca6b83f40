//! What the desk gives back.

use crate::conversation::{AnswerId, BotReply, Conversation, Message, Satisfaction, Ticket};
use crate::pipeline::Outcome;

/// The answer to a question asked outside a conversation.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The record that explains it.
    pub id: AnswerId,
    /// Everything the pipeline found out; the long text of the answer is here.
    pub outcome: Outcome,
    /// The same in the shape conversations keep.
    pub reply: BotReply,
}

/// A conversation as its visitor sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationView {
    /// State, language and opening.
    pub conversation: Conversation,
    /// Everything said, in order.
    pub messages: Vec<Message>,
    /// The newest ticket, open or not.
    pub ticket: Option<Ticket>,
    /// How satisfied the visitor was, one for each episode that was scored.
    pub satisfaction: Vec<Satisfaction>,
}
