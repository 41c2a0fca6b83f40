//! Who is here right now and who is writing: told to the other side, never kept.
//!
//! It holds nothing that must survive: a restart finds everybody away until they connect again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use tokio::sync::{broadcast, watch};

use super::announcements::News;
use super::{Desk, DeskError};
use crate::conversation::{AgentId, Responder};
use crate::conversation::{
    ConversationEvent, ConversationId, ConversationState, EventBody, RefusedStep, Standing,
    Timestamp,
};
use crate::staff::Agent;

/// How long a sign of writing is good for, in seconds; whoever goes on writing gives another.
pub const TYPING_SECONDS: u32 = 6;

/// Least time between two signs of writing of one side; those in between say nothing new and are left out.
const TYPING_GAP_MS: i64 = 2_000;

/// Signs kept for a visitor whose connection is slow; older ones are of no use to anybody.
const KEPT_SIGNS: usize = 4;

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
}

/// Two sides of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Side {
    Visitor,
    Agent,
}

/// A visitor's open connections.
struct Visit {
    connections: usize,
    signs: broadcast::Sender<String>,
}

/// Who is here.
pub(super) struct Lobby {
    visits: Mutex<HashMap<ConversationId, Visit>>,
    agents: Mutex<HashMap<AgentId, usize>>,
    attendance: watch::Sender<()>,
    signed: Mutex<HashMap<(ConversationId, Side), Timestamp>>,
}

impl Default for Lobby {
    fn default() -> Self {
        Self {
            visits: Mutex::default(),
            agents: Mutex::default(),
            attendance: watch::channel(()).0,
            signed: Mutex::default(),
        }
    }
}

/// The maps are whole after any panic: every change to them is one call.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lobby {
    /// Tells whether a person is there for whoever stands like this.
    fn presence(&self, standing: &Standing) -> Presence {
        let agents = held(&self.agents);
        let here = match (standing.state, standing.agent) {
            (ConversationState::Agent, Some(agent)) => agents.contains_key(&agent),
            _ => !agents.is_empty(),
        };
        match here {
            true => Presence::Here,
            false => Presence::Away,
        }
    }

    /// Tells whether a sign says something new.
    fn is_news(&self, id: &ConversationId, side: Side, now: Timestamp) -> bool {
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

    fn leave(&self, agent: &AgentId) {
        let mut agents = held(&self.agents);
        if let Some(connections) = agents.get_mut(agent) {
            *connections -= 1;
            if *connections == 0 {
                agents.remove(agent);
                drop(agents);
                self.attendance.send_replace(());
            }
        }
    }
}

/// An agent with the console open; when it is dropped, the agent leaves after a grace, so that turning a page is no
/// departure.
pub struct Attending {
    agent: AgentId,
    grace: Duration,
    lobby: Arc<Lobby>,
}

impl Drop for Attending {
    fn drop(&mut self) {
        let (lobby, agent, grace) = (Arc::clone(&self.lobby), self.agent, self.grace);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    tokio::time::sleep(grace).await;
                    lobby.leave(&agent);
                });
            }
            // The server is gone, and everybody with it.
            Err(_) => lobby.leave(&agent),
        }
    }
}

/// A visitor's connection.
struct Visiting {
    id: ConversationId,
    signs: broadcast::Receiver<String>,
    attendance: watch::Receiver<()>,
    desk: Departures,
}

/// What a connection needs to say that it ends.
struct Departures {
    lobby: Arc<Lobby>,
    announcements: Arc<super::announcements::Announcements>,
}

impl Drop for Visiting {
    fn drop(&mut self) {
        let mut visits = held(&self.desk.lobby.visits);
        let Some(visit) = visits.get_mut(&self.id) else {
            return;
        };
        visit.connections -= 1;
        if visit.connections == 0 {
            visits.remove(&self.id);
            drop(visits);
            self.desk.announcements.tell(News::Visitor {
                conversation: self.id,
                here: false,
            });
        }
    }
}

impl Desk {
    /// Follows a conversation as its visitor: what is kept, and between that who is there and who is writing.
    pub fn follow(
        &self,
        id: ConversationId,
        after: Option<i64>,
    ) -> impl Stream<Item = Result<Live, DeskError>> + Send + use<> {
        let mut visiting = self.enter(id);
        let events = self.events(id, after);
        let reader = self.store.reader().clone();
        async_stream::try_stream! {
            let mut events = std::pin::pin!(events);
            let mut told = None;
            loop {
                let conversation = reader
                    .apart(move |reader| async move { reader.conversation(&id).await })
                    .await?;
                let presence = visiting.desk.lobby.presence(&conversation.standing);
                if told != Some(presence) {
                    told = Some(presence);
                    yield Live::Presence(presence);
                }
                loop {
                    match next_of(&mut events, &mut visiting).await {
                        Next::Event(event) => {
                            let event = *event;
                            let event = event?;
                            let moved = matches!(event.body, EventBody::State(_));
                            yield Live::Event(Box::new(event));
                            if moved {
                                break;
                            }
                        }
                        Next::Typing(name) => yield Live::Typing { name },
                        Next::Attendance => break,
                        Next::End => return,
                    }
                }
            }
        }
    }

    /// Tells whether the visitor of a conversation has it open.
    pub fn visitor_is_here(&self, id: &ConversationId) -> bool {
        held(&self.lobby.visits).contains_key(id)
    }

    /// Notes that an agent has the console open, until what is given back is dropped.
    pub fn attend(&self, agent: AgentId, grace: Duration) -> Attending {
        *held(&self.lobby.agents).entry(agent).or_default() += 1;
        self.lobby.attendance.send_replace(());
        Attending {
            agent,
            grace,
            lobby: Arc::clone(&self.lobby),
        }
    }

    /// Tells staff that the visitor is writing, while a person is responsible.
    pub async fn visitor_types(
        &self,
        id: &ConversationId,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let standing = self.store.reader().conversation(id).await?.standing;
        let is_heard = standing.state.responder() == Responder::Person;
        if is_heard && self.lobby.is_news(id, Side::Visitor, now) {
            self.announcements.tell(News::Typing { conversation: *id });
        }
        Ok(())
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
        if !self.lobby.is_news(id, Side::Agent, now) {
            return Ok(());
        }
        if let Some(visit) = held(&self.lobby.visits).get(id) {
            // An error means that the visitor has just left.
            let _ = visit.signs.send(by.name.clone());
        }
        Ok(())
    }

    fn enter(&self, id: ConversationId) -> Visiting {
        let mut visits = held(&self.lobby.visits);
        let visit = visits.entry(id).or_insert_with(|| Visit {
            connections: 0,
            signs: broadcast::channel(KEPT_SIGNS).0,
        });
        visit.connections += 1;
        let is_first = visit.connections == 1;
        let signs = visit.signs.subscribe();
        drop(visits);
        if is_first {
            self.announcements.tell(News::Visitor {
                conversation: id,
                here: true,
            });
        }
        Visiting {
            id,
            signs,
            attendance: self.lobby.attendance.subscribe(),
            desk: Departures {
                lobby: Arc::clone(&self.lobby),
                announcements: Arc::clone(&self.announcements),
            },
        }
    }
}

enum Next {
    Event(Box<Result<ConversationEvent, DeskError>>),
    Typing(String),
    Attendance,
    End,
}

async fn next_of(
    events: &mut (impl Stream<Item = Result<ConversationEvent, DeskError>> + Unpin),
    visiting: &mut Visiting,
) -> Next {
    loop {
        tokio::select! {
            // What is kept comes first: a sign of writing must not outlive the message it announced.
            biased;
            event = events.next() => return match event {
                Some(event) => Next::Event(Box::new(event)),
                None => Next::End,
            },
            changed = visiting.attendance.changed() => match changed {
                Ok(()) => return Next::Attendance,
                Err(_) => return Next::End,
            },
            sign = visiting.signs.recv() => match sign {
                Ok(name) => return Next::Typing(name),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return Next::End,
            },
        }
    }
}
