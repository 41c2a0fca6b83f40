//! Files of visitors.

use super::VisitorDesk;
use crate::conversation::{Attachment, SaidName};
use crate::desk::attachments::{FileReader, attach, read_attachment};
use crate::desk::error::DeskError;
use crate::ids::{AttachmentId, ConversationId};
use crate::store::IdempotencyKey;
use crate::time::Timestamp;

impl VisitorDesk {
    /// Keeps a file of a visitor.
    pub async fn attach(
        &self,
        conversation: &ConversationId,
        name: &SaidName,
        content: Vec<u8>,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<Attachment, DeskError> {
        attach(&self.store, conversation, None, name, content, key, now).await
    }

    /// Returns a file of a conversation; those of agents once they are sent.
    pub async fn attachment(
        &self,
        conversation: &ConversationId,
        id: &AttachmentId,
    ) -> Result<(Attachment, Vec<u8>), DeskError> {
        read_attachment(&self.store, conversation, id, FileReader::Visitor).await
    }

    /// Returns how long a file may be, in bytes.
    pub fn most_file_bytes(&self) -> usize {
        self.store.file_settings().max_bytes
    }
}
