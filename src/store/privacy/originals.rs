//! Shows the words as they were before something in them was hidden: to those with the right, who say why, and never
//! without a line in the log.

use serde_json::json;

use crate::ids::{ConversationId, MessageId};
use crate::store::dialect::Fetching as _;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::time::Timestamp;

impl Store {
    /// Returns a message as it was said; `None` where nothing was hidden in it. The line of the log is on disk before
    /// anybody sees a word.
    pub async fn open_original(
        &self,
        conversation: ConversationId,
        message: MessageId,
        actor: &str,
        why: &str,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let line = LogLine {
            actor: actor.to_owned(),
            action: "open_original",
            subject: conversation.to_string(),
            detail: json!({ "message": message.to_string(), "why": why }),
            now,
        };
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let row = sqlx::query(
                        "SELECT original_sealed FROM messages WHERE conversation = $1 AND id = $2",
                    )
                    .bind(conversation.to_string())
                    .bind(message.to_string())
                    .row_if_any(connection)
                    .await?
                    .ok_or(StoreError::UnknownMessage(message))?;
                    let original = row.open_if_any("original_sealed")?;
                    if original.is_some() {
                        staff_log::insert(connection, line).await?;
                    }
                    Ok(original)
                })
            })
            .await
    }
}
