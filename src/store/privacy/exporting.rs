//! Hands out everything that is kept of a person, as one JSON document.

use serde_json::{Value, json};
use sqlx::Row as _;

use crate::conversation::{Message, Ticket};
use crate::ids::ConversationId;
use crate::store::codes::parse;
use crate::store::conversations::{Owner, RecordedOutcome};
use crate::store::dialect::Fetching as _;
use crate::store::error::StoreError;
use crate::store::reader::Reader;

impl Reader {
    /// Names the conversations of an account of the host, the oldest first.
    pub async fn conversations_of_account(
        &self,
        subject: &str,
    ) -> Result<Vec<ConversationId>, StoreError> {
        let rows = sqlx::query(
            "SELECT conversation FROM conversation_owners WHERE account = $1 ORDER BY conversation",
        )
        .bind(self.keys.account(subject))
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| parse("conversation id", row.try_get("conversation")?))
            .collect()
    }

    /// Returns everything that is kept of an account of the host.
    pub async fn export_account(&self, subject: &str) -> Result<Value, StoreError> {
        let mut conversations = Vec::new();
        for id in self.conversations_of_account(subject).await? {
            conversations.push(self.export_conversation(&id).await?);
        }
        Ok(json!({ "visitor": subject, "conversations": conversations }))
    }

    /// Returns everything that is kept of a conversation. Times are milliseconds since 1970 UTC.
    pub async fn export_conversation(&self, id: &ConversationId) -> Result<Value, StoreError> {
        let conversation = self.conversation(id).await?;
        let messages = self.messages(id).await?;
        let messages: Vec<Value> = messages.iter().map(message).collect();
        let tickets: Vec<Value> = self.tickets(id).await?.iter().map(ticket).collect();
        let satisfaction: Vec<Value> = self
            .satisfaction(id)
            .await?
            .iter()
            .map(|given| json!({ "episode": given.episode, "score": given.score.number(), "comment": given.comment }))
            .collect();
        let reads = self.reads(id).await?;
        Ok(json!({
            "conversation": id.to_string(),
            "created": conversation.created.as_millis(),
            "language": conversation.language.map(crate::language::Language::code),
            "channel": conversation.channel.code(),
            "channel_name": conversation.address.map(|address| address.external_id),
            "page": conversation.page,
            "account": account(&self.owner(id).await?),
            "messages": messages,
            "questions": self.questions_of(id).await?,
            "feedback": self.feedback_of(id).await?,
            "tickets": tickets,
            "notes": self.notes_of(id).await?,
            "mails": self.mails_of(id).await?,
            "satisfaction": satisfaction,
            "read_up_to": { "visitor": reads.visitor, "staff": reads.staff },
        }))
    }

    async fn questions_of(&self, id: &ConversationId) -> Result<Vec<Value>, StoreError> {
        let rows = sqlx::query(
            "SELECT question_sealed, outcome, created FROM answers WHERE conversation = $1 ORDER BY id",
        )
        .bind(id.to_string())
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter()
            .map(|row| {
                let outcome = RecordedOutcome::of_row(row)?.json()?;
                let (question, created) = (row.open("question_sealed")?, row.try_get::<i64, _>("created")?);
                Ok(json!({ "question": question, "how_it_was_answered": outcome, "created": created }))
            })
            .collect()
    }

    async fn feedback_of(&self, id: &ConversationId) -> Result<Vec<Value>, StoreError> {
        let rows = sqlx::query(
            "SELECT f.message, f.rating, f.reason, f.comment_sealed, f.created FROM feedback f \
             JOIN messages m ON m.id = f.message WHERE m.conversation = $1 ORDER BY f.created",
        )
        .bind(id.to_string())
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter()
            .map(|row| {
                let (message, rating): (String, String) =
                    (row.try_get("message")?, row.try_get("rating")?);
                let reason: Option<String> = row.try_get("reason")?;
                let comment = row.open_if_any("comment_sealed")?;
                let created: i64 = row.try_get("created")?;
                Ok(json!({
                    "message": message, "rating": rating, "reason": reason, "comment": comment, "created": created,
                }))
            })
            .collect()
    }

    async fn notes_of(&self, id: &ConversationId) -> Result<Vec<Value>, StoreError> {
        let rows = sqlx::query(
            "SELECT n.agent_name, n.text_sealed, n.created FROM ticket_notes n JOIN tickets t ON t.id = n.ticket \
             WHERE t.conversation = $1 ORDER BY n.created, n.id",
        )
        .bind(id.to_string())
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter()
            .map(|row| {
                let by: String = row.try_get("agent_name")?;
                let (text, created) = (row.open("text_sealed")?, row.try_get::<i64, _>("created")?);
                Ok(json!({ "by": by, "text": text, "created": created }))
            })
            .collect()
    }

    async fn mails_of(&self, id: &ConversationId) -> Result<Vec<Value>, StoreError> {
        let rows = sqlx::query(
            "SELECT o.kind, o.recipient_sealed, o.state, o.created FROM mail_outbox o JOIN tickets t ON t.id = o.ticket \
             WHERE t.conversation = $1 AND o.agent IS NULL ORDER BY o.created, o.id",
        )
        .bind(id.to_string())
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter()
            .map(|row| {
                let (kind, state): (String, String) = (row.try_get("kind")?, row.try_get("state")?);
                let (to, created) = (
                    row.open("recipient_sealed")?,
                    row.try_get::<i64, _>("created")?,
                );
                Ok(json!({ "kind": kind, "to": to, "state": state, "created": created }))
            })
            .collect()
    }
}

fn account(owner: &Owner) -> Value {
    match owner {
        Owner::Account(account) => json!({
            "subject": account.subject, "name": account.name, "email": account.email,
        }),
        Owner::Staff | Owner::Secret(_) | Owner::Channel(..) => Value::Null,
    }
}

fn message(message: &Message) -> Value {
    let files: Vec<Value> = message
        .attachments
        .iter()
        .map(|file| json!({ "id": file.id.to_string(), "name": file.name.as_str(), "bytes": file.file.bytes }))
        .collect();
    json!({
        "id": message.id.to_string(),
        "author": message.author.code(),
        "agent": message.speaker.as_ref().map(|speaker| &speaker.name),
        "text": message.text,
        "files": files,
        "created": message.created.as_millis(),
    })
}

fn ticket(ticket: &Ticket) -> Value {
    json!({
        "number": ticket.number.to_string(),
        "status": ticket.status.code(),
        "summary": ticket.summary,
        "note": ticket.note,
        "contact": ticket.contact,
        "fields": ticket.fields,
        "created": ticket.created.as_millis(),
    })
}
