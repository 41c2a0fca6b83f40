//! Tokens by which a messenger lets a message of a visitor be replied to, soon: at one once, at another as often as wished.

use crate::ids::{ConversationId, EndpointId};
use crate::store::dialect::Fetching as _;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::time::Timestamp;

impl Store {
    /// Keeps the newest token of a conversation, in the place of the one before.
    pub async fn keep_reply_token(
        &self,
        conversation: ConversationId,
        outlet: EndpointId,
        token: String,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let sealed = connection.keys().house().seal(&token);
                    sqlx::query(
                        "INSERT INTO reply_tokens (conversation, outlet, token_sealed, until) VALUES ($1, $2, $3, $4) \
                         ON CONFLICT (conversation) DO UPDATE SET outlet = excluded.outlet, \
                         token_sealed = excluded.token_sealed, until = excluded.until",
                    )
                    .bind(conversation.to_string())
                    .bind(outlet.to_string())
                    .bind(sealed)
                    .bind(until.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Takes the token of a conversation away, and returns it while it can be used.
    pub async fn take_reply_token(
        &self,
        conversation: ConversationId,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let row = sqlx::query(
                        "DELETE FROM reply_tokens WHERE conversation = $1 RETURNING token_sealed, until",
                    )
                    .bind(conversation.to_string())
                    .row_if_any(connection)
                    .await?;
                    let Some(row) = row else { return Ok(None) };
                    let until: i64 = row.try_get("until")?;
                    let token = row.open("token_sealed")?;
                    Ok((until > now.as_millis()).then_some(token))
                })
            })
            .await
    }
}

impl Reader {
    /// Reads the token of a conversation, while it can be used.
    pub async fn reply_token(
        &self,
        conversation: &ConversationId,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let row = sqlx::query(
            "SELECT token_sealed FROM reply_tokens WHERE conversation = $1 AND until > $2",
        )
        .bind(conversation.to_string())
        .bind(now.as_millis())
        .row_if_any(&mut self.connection().await?)
        .await?;
        row.map(|row| row.open("token_sealed")).transpose()
    }
}
