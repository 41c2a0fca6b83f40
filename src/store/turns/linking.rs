//! Events are written with what they commit to and with their links, several rows in one statement.

use crate::ids::ConversationId;
use crate::record::Hash;
use crate::store::chain::{Happened, linked};
use crate::store::conversations::messages::NewMessage;
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::places::places;
use crate::store::seal;
use crate::time::Timestamp;

/// An event that is yet to be written.
pub(in crate::store) struct NewEvent {
    pub(in crate::store) sequence: i64,
    pub(in crate::store) kind: &'static str,
    pub(in crate::store) subject: String,
    /// What it commits to; that of a message is the message.
    pub(in crate::store) content: Vec<String>,
}

/// Writes events after the link of the one before, and returns the link of the last.
pub(in crate::store) async fn insert(
    connection: &mut Connection,
    conversation: &ConversationId,
    events: &[NewEvent],
    messages: &[NewMessage],
    (mut head, now): (Hash, Timestamp),
) -> Result<Hash, StoreError> {
    if events.is_empty() {
        return Ok(head);
    }
    let key = seal::of_conversation(connection, conversation).await?;
    let rows = places(events.len(), 5, 2, "($1, _, _, _, $2, _, _)");
    let stream = conversation.to_string();
    let mut query = sqlx::query(sqlx::AssertSqlSafe(format!(
        "INSERT INTO events (conversation, sequence, kind, subject, created, commitment, link) VALUES {rows}"
    )))
    .bind(&stream)
    .bind(now.as_millis());
    for event in events {
        let said = messages
            .iter()
            .find(|new| new.message.sequence == event.sequence)
            .map(NewMessage::content);
        let happened = Happened {
            stream: &stream,
            sequence: event.sequence,
            kind: event.kind,
            subject: &event.subject,
            created: now.as_millis(),
        };
        let content = said.as_ref().unwrap_or(&event.content);
        let (commitment, link) = linked(&key, happened, content, head);
        head = link;
        query = query
            .bind(event.sequence)
            .bind(event.kind)
            .bind(&event.subject)
            .bind(commitment.to_string())
            .bind(link.to_string());
    }
    query.execute(&mut *connection).await?;
    Ok(head)
}
