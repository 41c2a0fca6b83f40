//! Files: taken when their content is one of a few harmless kinds, carried by messages, given back to those concerned.

use std::fmt;

use sha2::{Digest, Sha256};

use super::error::DeskError;
use super::fingerprint::fingerprint;
use crate::conversation::{
    Attachment, Author, FileName, RecognisedFile, RefusedFile, SaidName, recognise,
};
use crate::ids::{AttachmentId, ConversationId};
use crate::safety::{Lookup, Words, without_metadata};
use crate::staff::Agent;
use crate::store::IdempotencyKey;
use crate::store::{KeyedRequest, NewAttachment, Store, StoreError};
use crate::time::Timestamp;

/// What a visitor says: words, files, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What was typed.
    pub words: Option<Words>,
    /// Files that were kept before.
    pub files: Vec<AttachmentId>,
    /// What the list of official channels says of those that are named, looked up before anything was hidden.
    pub channels: Vec<Lookup>,
}

impl From<Words> for Said {
    fn from(words: Words) -> Self {
        Self {
            words: Some(words),
            files: Vec::new(),
            channels: Vec::new(),
        }
    }
}

/// A file as it arrives.
#[derive(Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// What people call it.
    pub name: SaidName,
    /// What is in it.
    pub content: Vec<u8>,
}

impl fmt::Debug for NamedFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NamedFile({} bytes)", self.content.len())
    }
}

/// Who asks for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileReader {
    /// Whoever knows the conversation.
    Visitor,
    /// A member of staff.
    Staff,
}

/// Keeps a file of a visitor, or of an agent where one is named.
pub(super) async fn attach(
    store: &Store,
    conversation: &ConversationId,
    by: Option<&Agent>,
    name: &SaidName,
    content: Vec<u8>,
    key: Option<IdempotencyKey>,
    now: Timestamp,
) -> Result<Attachment, DeskError> {
    let limits = store.file_settings().limits();
    // Ten megabytes are looked at for some milliseconds.
    let looked = tokio::task::spawn_blocking(move || {
        let file = recognise(&content, limits)?;
        // Where a picture was taken, and with what, is nobody's business here; so the digest is of what is kept.
        let content = match file.kind.is_picture() {
            true => without_metadata(&content).map_err(|_| RefusedFile::Damaged)?,
            false => content,
        };
        let file = RecognisedFile {
            bytes: content.len(),
            ..file
        };
        let digest = hex::encode(Sha256::digest(&content));
        Ok::<_, RefusedFile>((file, digest, content))
    });
    let (file, digest, content) = looked.await.map_err(|_| StoreError::Stopped)??;
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
    Ok(store.keep_attachment(new).await?)
}

/// Returns a file of a conversation; a visitor sees those of agents once they are sent.
pub(super) async fn read_attachment(
    store: &Store,
    conversation: &ConversationId,
    id: &AttachmentId,
    reader: FileReader,
) -> Result<(Attachment, Vec<u8>), DeskError> {
    let attachment = store.reader().attachment(conversation, id).await?;
    let is_draft = attachment.author == Author::Agent && attachment.message.is_none();
    if is_draft && reader == FileReader::Visitor {
        return Err(DeskError::UnknownAttachment(*id));
    }
    let content = store.attachment_content(&attachment).await?;
    Ok((attachment, content))
}

/// Writes ids for a fingerprint; nothing where there are none.
pub(super) fn joined(files: &[AttachmentId]) -> String {
    let ids: Vec<String> = files.iter().map(ToString::to_string).collect();
    ids.join(",")
}
