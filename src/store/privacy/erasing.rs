//! Destroys what a person said: the key that sealed it, and what it sealed. What remains is the skeleton of the record,
//! which tells that something was said and when, so that the chain of events still verifies.

use serde_json::json;
use sqlx::Row as _;

use crate::ids::{AttachmentId, ConversationId};
use crate::store::codes::parse;
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::place;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::time::Timestamp;

/// What was destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// Conversations.
    pub conversations: u64,
    /// Messages in them.
    pub messages: u64,
    /// Files.
    pub files: u64,
    /// Conversations that were left alone, because they are on legal hold.
    pub on_hold: u64,
}

/// What is done to the rows of a conversation, in this order.
const STATEMENTS: &[&str] = &[
    "DELETE FROM search_terms WHERE kind = 'ticket' AND subject IN (SELECT id FROM tickets WHERE conversation = $1)",
    "DELETE FROM search_terms WHERE kind = 'sent_reply' AND subject IN (SELECT id FROM messages WHERE conversation = $1)",
    "UPDATE feedback SET comment_sealed = NULL WHERE message IN (SELECT id FROM messages WHERE conversation = $1)",
    "DELETE FROM answers WHERE conversation = $1",
    "UPDATE satisfaction SET comment_sealed = NULL WHERE conversation = $1",
    "DELETE FROM ticket_tags WHERE ticket IN (SELECT id FROM tickets WHERE conversation = $1)",
    "UPDATE ticket_notes SET text_sealed = '' WHERE ticket IN (SELECT id FROM tickets WHERE conversation = $1)",
    "DELETE FROM contacts WHERE asked_by IN (SELECT m.id FROM mail_outbox m JOIN tickets t ON t.id = m.ticket \
     WHERE t.conversation = $1 AND m.agent IS NULL)",
    "UPDATE mail_outbox SET recipient_sealed = '', last_error = NULL, held_for = NULL, \
     state = CASE state WHEN 'waiting' THEN 'dropped' ELSE state END \
     WHERE ticket IN (SELECT id FROM tickets WHERE conversation = $1)",
    "DELETE FROM external_tickets WHERE ticket IN (SELECT id FROM tickets WHERE conversation = $1)",
    "UPDATE tickets SET note_sealed = NULL, contact_sealed = NULL, summary_sealed = '', fields_sealed = '', \
     subject = NULL, status = 'closed', assignee = NULL, first_response_due = NULL, resolution_due = NULL, \
     resolution_left = NULL WHERE conversation = $1",
    "UPDATE deliveries SET error = NULL, status = CASE status WHEN 'pending' THEN 'dropped' ELSE status END \
     WHERE conversation = $1",
    "DELETE FROM letters WHERE conversation = $1",
    "DELETE FROM push_outbox WHERE ticket IN (SELECT id FROM tickets WHERE conversation = $1)",
    "DELETE FROM proposals WHERE conversation = $1",
    "DELETE FROM idempotency_keys WHERE response = $1 OR scope LIKE '%' || $1 || '%'",
    "UPDATE conversations SET page_sealed = NULL WHERE id = $1",
    "DELETE FROM conversation_owners WHERE conversation = $1",
    "DELETE FROM conversation_reads WHERE conversation = $1",
    "DELETE FROM reply_tokens WHERE conversation = $1",
];

impl Store {
    /// Destroys what was said in a conversation; says who did it and why.
    pub async fn erase_conversation(
        &self,
        id: ConversationId,
        actor: &str,
        why: &str,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        self.erase(vec![id], actor, why, now).await
    }

    /// Destroys what an account of the host has said anywhere; says who did it and why.
    pub async fn erase_account(
        &self,
        subject: &str,
        actor: &str,
        why: &str,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        let ids = self.reader.conversations_of_account(subject).await?;
        self.erase(ids, actor, why, now).await
    }

    pub(super) async fn erase(
        &self,
        ids: Vec<ConversationId>,
        actor: &str,
        why: &str,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        let mut erased = Erased::default();
        for id in ids {
            let line = LogLine {
                actor: actor.to_owned(),
                action: "erase",
                subject: id.to_string(),
                detail: json!({ "why": why }),
                now,
            };
            let done = self
                .writer
                .write(move |connection| Box::pin(erase_one(connection, id, line)))
                .await?;
            match done {
                Done::OnHold => erased.on_hold += 1,
                Done::Before => {}
                Done::Now { messages, files } => {
                    erased.conversations += 1;
                    erased.messages += messages;
                    erased.files += files.len() as u64;
                    self.remove_files(&id, files).await?;
                }
            }
        }
        if erased.conversations > 0 {
            self.reader.keys.forget_known();
            // What was overwritten may still stand in the log.
            if let Err(error) = place::fold_log(&self.path).await {
                tracing::warn!(%error, "the write-ahead log could not be folded; it is by itself before long");
            }
        }
        Ok(erased)
    }

    async fn remove_files(
        &self,
        conversation: &ConversationId,
        files: Vec<AttachmentId>,
    ) -> Result<(), StoreError> {
        for file in files {
            self.files.remove(conversation, &file).await?;
            self.writer
                .write_aside(move |connection| {
                    Box::pin(async move {
                        sqlx::query("DELETE FROM attachments WHERE id = $1 AND message IS NULL")
                            .bind(file.to_string())
                            .execute(connection)
                            .await?;
                        Ok(())
                    })
                })
                .await?;
        }
        Ok(())
    }
}

/// What became of one conversation.
enum Done {
    OnHold,
    Before,
    Now {
        messages: u64,
        files: Vec<AttachmentId>,
    },
}

async fn erase_one(
    connection: &mut Connection,
    id: ConversationId,
    line: LogLine,
) -> Result<Done, StoreError> {
    let name = id.to_string();
    let row = sqlx::query(
        "UPDATE conversations SET updated = updated WHERE id = $1 RETURNING sealing_key, legal_hold, erased",
    )
    .bind(name.clone())
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(StoreError::UnknownConversation(id))?;
    if row.try_get::<i64, _>("legal_hold")? == 1 {
        return Ok(Done::OnHold);
    }
    if row.try_get::<Option<i64>, _>("erased")?.is_some() {
        return Ok(Done::Before);
    }
    let key: Option<String> = row.try_get("sealing_key")?;
    // First, for messages name the answers that go.
    let messages = sqlx::query(
        "UPDATE messages SET text_sealed = '', original_sealed = NULL, reply = NULL, answer = NULL WHERE conversation = $1",
    )
    .bind(name.clone())
    .execute(&mut *connection)
    .await?
    .rows_affected();
    for statement in STATEMENTS {
        sqlx::query(*statement)
            .bind(name.clone())
            .execute(&mut *connection)
            .await?;
    }
    let files = sqlx::query(
        "UPDATE attachments SET state = 'removing', message = NULL, name_sealed = '' WHERE conversation = $1 RETURNING id",
    )
    .bind(name.clone())
    .fetch_all(&mut *connection)
    .await?;
    let files = files
        .iter()
        .map(|row| parse("attachment id", row.try_get("id")?))
        .collect::<Result<Vec<_>, _>>()?;
    sqlx::query(
        "UPDATE conversations SET erased = $2, state = 'closed', agent = NULL, waiting_since = NULL, agent_spoke = NULL, \
         outlet = NULL, external_id = NULL, external_sealed = NULL WHERE id = $1",
    )
    .bind(name)
    .bind(line.now.as_millis())
    .execute(&mut *connection)
    .await?;
    destroy_key(connection, key).await?;
    staff_log::insert(connection, line).await?;
    Ok(Done::Now { messages, files })
}

/// Destroys a key that no conversation needs any more. An account that comes back gets another one.
async fn destroy_key(connection: &mut Connection, key: Option<String>) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE sealing_keys SET wrapped = '', owner = NULL WHERE id = $1 \
         AND NOT EXISTS (SELECT 1 FROM conversations WHERE sealing_key = $1 AND erased IS NULL)",
    )
    .bind(key)
    .execute(&mut *connection)
    .await?;
    connection.forget();
    Ok(())
}
