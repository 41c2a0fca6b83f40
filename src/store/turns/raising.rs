//! A waiting ticket is read again with every message, and may only rise: its priority, its level, its reason, its subject.

use crate::conversation::{BotReply, Ticket, level_for, priority};
use crate::pipeline::EscalationReason;
use crate::staff::Level;
use crate::store::error::StoreError;
use crate::store::tickets::{rows as tickets, rule};
use crate::store::turns::transcript::Transcript;

/// Raises the open ticket by what the bot makes of a message; a message that weighs less changes nothing.
pub(super) async fn raise(
    transcript: &mut Transcript<'_>,
    reply: &BotReply,
    reason: EscalationReason,
) -> Result<(), StoreError> {
    let Some(ticket) = transcript.ticket().await? else {
        return Ok(());
    };
    let severity = reply
        .subject
        .as_ref()
        .map(|subject| subject.severity)
        .unwrap_or_default();
    let heard = priority(severity, reason, ticket.tier);
    let level = level_for(reason);
    if !rises(&ticket, reason, level) && heard <= ticket.priority {
        return Ok(());
    }
    let (hours, now) = (transcript.hours(), transcript.now());
    let connection = transcript.connection();
    if rises(&ticket, reason, level) {
        tickets::set_reason(connection, &ticket.id, reason, level.max(ticket.level)).await?;
        if let Some(subject) = &reply.subject {
            rule::set_subject(connection, &hours, &ticket, subject, now).await?;
        }
    }
    // A subject of less harm than the first would lower the priority; a ticket only rises.
    let priority = heard.max(ticket.priority);
    rule::set_priority(connection, &hours, &ticket, priority, now).await?;
    transcript.ticket_changed();
    transcript.event("ticket", &ticket.id.to_string());
    Ok(())
}

/// Tells whether a reason weighs more than the one the ticket was opened for.
fn rises(ticket: &Ticket, reason: EscalationReason, level: Level) -> bool {
    level > ticket.level
        || ticket.reason.is_for_want() && !reason.is_for_want()
        || reason == EscalationReason::FraudReport && ticket.reason != reason
}
