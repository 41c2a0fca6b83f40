//! Presence, typing and reading as staff take part in them: who attends, who looks at which conversation, who writes.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::Workplace;
use crate::bus::{DeskNews, News};
use crate::conversation::{RefusedStep, Responder, Speaker};
use crate::desk::error::DeskError;
use crate::desk::presence::{Attending, Side, held};
use crate::desk::principal::speaker;
use crate::ids::{AgentId, ConversationId};
use crate::staff::{Agent, Availability, Permission};
use crate::store::ReadingSide;
use crate::time::Timestamp;

/// Least time between two signs of one agent that are kept.
const SEEN_GAP_MS: i64 = 30_000;

impl Workplace {
    /// Tells whether the visitor of a conversation has it open.
    pub fn visitor_is_here(&self, id: &ConversationId) -> bool {
        self.bus.is_visited(id)
    }

    /// Notes that an agent has the console open, until what is given back is dropped.
    pub fn attend(&self, agent: &Agent, grace: Duration) -> Attending {
        let is_away = agent.availability == Availability::Away;
        self.bus.set_away(agent.id, is_away);
        let agent = agent.id;
        *held(&self.presence.agents).entry(agent).or_default() += 1;
        self.bus.announce(News::Attendance { agent, here: true });
        Attending {
            agent,
            grace,
            board: Arc::clone(&self.presence),
            bus: self.bus.clone(),
        }
    }

    /// Tells the visitor that the agent who holds the conversation is writing.
    pub async fn agent_types(
        &self,
        by: &Agent,
        id: &ConversationId,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let standing = self.store.reader().conversation(id).await?.standing;
        match standing.agent {
            None => return Err(DeskError::Refused(RefusedStep::NotWithAgent)),
            Some(agent) if agent != by.id => {
                return Err(DeskError::Refused(RefusedStep::HeldByAnother));
            }
            Some(_) => {}
        }
        self.see(by, now).await?;
        if self.presence.is_news(id, Side::Agent, now) {
            self.bus.announce(News::AgentTypes {
                conversation: *id,
                name: by.name.as_str().into(),
            });
        }
        Ok(())
    }

    /// Keeps that somebody is at the desk, whichever conversation they look at: as long as they are, nothing they hold is
    /// taken from them.
    pub(super) async fn see(&self, agent: &Agent, now: Timestamp) -> Result<(), DeskError> {
        let is_away = agent.availability == Availability::Away;
        self.bus.set_away(agent.id, is_away);
        if is_away {
            return Ok(());
        }
        let is_new = {
            let mut seen = held(&self.seen);
            let last = seen.get(&agent.id);
            let is_new = last.is_none_or(|last| now.millis_since(*last) >= SEEN_GAP_MS);
            if is_new {
                seen.insert(agent.id, now);
            }
            is_new
        };
        if is_new {
            self.store.see_agent(agent.id, now).await?;
        }
        Ok(())
    }

    /// Tells which members of staff who may answer have the console open.
    pub(super) fn attending(&self) -> HashSet<AgentId> {
        self.presence.attending(&self.bus)
    }

    /// Notes that an agent looks at a conversation.
    pub async fn note_viewer(
        &self,
        agent: &Agent,
        id: &ConversationId,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        self.see(agent, now).await?;
        // Each time, so that other processes know as long as it lasts.
        self.tell_looks(agent, id, true);
        if self.viewers.note(*id, speaker(agent), now) {
            // Whoever only reads helps nobody.
            if agent.role.may(Permission::WorkConversations) {
                self.store.see_tickets(*id, now).await?;
            }
            self.bus.announce(DeskNews::Looking { conversation: *id });
        }
        Ok(())
    }

    /// Keeps how far somebody who may answer has read, and tells the visitor; while the bot answers, no person is said to
    /// have read anything.
    pub async fn agent_reads(
        &self,
        by: &Agent,
        id: &ConversationId,
        up_to: i64,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let standing = self.store.reader().conversation(id).await?.standing;
        self.see(by, now).await?;
        let is_told = standing.state.responder() == Responder::Person;
        if is_told && self.store.keep_read(*id, ReadingSide::Staff, up_to).await? {
            self.bus.announce(News::StaffRead {
                conversation: *id,
                up_to,
            });
        }
        Ok(())
    }

    /// Notes that an agent looks elsewhere.
    pub fn forget_viewer(&self, agent: &Agent, id: &ConversationId) {
        self.tell_looks(agent, id, false);
        if self.viewers.forget(id, &agent.id) {
            self.bus.announce(DeskNews::Looking { conversation: *id });
        }
    }

    /// Tells who looks at a conversation, through whichever process, in alphabetical order.
    pub fn viewers(&self, id: &ConversationId, now: Timestamp) -> Vec<Speaker> {
        let mut there = self.viewers.there(id, now);
        for (agent, name) in self.bus.looking_elsewhere(id) {
            if there.iter().all(|one| one.agent != agent) {
                let name = name.as_ref().to_owned();
                there.push(Speaker { agent, name });
            }
        }
        there.sort_by(|one, other| one.name.cmp(&other.name));
        there
    }

    fn tell_looks(&self, agent: &Agent, conversation: &ConversationId, here: bool) {
        self.bus.announce(News::Looks {
            conversation: *conversation,
            agent: agent.id,
            name: agent.name.as_str().into(),
            here,
        });
    }
}
