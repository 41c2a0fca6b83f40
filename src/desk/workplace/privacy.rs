//! What people ask for who want to know or to be forgotten, and words that were hidden, for those with the right.

use serde_json::Value;

use super::Workplace;
use crate::desk::error::DeskError;
use crate::ids::{ConversationId, MessageId};
use crate::safety::Words;
use crate::staff::Agent;
use crate::store::{Erased, HeldConversation};
use crate::time::Timestamp;

/// Whose words are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// An account, as its host names it.
    Visitor(String),
    /// One conversation, of a visitor without an account.
    Conversation(ConversationId),
}

impl Workplace {
    /// Returns everything that is kept of a person.
    pub async fn export(&self, whose: &Whose) -> Result<Value, DeskError> {
        let reader = self.store.reader();
        Ok(match whose {
            Whose::Visitor(subject) => reader.export_account(subject).await?,
            Whose::Conversation(id) => reader.export_conversation(id).await?,
        })
    }

    /// Destroys what a person said.
    pub async fn erase(
        &self,
        whose: &Whose,
        why: &Words,
        by: &Agent,
        now: Timestamp,
    ) -> Result<Erased, DeskError> {
        let (actor, why) = (by.id.to_string(), why.as_str());
        Ok(match whose {
            Whose::Visitor(subject) => self.store.erase_account(subject, &actor, why, now).await?,
            Whose::Conversation(id) => self.store.erase_conversation(*id, &actor, why, now).await?,
        })
    }

    /// Keeps a conversation whatever its age and whoever asks, or lets it go again.
    pub async fn hold(
        &self,
        id: ConversationId,
        is_held: bool,
        why: &Words,
        by: &Agent,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let actor = by.id.to_string();
        self.store
            .hold_conversation(id, is_held, &actor, why.as_str(), now)
            .await?;
        Ok(())
    }

    /// Lists the conversations that are kept whatever their age, those held last first.
    pub async fn held_conversations(&self) -> Result<Vec<HeldConversation>, DeskError> {
        Ok(self.store.reader().held_conversations().await?)
    }

    /// Returns a message as it was said, before something in it was hidden; `None` where nothing was.
    pub async fn open_original(
        &self,
        conversation: ConversationId,
        message: MessageId,
        why: &Words,
        by: &Agent,
        now: Timestamp,
    ) -> Result<Option<String>, DeskError> {
        let actor = by.id.to_string();
        Ok(self
            .store
            .open_original(conversation, message, &actor, why.as_str(), now)
            .await?)
    }
}
