//! Why the desk could not do something.

use crate::conversation::{AnswerId, ConversationId, MessageId};
use crate::knowledge::ArticleId;
use crate::pipeline::EngineError;
use crate::store::StoreError;

/// What a caller can act on.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// No such conversation.
    #[error("there is no conversation {0}; open a new one")]
    UnknownConversation(ConversationId),
    /// No such message in this conversation.
    #[error("there is no message {0} in this conversation; reload the conversation")]
    UnknownMessage(MessageId),
    /// Only what the bot said can be rated.
    #[error("message {0} is not a reply of the bot; rate one of its replies")]
    NotRateable(MessageId),
    /// No such answer was recorded.
    #[error("no answer {0} is recorded; check the id and the data folder")]
    UnknownAnswer(AnswerId),
    /// The article was renamed, withdrawn or never existed.
    #[error("there is no article {0}; ask the question again")]
    UnknownArticle(ArticleId),
    /// An idempotency key was used for another request before.
    #[error("this idempotency key was used for another request; send a fresh key")]
    KeyReused,
    /// The pipeline failed.
    #[error("the question could not be answered; try again")]
    Engine(#[from] EngineError),
    /// The pipeline broke off, such as by a panic.
    #[error("the question could not be answered; try again")]
    EngineStopped(#[source] tokio::task::JoinError),
    /// The store failed; nothing was acknowledged.
    #[error("the request could not be recorded; try again")]
    Store(#[source] StoreError),
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UnknownConversation(id) => Self::UnknownConversation(id),
            StoreError::UnknownMessage(id) => Self::UnknownMessage(id),
            StoreError::NotRateable(id) => Self::NotRateable(id),
            StoreError::UnknownAnswer(id) => Self::UnknownAnswer(id),
            StoreError::KeyReused => Self::KeyReused,
            other => Self::Store(other),
        }
    }
}
