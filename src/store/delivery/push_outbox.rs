//! What waits to be told to browsers of staff; put there in the transaction of what it tells of.

use crate::ids::{AgentId, TicketId};
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::time::Timestamp;

/// Tells every browser of somebody who asked for it; the same thing waits once.
pub(in crate::store) async fn queue(
    connection: &mut Connection,
    kind: &'static str,
    ticket: &TicketId,
    agent: &AgentId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO push_outbox (subscription, ticket, kind, attempts, next_attempt, created) \
         SELECT s.id, $1, $2, 0, $3, $3 FROM push_subscriptions s \
         JOIN counters c ON c.name = 'push' AND c.value = 1 WHERE s.agent = $4 \
         ON CONFLICT (subscription, ticket, kind) DO NOTHING",
    )
    .bind(ticket.to_string())
    .bind(kind)
    .bind(now.as_millis())
    .bind(agent.to_string())
    .execute(connection)
    .await?;
    Ok(())
}
