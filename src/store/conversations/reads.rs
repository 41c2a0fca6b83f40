//! Rows of what was read: how far each side of a conversation has come.

use sqlx::Row as _;

use crate::ids::ConversationId;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;

/// How far a conversation was read, by numbers of its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reads {
    /// The newest that the visitor has seen.
    pub visitor: i64,
    /// The newest that a member of staff has seen.
    pub staff: i64,
}

/// Who has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadingSide {
    /// The visitor.
    Visitor,
    /// Somebody of the staff.
    Staff,
}

impl ReadingSide {
    /// Nobody reads what is not there yet, nor less than before.
    fn statement(self) -> &'static str {
        match self {
            Self::Visitor => {
                "INSERT INTO conversation_reads (conversation, visitor) SELECT id, $2 FROM conversations \
                 WHERE id = $1 AND last_sequence >= $2 ON CONFLICT (conversation) DO UPDATE \
                 SET visitor = excluded.visitor WHERE conversation_reads.visitor < excluded.visitor"
            }
            Self::Staff => {
                "INSERT INTO conversation_reads (conversation, staff) SELECT id, $2 FROM conversations \
                 WHERE id = $1 AND last_sequence >= $2 ON CONFLICT (conversation) DO UPDATE \
                 SET staff = excluded.staff WHERE conversation_reads.staff < excluded.staff"
            }
        }
    }
}

impl Store {
    /// Keeps how far a side has read; `false` when that was known.
    pub async fn keep_read(
        &self,
        id: ConversationId,
        side: ReadingSide,
        up_to: i64,
    ) -> Result<bool, StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let kept = sqlx::query(side.statement())
                        .bind(id.to_string())
                        .bind(up_to)
                        .execute(connection)
                        .await?;
                    Ok(kept.rows_affected() > 0)
                })
            })
            .await
    }
}

impl Reader {
    /// Reads how far a conversation was read.
    pub async fn reads(&self, id: &ConversationId) -> Result<Reads, StoreError> {
        let row =
            sqlx::query("SELECT visitor, staff FROM conversation_reads WHERE conversation = $1")
                .bind(id.to_string())
                .fetch_optional(&self.pool)
                .await?;
        let Some(row) = row else {
            return Ok(Reads::default());
        };
        Ok(Reads {
            visitor: row.try_get("visitor")?,
            staff: row.try_get("staff")?,
        })
    }
}
