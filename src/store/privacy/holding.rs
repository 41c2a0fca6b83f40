//! Conversations that are kept whatever their age and whoever asks, such as for a court.

use serde_json::{Value, json};
use sqlx::Row as _;

use crate::conversation::TicketNumber;
use crate::ids::ConversationId;
use crate::store::codes::parse;
use crate::store::dialect::PlainRow;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::time::Timestamp;

/// A conversation on legal hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldConversation {
    /// Which.
    pub conversation: ConversationId,
    /// Its newest ticket, where it has one.
    pub ticket: Option<TicketNumber>,
    /// Who holds it: an agent, or `operator` for the command line.
    pub by: String,
    /// Why.
    pub why: String,
    /// Since when.
    pub since: Timestamp,
}

impl Store {
    /// Keeps a conversation whatever its age and whoever asks, or lets it go again.
    pub async fn hold_conversation(
        &self,
        id: ConversationId,
        on_hold: bool,
        actor: &str,
        why: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let line = LogLine {
            actor: actor.to_owned(),
            action: if on_hold { "hold" } else { "release" },
            subject: id.to_string(),
            detail: json!({ "why": why }),
            now,
        };
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let done =
                        sqlx::query("UPDATE conversations SET legal_hold = $2 WHERE id = $1")
                            .bind(id.to_string())
                            .bind(i64::from(on_hold))
                            .execute(&mut *connection)
                            .await?;
                    if done.rows_affected() == 0 {
                        return Err(StoreError::UnknownConversation(id));
                    }
                    staff_log::insert(connection, line).await
                })
            })
            .await
    }
}

impl Reader {
    /// Reads which conversations are on legal hold, those held last first.
    pub async fn held_conversations(&self) -> Result<Vec<HeldConversation>, StoreError> {
        let rows = sqlx::query(
            "SELECT c.id, l.actor, l.detail, l.created, \
             (SELECT MAX(t.number) FROM tickets t WHERE t.conversation = c.id) AS ticket \
             FROM (SELECT subject, MAX(sequence) AS newest FROM staff_log WHERE action = 'hold' GROUP BY subject) h \
             JOIN conversations c ON c.id = h.subject JOIN staff_log l ON l.sequence = h.newest \
             WHERE c.legal_hold = 1 ORDER BY h.newest DESC",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(from_row).collect()
    }
}

fn from_row(row: &PlainRow) -> Result<HeldConversation, StoreError> {
    let detail: String = row.try_get("detail")?;
    let detail: Value = serde_json::from_str(&detail)
        .map_err(|error| StoreError::unreadable("line of the log", error))?;
    let ticket: Option<i64> = row.try_get("ticket")?;
    Ok(HeldConversation {
        conversation: parse("conversation id", row.try_get("id")?)?,
        ticket: ticket.map(TicketNumber),
        by: row.try_get("actor")?,
        why: detail["why"].as_str().unwrap_or_default().to_owned(),
        since: Timestamp::from_millis(row.try_get("created")?),
    })
}
