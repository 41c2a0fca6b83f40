//! Rows of attachments. A row comes before its content and is ready only after it, so that a crash in between leaves
//! something that the sweep finds.

use std::collections::BTreeSet;
use std::sync::Arc;

use sqlx::Row as _;
use tokio::task::spawn_blocking;

use crate::conversation::{Attachment, Author, FileName, Message, RecognisedFile};
use crate::ids::{AgentId, AttachmentId, ConversationId, MessageId};
use crate::sealing::{DataKey, key_of_content};
use crate::store::codes::parse;
use crate::store::conversations::rows as conversations;
use crate::store::dialect::{Connection, Fetching as _, Row, keys_of};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::idempotency::{KeyedRequest, find_response, remember_response};
use crate::store::reader::Reader;
use crate::store::seal;
use crate::time::Timestamp;

/// Ciphers beside the async threads: megabytes take milliseconds, for which no request of others waits.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let done = spawn_blocking(work).await;
    done.expect("ciphering does not panic, and nobody ends it")
}

/// A file to be kept.
#[derive(Debug)]
pub struct NewAttachment {
    /// Where it is attached.
    pub conversation: ConversationId,
    /// The agent who attaches it; the visitor where there is none.
    pub agent: Option<AgentId>,
    /// What people call it.
    pub name: FileName,
    /// What it is.
    pub file: RecognisedFile,
    /// Its content.
    pub content: Vec<u8>,
    /// The caller's key.
    pub request: Option<KeyedRequest>,
    /// The present moment.
    pub now: Timestamp,
}

/// How long a file may wait for its message.
const UNUSED_MS: i64 = 24 * 60 * 60 * 1_000;

/// Most files one sweep removes.
const MAX_SWEPT: i64 = 64;

const COLUMNS: &str =
    "id, conversation, author, message, kind, name_sealed, bytes, width, height, created";

impl Store {
    /// Keeps a file, to be carried by a message later; content and row are on disk when this returns.
    pub async fn keep_attachment(&self, new: NewAttachment) -> Result<Attachment, StoreError> {
        let NewAttachment {
            conversation,
            agent,
            name,
            file,
            content,
            request,
            now,
        } = new;
        let attachment = Attachment {
            id: AttachmentId::generate(now),
            conversation,
            author: agent.map_or(Author::Visitor, |_| Author::Agent),
            message: None,
            name,
            file,
            created: now,
        };
        let most = self.file_settings.max_per_conversation;
        let (arriving, asked) = (attachment.clone(), request.clone());
        let arrived = self
            .writer
            .write(move |connection| {
                Box::pin(arrive(connection, arriving, agent, asked, i64::from(most)))
            })
            .await?;
        let key = match arrived {
            Arrived::New(key) => key,
            Arrived::Before(earlier) => return Ok(earlier),
        };
        let (conversation, id) = (attachment.conversation, attachment.id);
        let sealed = beside(move || key.seal_content(&content)).await;
        if let Err(error) = self.files.put(&conversation, &id, sealed).await {
            // Failing again is no news; the sweep takes what is left.
            let _ = self.forget_attachment(id).await;
            return Err(error);
        }
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    if let Some(request) = &request
                        && let Some(id) = find_response(connection, request).await?
                    {
                        return load(connection, &conversation, &parse("attachment id", id)?).await;
                    }
                    sqlx::query("UPDATE attachments SET state = 'ready' WHERE id = $1")
                        .bind(id.to_string())
                        .execute(&mut *connection)
                        .await?;
                    remember_response(connection, request.as_ref(), &id.to_string(), now).await?;
                    Ok(attachment)
                })
            })
            .await
    }

    /// Reads the content of a file.
    pub async fn attachment_content(&self, attachment: &Attachment) -> Result<Vec<u8>, StoreError> {
        let content = self.files.get(attachment).await?;
        let Some(id) = key_of_content(&content) else {
            // Kept before anything was sealed.
            return Ok(content);
        };
        let mut connection = self.reader.connection().await?;
        let keys = keys_of(&mut connection, &BTreeSet::from([id])).await?;
        drop(connection);
        let Some(Some(key)) = keys.get(&id).cloned() else {
            return Err(StoreError::UnknownAttachment(attachment.id));
        };
        beside(move || key.open_content(content))
            .await
            .map_err(|error| StoreError::unreadable("file", error))
    }

    /// Removes files that no message carried within a day, a bounded number at a time.
    pub async fn sweep_attachments(&self, now: Timestamp) -> Result<usize, StoreError> {
        let until = now.earlier_by(UNUSED_MS).as_millis();
        let row =
            sqlx::query("SELECT 1 FROM attachments WHERE message IS NULL AND created < $1 LIMIT 1")
                .bind(until)
                .fetch_optional(&self.reader.pool)
                .await?;
        if row.is_none() {
            return Ok(0);
        }
        // Marked first: from then on no message can carry it, and a crash before the end is made good by the next sweep.
        let unused = self
            .writer
            .write(move |connection| {
                Box::pin(async move {
                    let rows = sqlx::query(
                        "UPDATE attachments SET state = 'removing' WHERE id IN (SELECT id FROM attachments \
                         WHERE message IS NULL AND created < $1 ORDER BY created LIMIT $2) RETURNING id, conversation",
                    )
                    .bind(until)
                    .bind(MAX_SWEPT)
                    .fetch_all(connection)
                    .await?;
                    rows.iter()
                        .map(|row| {
                            let id: AttachmentId = parse("attachment id", row.try_get("id")?)?;
                            let conversation =
                                parse("conversation id", row.try_get("conversation")?)?;
                            Ok((conversation, id))
                        })
                        .collect::<Result<Vec<(ConversationId, AttachmentId)>, StoreError>>()
                })
            })
            .await?;
        for (conversation, id) in &unused {
            self.files.remove(conversation, id).await?;
            self.forget_attachment(*id).await?;
        }
        Ok(unused.len())
    }

    /// Seals files that were kept before anything was, a bounded number at a time.
    pub(in crate::store) async fn seal_old_files(&self) -> Result<usize, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM attachments WHERE sealed = 0 AND state = 'ready' ORDER BY id LIMIT $1"
        )))
        .bind(MAX_SWEPT)
        .rows(&mut self.reader.connection().await?)
        .await?;
        for row in &rows {
            let attachment = from_row(row)?;
            let (conversation, id) = (attachment.conversation, attachment.id);
            let key = self
                .writer
                .write_aside(move |connection| {
                    Box::pin(async move { seal::of_conversation(connection, &conversation).await })
                })
                .await?;
            let content = self.files.get(&attachment).await?;
            if key_of_content(&content).is_none() {
                let sealed = key.seal_content(&content);
                self.files.put(&conversation, &id, sealed).await?;
            }
            self.writer
                .write_aside(move |connection| {
                    Box::pin(async move {
                        sqlx::query("UPDATE attachments SET sealed = 1 WHERE id = $1")
                            .bind(id.to_string())
                            .execute(connection)
                            .await?;
                        Ok(())
                    })
                })
                .await?;
        }
        Ok(rows.len())
    }

    async fn forget_attachment(&self, id: AttachmentId) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM attachments WHERE id = $1 AND message IS NULL")
                        .bind(id.to_string())
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}

impl Reader {
    /// Reads what is known about a file of a conversation.
    pub async fn attachment(
        &self,
        conversation: &ConversationId,
        id: &AttachmentId,
    ) -> Result<Attachment, StoreError> {
        let mut connection = self.connection().await?;
        load(&mut connection, conversation, id).await
    }

    /// Reads which files of a visitor wait for their message, the oldest first.
    pub async fn waiting_files(
        &self,
        conversation: &ConversationId,
        most: usize,
    ) -> Result<Vec<AttachmentId>, StoreError> {
        let rows = sqlx::query(
            "SELECT id FROM attachments WHERE conversation = $1 AND message IS NULL AND state = 'ready' \
             AND author = 'visitor' ORDER BY id LIMIT $2",
        )
        .bind(conversation.to_string())
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| parse("attachment id", row.try_get("id")?))
            .collect()
    }
}

/// What becomes of a file that arrives.
enum Arrived {
    /// Its row is made; its content is to be sealed with this key.
    New(Arc<DataKey>),
    /// A repeated request has kept it before.
    Before(Attachment),
}

/// Makes the row.
async fn arrive(
    connection: &mut Connection,
    attachment: Attachment,
    agent: Option<AgentId>,
    request: Option<KeyedRequest>,
    most: i64,
) -> Result<Arrived, StoreError> {
    let conversation = &attachment.conversation;
    if let Some(request) = &request
        && let Some(id) = find_response(connection, request).await?
    {
        let earlier = load(connection, conversation, &parse("attachment id", id)?).await?;
        return Ok(Arrived::Before(earlier));
    }
    // Locked, so that of two files that arrive at once the second is counted after the first.
    conversations::lock(connection, conversation).await?;
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT) AS count FROM attachments WHERE conversation = $1",
    )
    .bind(conversation.to_string())
    .fetch_one(&mut *connection)
    .await?;
    let count: i64 = row.try_get("count")?;
    if count >= most {
        return Err(StoreError::TooManyAttachments(most));
    }
    let RecognisedFile {
        kind,
        bytes,
        pixels,
    } = attachment.file;
    let key = seal::of_conversation(connection, conversation).await?;
    sqlx::query(
        "INSERT INTO attachments (id, conversation, author, agent, state, kind, name_sealed, bytes, width, height, \
         created, sealed) VALUES ($1, $2, $3, $4, 'arriving', $5, $6, $7, $8, $9, $10, 1)",
    )
    .bind(attachment.id.to_string())
    .bind(conversation.to_string())
    .bind(attachment.author.code())
    .bind(agent.map(|agent| agent.to_string()))
    .bind(kind.code())
    .bind(key.seal(attachment.name.as_str()))
    .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
    .bind(pixels.map(|(width, _)| i64::from(width)))
    .bind(pixels.map(|(_, height)| i64::from(height)))
    .bind(attachment.created.as_millis())
    .execute(connection)
    .await?;
    Ok(Arrived::New(key))
}

async fn load(
    connection: &mut Connection,
    conversation: &ConversationId,
    id: &AttachmentId,
) -> Result<Attachment, StoreError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM attachments WHERE id = $1 AND conversation = $2 AND state = 'ready'"
    )))
    .bind(id.to_string())
    .bind(conversation.to_string())
    .row_if_any(connection)
    .await?;
    row.map_or(Err(StoreError::UnknownAttachment(*id)), |row| {
        from_row(&row)
    })
}

/// Lets a message carry files of its own author that no other message carries.
pub(in crate::store) async fn carry(
    connection: &mut Connection,
    conversation: &ConversationId,
    message: &MessageId,
    agent: Option<AgentId>,
    ids: &[AttachmentId],
) -> Result<Vec<Attachment>, StoreError> {
    let mut carried = Vec::new();
    for id in ids {
        let mut attachment = load(connection, conversation, id).await?;
        let done = sqlx::query(
            "UPDATE attachments SET message = $2 WHERE id = $1 AND message IS NULL AND state = 'ready' \
             AND COALESCE(agent, '') = $3",
        )
        .bind(id.to_string())
        .bind(message.to_string())
        .bind(agent.map(|agent| agent.to_string()).unwrap_or_default())
        .execute(&mut *connection)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::UnknownAttachment(*id));
        }
        attachment.message = Some(*message);
        carried.push(attachment);
    }
    Ok(carried)
}

/// Gives messages their files; most conversations have none, and cost nothing.
pub(in crate::store) async fn give_to(
    connection: &mut Connection,
    conversation: &ConversationId,
    messages: &mut [(Message, i64)],
) -> Result<(), StoreError> {
    if messages.iter().all(|(_, count)| *count == 0) {
        return Ok(());
    }
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM attachments WHERE conversation = $1 AND message IS NOT NULL ORDER BY id"
    )))
    .bind(conversation.to_string())
    .rows(connection)
    .await?;
    for row in &rows {
        let attachment = from_row(row)?;
        let carrier = messages
            .iter_mut()
            .find(|(message, _)| Some(message.id) == attachment.message);
        if let Some((message, _)) = carrier {
            message.attachments.push(attachment);
        }
    }
    Ok(())
}

fn from_row(row: &Row) -> Result<Attachment, StoreError> {
    let message: Option<String> = row.try_get("message")?;
    let bytes: i64 = row.try_get("bytes")?;
    let side = |column: &str| -> Result<Option<u32>, StoreError> {
        let side: Option<i64> = row.try_get(column)?;
        Ok(side.and_then(|side| u32::try_from(side).ok()))
    };
    Ok(Attachment {
        id: parse("attachment id", row.try_get("id")?)?,
        conversation: parse("conversation id", row.try_get("conversation")?)?,
        author: parse("author", row.try_get("author")?)?,
        message: message.map(|id| parse("message id", id)).transpose()?,
        name: FileName::stored(row.open("name_sealed")?),
        file: RecognisedFile {
            kind: parse("kind of file", row.try_get("kind")?)?,
            bytes: usize::try_from(bytes).unwrap_or_default(),
            pixels: side("width")?.zip(side("height")?),
        },
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}
