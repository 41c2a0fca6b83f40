//! Tells people at the desk by mail and by their browsers what they would otherwise see too late.

use super::Workplace;
use super::queue::{Waiting, fitness, fits};
use crate::desk::DeskError;
use crate::ids::AgentId;
use crate::staff::{Agent, Availability, Notice, Permission};
use crate::store::{MailKind, Untold};
use crate::time::Timestamp;

/// How long a new ticket waits for somebody to look at it.
const UNSEEN_MS: i64 = 5 * 60_000;

/// How long before a promised time people are told of it.
const NEAR_MS: i64 = 30 * 60_000;

impl Workplace {
    /// Tells of new tickets that nobody has looked at, and of promised times that are near, each once; counts the tickets.
    pub async fn tell_people(&self, now: Timestamp) -> Result<usize, DeskError> {
        let reader = self.store.reader();
        let with_push = match self.pusher {
            Some(_) => reader.agents_with_push().await?,
            None => Vec::new(),
        };
        if !self.sends_mail() && with_push.is_empty() {
            return Ok(0);
        }
        let near_until = now.later_by(NEAR_MS);
        let untold = reader
            .untold(now.earlier_by(UNSEEN_MS), now, near_until)
            .await?;
        if untold.is_empty() {
            return Ok(0);
        }
        let agents = self.agents().await?;
        let mut told = 0;
        for one in untold {
            let whom = whom(&one, &agents, &with_push);
            let (kind, ticket) = (one.kind, one.ticket.id);
            told += usize::from(self.store.tell_of_ticket(kind, ticket, whom, now).await?);
        }
        Ok(told)
    }
}

/// Whoever works on a ticket or follows it; of one that is nobody's, those who could take it.
fn whom(untold: &Untold, agents: &[Agent], with_push: &[AgentId]) -> Vec<AgentId> {
    let ticket = &untold.ticket;
    let mut concerned: Vec<AgentId> = ticket.assignee.into_iter().collect();
    concerned.extend(
        untold
            .watchers
            .iter()
            .filter(|agent| ticket.assignee != Some(**agent)),
    );
    if ticket.assignee.is_some() {
        return concerned;
    }
    let notice = match untold.kind {
        MailKind::Near => Notice::Near,
        _ => Notice::Unseen,
    };
    let waiting = Waiting {
        language: Some(ticket.language),
        elsewhere: ticket.elsewhere,
        level: Some(ticket.level),
        team: untold.team.as_deref(),
    };
    let could_take = agents.iter().filter(|agent| {
        agent.active
            && agent.availability != Availability::Away
            && agent.role.may(Permission::WorkConversations)
            && (agent.mail_notices.contains(&notice) || with_push.contains(&agent.id))
            && fits(&fitness(agent), &waiting)
    });
    for agent in could_take {
        if !concerned.contains(&agent.id) {
            concerned.push(agent.id);
        }
    }
    concerned
}
