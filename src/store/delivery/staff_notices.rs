//! What people at the desk are told before it is too late: new tickets that nobody has looked at, promised times that are
//! near, notes that name them. Of each ticket and matter once.

use crate::conversation::Ticket;
use crate::ids::{AgentId, ConversationId, TicketId};
use crate::store::delivery::mail_outbox::{MailKind, tell_agents, watchers_of};
use crate::store::dialect::Fetching as _;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::tickets::rows as tickets;
use crate::time::Timestamp;

/// A ticket of which somebody is to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Untold {
    /// What.
    pub kind: MailKind,
    /// Of which.
    pub ticket: Ticket,
    /// The team it is for.
    pub team: Option<String>,
    /// Who follows it.
    pub watchers: Vec<AgentId>,
}

/// Most tickets one run tells of.
const MAX_TOLD: i64 = 50;

impl Reader {
    /// Finds tickets that were opened before a moment and that nobody has looked at, and those whose promised time is
    /// near, of which nobody was told.
    pub async fn untold(
        &self,
        opened_before: Timestamp,
        now: Timestamp,
        near_until: Timestamp,
    ) -> Result<Vec<Untold>, StoreError> {
        let unseen = "seen IS NULL AND assignee IS NULL AND unseen_told IS NULL AND status = 'open' \
                      AND created <= $1 AND created > $2 - 86400000 AND $3 = $3";
        let near = "near_told IS NULL AND status IN ('open', 'pending', 'awaiting_identity') AND $1 = $1 \
                    AND ((first_response_due > $2 AND first_response_due <= $3) \
                    OR (resolution_due > $2 AND resolution_due <= $3))";
        let mut connection = self.connection().await?;
        let mut untold = Vec::new();
        for (kind, chosen) in [(MailKind::Unseen, unseen), (MailKind::Near, near)] {
            let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
                "SELECT {}, team FROM tickets WHERE {chosen} ORDER BY number LIMIT $4",
                tickets::COLUMNS
            )))
            .bind(opened_before.as_millis())
            .bind(now.as_millis())
            .bind(near_until.as_millis())
            .bind(MAX_TOLD)
            .rows(&mut connection)
            .await?;
            for row in &rows {
                let ticket = tickets::from_row(row)?;
                untold.push(Untold {
                    kind,
                    team: row.try_get("team")?,
                    watchers: watchers_of(&mut connection, &ticket.id).await?,
                    ticket,
                });
            }
        }
        Ok(untold)
    }
}

impl Store {
    /// Tells people of a ticket, unless another process has.
    pub async fn tell_of_ticket(
        &self,
        kind: MailKind,
        ticket: TicketId,
        whom: Vec<AgentId>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let column = match kind {
            MailKind::Near => "near_told",
            _ => "unseen_told",
        };
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let first = sqlx::query(sqlx::AssertSqlSafe(format!(
                        "UPDATE tickets SET {column} = $2 WHERE id = $1 AND {column} IS NULL"
                    )))
                    .bind(ticket.to_string())
                    .bind(now.as_millis())
                    .execute(&mut *connection)
                    .await?;
                    if first.rows_affected() == 0 {
                        return Ok(false);
                    }
                    let ticket = tickets::load(connection, &ticket).await?;
                    tell_agents(connection, kind, &ticket, &whom, now).await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Keeps that somebody has looked at the open tickets of a conversation.
    pub async fn see_tickets(&self, id: ConversationId, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE tickets SET seen = $2 WHERE conversation = $1 AND seen IS NULL",
                    )
                    .bind(id.to_string())
                    .bind(now.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }
}
