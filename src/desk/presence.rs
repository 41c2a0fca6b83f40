//! Who is here right now and who is writing: told to the other side, never kept.
//!
//! It holds nothing that must survive: a restart finds everybody away until they connect again. It knows the connections
//! of this process; the bus tells the other processes of them, and this one of theirs.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::bus::{Bus, News};
use crate::conversation::{ConversationEvent, ConversationState, Standing};
use crate::ids::{AgentId, ConversationId};
use crate::time::Timestamp;

/// How long a sign of writing is good for, in seconds; whoever goes on writing gives another.
pub const TYPING_SECONDS: u32 = 6;

/// Least time between two signs of writing of one side; those in between say nothing new and are left out.
const TYPING_GAP_MS: i64 = 2_000;

/// Sides remembered with their last sign at once.
const MAX_REMEMBERED: usize = 10_000;

/// Whether a person is there for the visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Whoever would answer has the console open.
    Here,
    /// Nobody who would answer has.
    Away,
}

/// What the visitor of a conversation is told as it happens.
#[derive(Debug)]
pub enum Live {
    /// Something that is kept.
    Event(Box<ConversationEvent>),
    /// The agent is writing.
    Typing {
        /// Name of the agent.
        name: String,
    },
    /// Whether a person is there.
    Presence(Presence),
    /// Number of the newest event that a person has read.
    Read(i64),
}

/// Two sides of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Visitor,
    Agent,
}

/// Who is here: how many connections each visitor and each agent has, and when they last gave a sign of writing.
#[derive(Default)]
pub(super) struct PresenceBoard {
    pub(super) visits: Mutex<HashMap<ConversationId, usize>>,
    pub(super) agents: Mutex<HashMap<AgentId, usize>>,
    signed: Mutex<HashMap<(ConversationId, Side), Timestamp>>,
}

/// The maps are whole after any panic: every change to them is one call.
pub(super) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl PresenceBoard {
    /// Tells whether a person is there for whoever stands like this.
    pub(super) fn presence(&self, standing: &Standing, bus: &Bus) -> Presence {
        let attending = self.attending(bus);
        let here = match (standing.state, standing.agent) {
            (ConversationState::Agent, Some(agent)) => attending.contains(&agent),
            _ => !attending.is_empty(),
        };
        match here {
            true => Presence::Here,
            false => Presence::Away,
        }
    }

    /// Tells who has the console open, at whichever process, and is not away.
    pub(super) fn attending(&self, bus: &Bus) -> HashSet<AgentId> {
        let mut there: HashSet<AgentId> = held(&self.agents).keys().copied().collect();
        there.extend(bus.attending_elsewhere());
        there.retain(|agent| !bus.is_away(agent));
        there
    }

    /// Tells whether a sign says something new.
    pub(super) fn is_news(&self, id: &ConversationId, side: Side, now: Timestamp) -> bool {
        let mut signed = held(&self.signed);
        let newest = signed.get(&(*id, side));
        if newest.is_some_and(|last| now.as_millis() - last.as_millis() < TYPING_GAP_MS) {
            return false;
        }
        if signed.len() >= MAX_REMEMBERED {
            signed.clear();
        }
        signed.insert((*id, side), now);
        true
    }

    /// Notes that a connection of an agent is gone; `true` when it was the last.
    fn leave(&self, agent: &AgentId) -> bool {
        let mut agents = held(&self.agents);
        let Some(connections) = agents.get_mut(agent) else {
            return false;
        };
        *connections -= 1;
        let is_gone = *connections == 0;
        if is_gone {
            agents.remove(agent);
        }
        is_gone
    }
}

/// An agent with the console open; when it is dropped, the agent leaves after a grace, so that turning a page is no
/// departure.
pub struct Attending {
    pub(super) agent: AgentId,
    pub(super) grace: Duration,
    pub(super) board: Arc<PresenceBoard>,
    pub(super) bus: Bus,
}

impl Drop for Attending {
    fn drop(&mut self) {
        let (board, bus) = (Arc::clone(&self.board), self.bus.clone());
        let (agent, grace) = (self.agent, self.grace);
        let leave = move || {
            if board.leave(&agent) {
                bus.announce(News::Attendance { agent, here: false });
            }
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    tokio::time::sleep(grace).await;
                    leave();
                });
            }
            // The server is gone, and everybody with it.
            Err(_) => leave(),
        }
    }
}
