//! Conversations that are put aside and come back: when their moment has come, or when the visitor writes.

use serde_json::json;

use crate::conversation::{ConversationState, RefusedStep, Speaker};
use crate::ids::ConversationId;
use crate::staff::Reach;
use crate::store::conversations::rows as conversations;
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::remembered::Rules;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::store::turns::transcript::{Transcript, Written};
use crate::time::Timestamp;

/// A conversation that is put aside, or brought back.
#[derive(Debug, Clone)]
pub struct NewSnooze {
    /// Which.
    pub conversation: ConversationId,
    /// By whom.
    pub by: Speaker,
    /// Whose conversations they may touch.
    pub reach: Reach,
    /// Until when; nothing to bring it back.
    pub until: Option<Timestamp>,
    /// The present moment.
    pub now: Timestamp,
}

impl Store {
    /// Puts a conversation aside that somebody holds, or brings it back.
    pub async fn snooze(&self, snooze: NewSnooze) -> Result<Written<()>, StoreError> {
        let rules = self.rules().await?;
        self.writer
            .write(move |connection| Box::pin(apply(connection, rules, snooze)))
            .await
    }
}

async fn apply(
    connection: &mut Connection,
    rules: Rules,
    snooze: NewSnooze,
) -> Result<Written<()>, StoreError> {
    let NewSnooze {
        conversation,
        by,
        reach,
        until,
        now,
    } = snooze;
    let mut transcript = Transcript::open(connection, &conversation, rules, now).await?;
    let standing = transcript.standing();
    match (standing.state, standing.agent) {
        (ConversationState::Agent, Some(holder)) if holder == by.agent || reach == Reach::All => {}
        (ConversationState::Agent, _) => return Err(RefusedStep::HeldByAnother.into()),
        _ => return Err(RefusedStep::NotWithAgent.into()),
    }
    transcript.conversation_mut().snoozed_until = until;
    transcript.conversation_mut().woken = None;
    let line = LogLine {
        actor: by.agent.to_string(),
        action: match until {
            Some(_) => "snooze",
            None => "wake",
        },
        subject: conversation.to_string(),
        detail: json!({ "until": until.map(Timestamp::as_millis) }),
        now,
    };
    staff_log::insert(transcript.connection(), line).await?;
    tell(transcript).await
}

/// Brings back what was put aside up to now, and names it with its newest event.
pub(in crate::store) async fn wake_due(
    connection: &mut Connection,
    rules: &Rules,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<(ConversationId, i64)>, StoreError> {
    let mut changed = Vec::new();
    for id in conversations::snoozed_up_to(connection, now, limit).await? {
        let mut transcript = Transcript::open(connection, &id, rules.clone(), now).await?;
        transcript.conversation_mut().wake(now);
        let written = tell(transcript).await?;
        changed.extend(written.last_sequence.map(|sequence| (id, sequence)));
    }
    Ok(changed)
}

/// Listeners read anew what they show of the ticket.
async fn tell(mut transcript: Transcript<'_>) -> Result<Written<()>, StoreError> {
    match transcript.standing().open_ticket {
        Some(ticket) => {
            transcript.event("ticket", &ticket.to_string());
        }
        None => {
            let state = transcript.standing().state.code();
            transcript.event("state", state);
        }
    }
    transcript.finish(()).await
}
