//! What else the same visitor has brought to the desk.

use crate::conversation::{ConversationState, TicketNumber, TicketStatus};
use crate::ids::ConversationId;
use crate::store::codes::parse;
use crate::store::dialect::Fetching as _;
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// A conversation that an account has had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierConversation {
    /// Which.
    pub conversation: ConversationId,
    /// Who answers.
    pub state: ConversationState,
    /// Its newest ticket.
    pub ticket: Option<(TicketNumber, TicketStatus)>,
    /// What it was about: the ticket's summary, else the visitor's first words.
    pub about: String,
    /// When it was opened.
    pub created: Timestamp,
}

/// Most that are told.
const MAX_TOLD: i64 = 10;

impl Reader {
    /// Lists the conversations of an account of the host, the newest first, without one of them.
    pub async fn conversations_beside(
        &self,
        subject: &str,
        but: &ConversationId,
    ) -> Result<Vec<EarlierConversation>, StoreError> {
        let rows = sqlx::query(
            "SELECT c.id, c.state, c.created, t.number, t.status, t.summary_sealed, \
             (SELECT m.text_sealed FROM messages m WHERE m.conversation = c.id AND m.author = 'visitor' \
             ORDER BY m.sequence LIMIT 1) AS first_sealed FROM conversation_owners o \
             JOIN conversations c ON c.id = o.conversation LEFT JOIN tickets t ON t.conversation = c.id \
             AND t.number = (SELECT MAX(n.number) FROM tickets n WHERE n.conversation = c.id) \
             WHERE o.account = $1 AND c.id <> $2 AND c.erased IS NULL ORDER BY c.created DESC, c.id LIMIT $3",
        )
        .bind(self.keys.account(subject))
        .bind(but.to_string())
        .bind(MAX_TOLD)
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter()
            .map(|row| {
                let number: Option<i64> = row.try_get("number")?;
                let status: Option<String> = row.try_get("status")?;
                let summary = row
                    .open_if_any("summary_sealed")?
                    .filter(|text| !text.is_empty());
                let about = match summary {
                    Some(summary) => summary,
                    None => row.open_if_any("first_sealed")?.unwrap_or_default(),
                };
                Ok(EarlierConversation {
                    conversation: parse("conversation id", row.try_get("id")?)?,
                    state: parse("conversation state", row.try_get("state")?)?,
                    ticket: match (number, status) {
                        (Some(number), Some(status)) => {
                            Some((TicketNumber(number), parse("ticket status", status)?))
                        }
                        _ => None,
                    },
                    about,
                    created: Timestamp::from_millis(row.try_get("created")?),
                })
            })
            .collect()
    }
}
