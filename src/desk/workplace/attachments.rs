//! Files as staff handle them.

use super::Workplace;
use crate::conversation::{Attachment, SaidName};
use crate::desk::attachments::{FileReader, attach, read_attachment};
use crate::desk::error::DeskError;
use crate::ids::{AttachmentId, ConversationId};
use crate::staff::Agent;
use crate::store::IdempotencyKey;
use crate::time::Timestamp;

impl Workplace {
    /// Keeps a file of an agent.
    pub async fn attach(
        &self,
        by: &Agent,
        conversation: &ConversationId,
        name: &SaidName,
        content: Vec<u8>,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<Attachment, DeskError> {
        attach(&self.store, conversation, Some(by), name, content, key, now).await
    }

    /// Returns a file of a conversation.
    pub async fn attachment(
        &self,
        conversation: &ConversationId,
        id: &AttachmentId,
    ) -> Result<(Attachment, Vec<u8>), DeskError> {
        read_attachment(&self.store, conversation, id, FileReader::Staff).await
    }

    /// Removes files that nobody sent within a day.
    pub async fn sweep_attachments(&self, now: Timestamp) -> Result<usize, DeskError> {
        Ok(self.store.sweep_attachments(now).await?)
    }
}
