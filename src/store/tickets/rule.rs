//! What the rule of priorities makes of a ticket when its subject or its visitor turns out to be another.

use sqlx::Row as _;

use crate::conversation::{Ticket, TicketSubject, priority};
use crate::identity::Tier;
use crate::knowledge::Severity;
use crate::schedule::Hours;
use crate::schedule::Priority;
use crate::store::codes::parse;
use crate::store::conversations::rows as conversations;
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::time::Timestamp;

/// The promises are made anew, counted from the opening: a matter that turns out urgent was urgent all along.
pub(in crate::store) async fn set_priority(
    connection: &mut Connection,
    hours: &Hours,
    ticket: &Ticket,
    priority: Priority,
    now: Timestamp,
) -> Result<(), StoreError> {
    let first = hours.first_response_due(priority, ticket.created);
    let end = hours.resolution_due(priority, ticket.created);
    sqlx::query(
        "UPDATE tickets SET priority = $2, updated = $3, \
         first_response_due = CASE WHEN first_response_due IS NULL THEN NULL ELSE $4 END, \
         resolution_due = CASE WHEN resolution_due IS NULL THEN NULL ELSE $5 END WHERE id = $1",
    )
    .bind(ticket.id.to_string())
    .bind(priority.code())
    .bind(now.as_millis())
    .bind(first.map(Timestamp::as_millis))
    .bind(end.map(Timestamp::as_millis))
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps what is known of who the visitor is, for this ticket and for those to come.
pub(in crate::store) async fn set_tier(
    connection: &mut Connection,
    hours: &Hours,
    ticket: &Ticket,
    tier: Tier,
    now: Timestamp,
) -> Result<(), StoreError> {
    conversations::set_tier(connection, &ticket.conversation, tier).await?;
    sqlx::query("UPDATE tickets SET tier = $2 WHERE id = $1")
        .bind(ticket.id.to_string())
        .bind(tier.code())
        .execute(&mut *connection)
        .await?;
    follow(connection, hours, ticket, severity_of(ticket), tier, now).await
}

/// Puts another subject on a ticket: what it asks the visitor for follows, and what they filled in before stays.
pub(in crate::store) async fn set_subject(
    connection: &mut Connection,
    hours: &Hours,
    ticket: &Ticket,
    subject: &TicketSubject,
    now: Timestamp,
) -> Result<(), StoreError> {
    let written = serde_json::to_string(subject)
        .map_err(|error| StoreError::unreadable("subject of a ticket", error))?;
    sqlx::query("UPDATE tickets SET subject = $2 WHERE id = $1")
        .bind(ticket.id.to_string())
        .bind(written)
        .execute(&mut *connection)
        .await?;
    follow(
        connection,
        hours,
        ticket,
        subject.severity,
        ticket.tier,
        now,
    )
    .await
}

fn severity_of(ticket: &Ticket) -> Severity {
    let subject = ticket.subject.as_ref();
    subject.map(|subject| subject.severity).unwrap_or_default()
}

/// What the rule gives follows; what somebody has set against the rule stays.
async fn follow(
    connection: &mut Connection,
    hours: &Hours,
    ticket: &Ticket,
    severity: Severity,
    tier: Tier,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = sqlx::query("SELECT rule_priority FROM tickets WHERE id = $1")
        .bind(ticket.id.to_string())
        .fetch_one(&mut *connection)
        .await?;
    let ruled: Priority = parse("priority", row.try_get("rule_priority")?)?;
    // Steps that a surge added stay.
    let before = priority(severity_of(ticket), ticket.reason, ticket.tier);
    let steps = (0..4).find(|steps| before.raised_by(*steps) >= ruled);
    let ruling = priority(severity, ticket.reason, tier).raised_by(steps.unwrap_or_default());
    sqlx::query("UPDATE tickets SET rule_priority = $2, updated = $3 WHERE id = $1")
        .bind(ticket.id.to_string())
        .bind(ruling.code())
        .bind(now.as_millis())
        .execute(&mut *connection)
        .await?;
    match ticket.priority == ruled {
        true => set_priority(connection, hours, ticket, ruling, now).await,
        false => Ok(()),
    }
}
