//! Mail to a visitor that came back: agents read it among the mails of the ticket.

use sqlx::Row as _;
use uuid::Uuid;

use crate::ids::{ConversationId, TicketId};
use crate::store::codes::parse;
use crate::store::delivery::mail_outbox::{MailKind, MailState};
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::seal;
use crate::store::tickets::rows as tickets;
use crate::time::Timestamp;

impl Store {
    /// Notes on the newest ticket of a conversation that a mail to its visitor did not arrive; `false` where there is none.
    pub async fn note_bounce(
        &self,
        conversation: ConversationId,
        why: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| Box::pin(note(connection, conversation, why, now)))
            .await
    }
}

async fn note(
    connection: &mut Connection,
    conversation: ConversationId,
    why: String,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "SELECT id FROM tickets WHERE conversation = $1 ORDER BY created DESC, id DESC LIMIT 1",
    )
    .bind(conversation.to_string())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let ticket: TicketId = parse("ticket id", row.try_get("id")?)?;
    let ticket = tickets::load(connection, &ticket).await?;
    let key = seal::of_conversation(connection, &conversation).await?;
    let house = std::sync::Arc::clone(connection.keys().house());
    sqlx::query(
        "INSERT INTO mail_outbox (id, kind, ticket, recipient_sealed, state, attempts, next_attempt, last_error, created, \
         settled) VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $6, $6)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(MailKind::Replied.code())
    .bind(ticket.id.to_string())
    .bind(key.seal(ticket.contact.as_deref().unwrap_or_default()))
    .bind(MailState::Failed.code())
    .bind(now.as_millis())
    .bind(house.seal(&why))
    .execute(connection)
    .await?;
    Ok(true)
}
