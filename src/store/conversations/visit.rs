//! A conversation as a visitor comes to it: how it stands, what was said last, and what the same request led to before.

use crate::conversation::{Conversation, Message};
use crate::ids::ConversationId;
use crate::store::conversations::messages;
use crate::store::conversations::rows;
use crate::store::dialect::{Connection, Fetching as _};
use crate::store::error::StoreError;
use crate::store::idempotency::KeyedRequest;

/// What is read at once.
pub(in crate::store) struct Found {
    pub(in crate::store) conversation: Conversation,
    pub(in crate::store) recent: Vec<Message>,
    pub(in crate::store) response: Option<String>,
}

/// Reads all of it in one statement; of what was said the last messages in order, without their files.
pub(in crate::store) async fn load(
    connection: &mut Connection,
    id: &ConversationId,
    request: Option<&KeyedRequest>,
    last: i64,
) -> Result<Found, StoreError> {
    // Named apart from the columns of the conversation.
    let said: Vec<String> = messages::COLUMNS
        .split(", ")
        .map(|column| format!("m.{column} AS said_{column}"))
        .collect();
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {}, {}, k.fingerprint, k.response {} \
         LEFT JOIN idempotency_keys k ON k.scope = $2 AND k.key = $3 \
         LEFT JOIN (SELECT {} FROM messages WHERE conversation = $1 ORDER BY sequence DESC LIMIT $4) m ON 1 = 1 \
         WHERE c.id = $1 ORDER BY m.sequence",
        said.join(", "),
        rows::COLUMNS,
        rows::JOINED,
        messages::COLUMNS
    )))
    .bind(id.to_string())
    .bind(request.map(|request| request.scope.as_str()))
    .bind(request.map(|request| request.key.as_str()))
    .bind(last)
    .rows(connection)
    .await?;
    let first = rows.first().ok_or(StoreError::UnknownConversation(*id))?;
    let mut recent = Vec::new();
    for row in &rows {
        // Where nothing was said there is one row all the same.
        let said: Option<String> = row.try_get(0)?;
        if said.is_some() {
            recent.push(messages::from_row(row)?);
        }
    }
    Ok(Found {
        conversation: rows::from_row(first)?,
        recent,
        response: match request {
            Some(request) => request.response_in(first)?,
            None => None,
        },
    })
}
