//! Rows of tickets.

use std::collections::BTreeMap;

use sqlx::Row as _;

use crate::conversation::{Ticket, TicketNumber, TicketStatus};
use crate::ids::{AgentId, ConversationId, TicketId};
use crate::language::Elsewhere;
use crate::pipeline::EscalationReason;
use crate::safety::Words;
use crate::schedule::{Clock, Hours};
use crate::staff::Level;
use crate::store::codes::parse;
use crate::store::dialect::{Connection, Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::store::seal;
use crate::time::Timestamp;

pub(in crate::store) const COLUMNS: &str = "id, number, conversation, status, language, elsewhere, subject, priority, reason, note_sealed, \
                       contact_sealed, summary_sealed, created, level, assignee, fields_sealed, tier, queue";

impl Reader {
    /// Reads a conversation's tickets, the oldest first.
    pub async fn tickets(&self, conversation: &ConversationId) -> Result<Vec<Ticket>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM tickets WHERE conversation = $1 ORDER BY number"
        )))
        .bind(conversation.to_string())
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter().map(from_row).collect()
    }
}

/// Takes the next number; a transaction that fails gives it back.
pub(in crate::store) async fn next_number(
    connection: &mut Connection,
) -> Result<TicketNumber, StoreError> {
    let row =
        sqlx::query("UPDATE counters SET value = value + 1 WHERE name = 'ticket' RETURNING value")
            .fetch_one(connection)
            .await?;
    Ok(TicketNumber(row.try_get("value")?))
}

pub(in crate::store) async fn insert(
    connection: &mut Connection,
    episode: i64,
    ticket: &Ticket,
    hours: &Hours,
) -> Result<(), StoreError> {
    let Ticket {
        id,
        number,
        conversation,
        status,
        language,
        elsewhere,
        subject,
        priority,
        level,
        tier,
        queue,
        assignee: _,
        fields: _,
        reason,
        note,
        contact,
        summary,
        created,
    } = ticket;
    let first_due = hours.first_response_due(*priority, *created);
    let end_due = hours.resolution_due(*priority, *created);
    let subject = subject
        .as_ref()
        .map(serde_json::to_string)
        .transpose()
        .map_err(|error| StoreError::unreadable("subject of a ticket", error))?;
    let key = seal::of_conversation(connection, conversation).await?;
    sqlx::query(
        "INSERT INTO tickets (id, number, conversation, episode, status, language, subject, priority, reason, \
         note_sealed, contact_sealed, summary_sealed, created, rule_priority, level, tier, queue, fields_sealed, updated, \
         first_response_due, resolution_due, elsewhere) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $8, $14, $17, $18, '{}', $13, $15, $16, $19)",
    )
    .bind(id.to_string())
    .bind(number.0)
    .bind(conversation.to_string())
    .bind(episode)
    .bind(status.code())
    .bind(language.code())
    .bind(subject)
    .bind(priority.code())
    .bind(reason.code())
    .bind(note.as_deref().map(|note| key.seal(note)))
    .bind(contact.as_deref().map(|contact| key.seal(contact)))
    .bind(key.seal(summary))
    .bind(created.as_millis())
    .bind(level.code())
    .bind(first_due.map(Timestamp::as_millis))
    .bind(end_due.map(Timestamp::as_millis))
    .bind(tier.code())
    .bind(queue.code())
    .bind(elsewhere.map(Elsewhere::code))
    .execute(connection)
    .await?;
    Ok(())
}

pub(in crate::store) async fn load(
    connection: &mut Connection,
    id: &TicketId,
) -> Result<Ticket, StoreError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM tickets WHERE id = $1"
    )))
    .bind(id.to_string())
    .row(connection)
    .await?;
    from_row(&row)
}

/// Reads a ticket by the number people use.
pub(in crate::store) async fn load_number(
    connection: &mut Connection,
    number: TicketNumber,
) -> Result<Ticket, StoreError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM tickets WHERE number = $1"
    )))
    .bind(number.0)
    .row_if_any(connection)
    .await?;
    row.map_or(Err(StoreError::UnknownTicket(number)), |row| from_row(&row))
}

/// Reads the clock of the resolution.
pub(in crate::store) async fn resolution_clock(
    connection: &mut Connection,
    id: &TicketId,
) -> Result<Clock, StoreError> {
    let row =
        sqlx::query("SELECT status, resolution_due, resolution_left FROM tickets WHERE id = $1")
            .bind(id.to_string())
            .fetch_one(connection)
            .await?;
    let status: TicketStatus = parse("ticket status", row.try_get("status")?)?;
    let left: Option<i64> = row.try_get("resolution_left")?;
    let due: Option<i64> = row.try_get("resolution_due")?;
    Ok(match (status.is_open(), left) {
        (false, _) => Clock::Stopped,
        (true, Some(left_ms)) => Clock::Paused { left_ms },
        (true, None) => Clock::Running {
            due: due.map(Timestamp::from_millis),
        },
    })
}

/// Keeps what the visitor filled in; a field filled in again is replaced.
pub(in crate::store) async fn fill_in(
    connection: &mut Connection,
    ticket: &Ticket,
    filled: &BTreeMap<String, Words>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut fields = ticket.fields.clone();
    let filled = filled.iter();
    fields.extend(filled.map(|(name, words)| (name.clone(), words.as_str().to_owned())));
    let json = serde_json::to_string(&fields)
        .map_err(|error| StoreError::unreadable("fields of a ticket", error))?;
    let key = seal::of_conversation(connection, &ticket.conversation).await?;
    sqlx::query("UPDATE tickets SET fields_sealed = $2, updated = $3 WHERE id = $1")
        .bind(ticket.id.to_string())
        .bind(key.seal(&json))
        .bind(now.as_millis())
        .execute(connection)
        .await?;
    Ok(())
}

/// Puts another reason on a ticket, and the level it asks for.
pub(in crate::store) async fn set_reason(
    connection: &mut Connection,
    id: &TicketId,
    reason: EscalationReason,
    level: Level,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE tickets SET reason = $2, level = $3 WHERE id = $1")
        .bind(id.to_string())
        .bind(reason.code())
        .bind(level.code())
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes that a person has spoken; only the first time counts.
pub(in crate::store) async fn respond(
    connection: &mut Connection,
    id: &TicketId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE tickets SET first_responded = $2, first_response_due = NULL WHERE id = $1 AND first_responded IS NULL",
    )
    .bind(id.to_string())
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks every promise that is broken by now, once, and names the tickets with the promise.
pub(in crate::store) async fn breach(
    connection: &mut Connection,
    now: Timestamp,
) -> Result<Vec<(TicketId, ConversationId, &'static str)>, StoreError> {
    let mut breached = Vec::new();
    for (promise, statement) in [
        (
            "first_response",
            "UPDATE tickets SET first_response_breached = $1 WHERE first_response_due < $1 \
             AND first_response_breached IS NULL RETURNING id, conversation",
        ),
        (
            "resolution",
            "UPDATE tickets SET resolution_breached = $1 WHERE resolution_due < $1 \
             AND resolution_breached IS NULL RETURNING id, conversation",
        ),
    ] {
        let rows = sqlx::query(statement)
            .bind(now.as_millis())
            .fetch_all(&mut *connection)
            .await?;
        for row in rows {
            let id = parse("ticket id", row.try_get("id")?)?;
            let conversation = parse("conversation id", row.try_get("conversation")?)?;
            breached.push((id, conversation, promise));
        }
    }
    Ok(breached)
}

/// Adds what the visitor says about the matter to a ticket that is open already; later words replace earlier ones.
pub(in crate::store) async fn complete(
    connection: &mut Connection,
    conversation: &ConversationId,
    id: &TicketId,
    note: Option<&Words>,
    contact: Option<&Words>,
) -> Result<(), StoreError> {
    let key = seal::of_conversation(connection, conversation).await?;
    sqlx::query(
        "UPDATE tickets SET note_sealed = COALESCE($2, note_sealed), contact_sealed = COALESCE($3, contact_sealed) \
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(note.map(|note| key.seal(note.as_str())))
    .bind(contact.map(|contact| key.seal(contact.as_str())))
    .execute(connection)
    .await?;
    Ok(())
}

/// Returns the newest ticket of an episode, settled or not.
pub(in crate::store) async fn last_of_episode(
    connection: &mut Connection,
    conversation: &ConversationId,
    episode: i64,
) -> Result<Option<TicketId>, StoreError> {
    let row = sqlx::query(
        "SELECT id FROM tickets WHERE conversation = $1 AND episode = $2 AND merged_into IS NULL \
         ORDER BY number DESC LIMIT 1",
    )
    .bind(conversation.to_string())
    .bind(episode)
    .fetch_optional(connection)
    .await?;
    row.map(|row| parse("ticket id", row.try_get("id")?))
        .transpose()
}

/// Settles a ticket.
pub(in crate::store) async fn solve(
    connection: &mut Connection,
    id: &TicketId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE tickets SET status = 'solved', solved = $2, updated = $2, first_response_due = NULL, \
         resolution_due = NULL, resolution_left = NULL WHERE id = $1",
    )
        .bind(id.to_string())
        .bind(now.as_millis())
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes up a settled ticket again.
pub(in crate::store) async fn reopen(
    connection: &mut Connection,
    id: &TicketId,
    hours: &Hours,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ticket = load(connection, id).await?;
    let due = hours.resolution_due(ticket.priority, now);
    sqlx::query(
        "UPDATE tickets SET status = 'open', solved = NULL, updated = $2, resolution_due = $3 WHERE id = $1",
    )
        .bind(id.to_string())
        .bind(now.as_millis())
        .bind(due.map(Timestamp::as_millis))
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes who works on a ticket; nobody while it waits.
pub(in crate::store) async fn assign(
    connection: &mut Connection,
    id: &TicketId,
    agent: Option<AgentId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE tickets SET assignee = $2, updated = $3 WHERE id = $1")
        .bind(id.to_string())
        .bind(agent.map(|agent| agent.to_string()))
        .bind(now.as_millis())
        .execute(connection)
        .await?;
    Ok(())
}

pub(in crate::store) fn from_row(row: &Row) -> Result<Ticket, StoreError> {
    let subject: Option<String> = row.try_get("subject")?;
    let assignee: Option<String> = row.try_get("assignee")?;
    let elsewhere: Option<String> = row.try_get("elsewhere")?;
    let fields = match row.open("fields_sealed")? {
        // Erased.
        empty if empty.is_empty() => "{}".to_owned(),
        fields => fields,
    };
    Ok(Ticket {
        id: parse("ticket id", row.try_get("id")?)?,
        number: TicketNumber(row.try_get("number")?),
        conversation: parse("conversation id", row.try_get("conversation")?)?,
        status: parse("ticket status", row.try_get("status")?)?,
        language: parse("language", row.try_get("language")?)?,
        elsewhere: elsewhere.as_deref().and_then(Elsewhere::from_tag),
        subject: subject
            .map(|json| serde_json::from_str(&json))
            .transpose()
            .map_err(|error| StoreError::unreadable("subject of a ticket", error))?,
        priority: parse("priority", row.try_get("priority")?)?,
        level: parse("level", row.try_get("level")?)?,
        tier: parse("tier", row.try_get("tier")?)?,
        queue: parse("queue", row.try_get("queue")?)?,
        assignee: assignee.map(|id| parse("agent id", id)).transpose()?,
        fields: serde_json::from_str(&fields)
            .map_err(|error| StoreError::unreadable("fields of a ticket", error))?,
        reason: parse("reason of an escalation", row.try_get("reason")?)?,
        note: row.open_if_any("note_sealed")?,
        contact: row.open_if_any("contact_sealed")?,
        summary: row.open("summary_sealed")?,
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}
