//! What a change of a conversation begins with, read in one statement once the conversation is locked.

use crate::conversation::{Conversation, Ticket};
use crate::store::dialect::{Connection, Fetching as _};
use crate::store::error::StoreError;
use crate::store::idempotency::KeyedRequest;
use crate::store::tickets::rows as tickets;

/// What a change finds in a conversation that is locked.
pub(in crate::store) struct Before {
    /// The open ticket.
    pub(in crate::store) ticket: Option<Ticket>,
    /// The newest note of the episode, where there is an open ticket.
    pub(in crate::store) noted: Option<String>,
    /// What the request has led to before.
    pub(in crate::store) response: Option<String>,
}

impl Before {
    /// Reads it. A statement of its own, since one that waits for the lock may see everything else as it was before it
    /// waited.
    pub(in crate::store) async fn read(
        connection: &mut Connection,
        conversation: &Conversation,
        request: Option<&KeyedRequest>,
    ) -> Result<Self, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT k.fingerprint, k.response, {}, \
             (SELECT text_sealed FROM messages WHERE conversation = t.conversation AND episode = t.episode \
             AND author = 'system' ORDER BY sequence DESC LIMIT 1) AS noted_sealed \
             FROM (SELECT 1 AS one) o \
             LEFT JOIN (SELECT fingerprint, response FROM idempotency_keys WHERE scope = $1 AND key = $2) k ON 1 = 1 \
             LEFT JOIN tickets t ON t.conversation = $3 AND t.episode = $4 \
             AND t.status IN ('open', 'pending', 'awaiting_identity')",
            tickets::COLUMNS
        )))
        .bind(request.map(|request| request.scope.as_str()))
        .bind(request.map(|request| request.key.as_str()))
        .bind(conversation.id.to_string())
        .bind(conversation.standing.episode)
        .row(connection)
        .await?;
        let id: Option<String> = row.try_get("id")?;
        Ok(Self {
            ticket: id.map(|_| tickets::from_row(&row)).transpose()?,
            noted: row.open_if_any("noted_sealed")?,
            response: match request {
                Some(request) => request.response_in(&row)?,
                None => None,
            },
        })
    }
}
