//! What the desk gives back.

use std::sync::Arc;

use super::error::DeskError;
use super::record::Decided;
use crate::conversation::{BotReply, Conversation, Message, Satisfaction, Ticket};
use crate::ids::{AnswerId, ConversationId};
use crate::safety::redact::Finding;
use crate::store::{Reads, Store};

/// The answer to a question asked outside a conversation.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The record that explains it.
    pub id: AnswerId,
    /// Everything the pipeline found out; the long text of the answer is here.
    pub outcome: Arc<Decided>,
    /// The same in the shape conversations keep.
    pub reply: BotReply,
    /// What was hidden in the question.
    pub hidden: Vec<Finding>,
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
    /// How far each side has read.
    pub reads: Reads,
}

impl ConversationView {
    /// Reads a conversation whole.
    pub(super) async fn read(store: &Store, id: &ConversationId) -> Result<Self, DeskError> {
        let reader = store.reader();
        // The conversation is read first: what is read after it is at least as new as its last sequence.
        let conversation = reader.conversation(id).await?;
        let messages = reader.messages(id).await?;
        let ticket = reader.tickets(id).await?.pop();
        let satisfaction = reader.satisfaction(id).await?;
        let reads = reader.reads(id).await?;
        Ok(Self {
            conversation,
            messages,
            ticket,
            satisfaction,
            reads,
        })
    }
}
