//! Files: taken when their content is one of a few harmless kinds, carried by messages, given back to those concerned.

use std::fmt;

use sha2::{Digest, Sha256};

use super::fingerprint::fingerprint;
use super::{Desk, DeskError, IdempotencyKey};
use crate::conversation::{
    Attachment, AttachmentId, Author, ConversationId, FileName, Timestamp, recognise,
};
use crate::pipeline::Question;
use crate::staff::Agent;
use crate::store::{KeyedRequest, NewAttachment, StoreError};

/// What a visitor says: words, files, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What was typed.
    pub words: Option<Question>,
    /// Files that were kept before.
    pub files: Vec<AttachmentId>,
}

impl From<Question> for Said {
    fn from(words: Question) -> Self {
        Self {
            words: Some(words),
            files: Vec::new(),
        }
    }
}

/// A file as it arrives.
#[derive(Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// What people call it.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

impl fmt::Debug for NamedFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NamedFile({} bytes)", self.content.len())
    }
}

/// Most files of one message.
pub const MAX_FILES_PER_MESSAGE: usize = 10;

/// Who asks for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileReader {
    /// Whoever knows the conversation.
    Visitor,
    /// A member of staff.
    Staff,
}

impl Desk {
    /// Keeps a file of a visitor, or of an agent where one is named.
    pub async fn attach(
        &self,
        conversation: &ConversationId,
        by: Option<&Agent>,
        name: &str,
        content: Vec<u8>,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<Attachment, DeskError> {
        let limits = self.store.file_settings().limits();
        // Ten megabytes are looked at for some milliseconds.
        let looked = tokio::task::spawn_blocking(move || {
            let digest: String = Sha256::digest(&content)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            (recognise(&content, limits), digest, content)
        });
        let (file, digest, content) = looked.await.map_err(|_| StoreError::Stopped)?;
        let file = file?;
        let name = FileName::new(name, file.kind);
        let agent = by.map(|agent| agent.id);
        let owner = agent.map_or_else(|| "visitor".to_owned(), |agent| agent.to_string());
        let request = key.map(|key| KeyedRequest {
            key,
            scope: format!("attachments:{owner}:{conversation}"),
            fingerprint: fingerprint(&[name.as_str(), &digest]),
        });
        let new = NewAttachment {
            conversation: *conversation,
            agent,
            name,
            file,
            content,
            request,
            now,
        };
        Ok(self.store.keep_attachment(new).await?)
    }

    /// Gives a file of a conversation; a visitor sees those of agents once they are sent.
    pub async fn attachment(
        &self,
        conversation: &ConversationId,
        id: &AttachmentId,
        reader: FileReader,
    ) -> Result<(Attachment, Vec<u8>), DeskError> {
        let attachment = self.store.reader().attachment(conversation, id).await?;
        let is_draft = attachment.author == Author::Agent && attachment.message.is_none();
        if is_draft && reader == FileReader::Visitor {
            return Err(DeskError::UnknownAttachment(*id));
        }
        let content = self.store.attachment_content(&attachment).await?;
        Ok((attachment, content))
    }

    /// Removes files that nobody sent within a day.
    pub async fn sweep_attachments(&self, now: Timestamp) -> Result<usize, DeskError> {
        Ok(self.store.sweep_attachments(now).await?)
    }
}

/// Writes ids for a fingerprint; nothing where there are none.
pub(super) fn joined(files: &[AttachmentId]) -> String {
    let ids: Vec<String> = files.iter().map(ToString::to_string).collect();
    ids.join(",")
}
