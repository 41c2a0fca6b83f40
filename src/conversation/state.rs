//! Who answers: a pure transition function over the states of a conversation.
//!
//! Invariants: exactly one responder at any time, and while that is a person, one agent at most holds the conversation;
//! at most one automatic escalation an episode; a queue place or an agent always comes with an open ticket, and an
//! episode has at most one of those.

use serde::Serialize;
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::ids::{AgentId, TicketId, UnknownCode};
use crate::staff::Reach;

/// Where a conversation stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, IntoStaticStr, EnumString, VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum ConversationState {
    /// The bot answers.
    Bot,
    /// A person will answer; the bot is silent.
    Queued,
    /// A person answers.
    Agent,
    /// Nobody answers; the visitor's next message begins a new episode.
    Closed,
}

impl ConversationState {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Names the one who answers the next message.
    pub fn responder(self) -> Responder {
        match self {
            // A closed conversation is reopened by the visitor's message, and the bot takes it.
            ConversationState::Bot | ConversationState::Closed => Responder::Bot,
            ConversationState::Queued | ConversationState::Agent => Responder::Person,
        }
    }
}

/// The one who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Responder {
    /// The pipeline.
    Bot,
    /// An agent, now or once one is free.
    Person,
}

/// Whether the bot has handed over in this episode already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutomaticEscalation {
    /// It may.
    Unused,
    /// It did; from now on it offers a person and the visitor decides.
    Used,
}

/// Everything a step depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Who answers.
    pub state: ConversationState,
    /// Counts from 1; a message after closing begins the next.
    pub episode: i64,
    /// Whether the bot has handed over in this episode.
    pub escalation: AutomaticEscalation,
    /// The episode's ticket that is not solved yet.
    pub open_ticket: Option<TicketId>,
    /// The one who holds it, exactly while the state is [`ConversationState::Agent`].
    pub agent: Option<AgentId>,
}

impl Standing {
    /// A conversation that was just opened.
    pub const OPENED: Standing = Standing {
        state: ConversationState::Bot,
        episode: 1,
        escalation: AutomaticEscalation::Unused,
        open_ticket: None,
        agent: None,
    };
}

/// Something that happens to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The visitor sends a message.
    VisitorWrites,
    /// The bot's decision on the message just received is to hand over.
    BotEscalates {
        /// Id for the ticket, if one is to be opened.
        fresh: TicketId,
    },
    /// The visitor asks for a person.
    VisitorEscalates {
        /// Id for the ticket, if one is to be opened.
        fresh: TicketId,
    },
    /// A member of staff acts.
    Staff {
        /// Which agent.
        by: AgentId,
        /// Whose conversations they may touch.
        reach: Reach,
        /// What they do.
        step: StaffStep,
    },
    /// Time has passed; the caller has made sure that it did.
    Timer(TimerStep),
}

/// Something that staff do to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffStep {
    /// Takes it, from the queue or from the bot.
    Claim {
        /// Id for the ticket, if one is to be opened.
        fresh: TicketId,
    },
    /// Gives it to somebody.
    Assign {
        /// Who holds it from now on.
        to: AgentId,
        /// Id for the ticket, if one is to be opened.
        fresh: TicketId,
    },
    /// Says something to the visitor.
    Write,
    /// Puts it back into the queue.
    Requeue,
    /// Lets the bot go on; the ticket stays open.
    Return,
    /// Ends it; the matter is settled, and its ticket with it.
    Close,
    /// Goes on with a closed one, in the same episode.
    Reopen {
        /// The episode's last ticket, which is opened again.
        earlier: Option<TicketId>,
        /// Id for the ticket, if the episode had none.
        fresh: TicketId,
    },
}

/// Something that happens because nothing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerStep {
    /// The agent has left the visitor waiting too long; somebody else should take over.
    AgentAway,
    /// The visitor has not come back to the agent's last word.
    VisitorGone,
}

/// What a step leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The standing afterwards.
    pub standing: Standing,
    /// The ticket that is to be created, when one is.
    pub opened: Option<TicketId>,
    /// The solved ticket that is open again, when one is.
    pub reopened: Option<TicketId>,
}

/// Why a step does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedStep {
    /// The bot spoke while a person was responsible.
    #[error("the bot is not the responder; store the message for the person instead")]
    NotTheBotsTurn,
    /// The bot has handed over once in this episode.
    #[error("the bot has escalated in this episode already; offer a person instead")]
    AlreadyEscalated,
    /// Somebody else holds it.
    #[error("another agent holds the conversation; ask them or a lead to hand it over")]
    HeldByAnother,
    /// No agent holds the conversation.
    #[error("no agent holds the conversation; claim it first")]
    NotWithAgent,
    /// Closed before.
    #[error("the conversation is closed; reopen it, or wait for the visitor's next message")]
    AlreadyClosed,
    /// Not closed.
    #[error("the conversation is open; claim it instead")]
    NotClosed,
    /// What the timer waited for has happened.
    #[error("the conversation has moved on since the timer was set; leave it")]
    TimerOutdated,
}

/// Applies a step.
pub fn step(standing: Standing, step: Step) -> Result<Moved, RefusedStep> {
    use ConversationState::{Agent, Bot, Closed, Queued};
    match (step, standing.state) {
        (Step::VisitorWrites, Closed) => Ok(to(next_episode(standing))),
        (Step::VisitorWrites, _) => Ok(to(standing)),

        (Step::BotEscalates { fresh }, Bot) => match standing.escalation {
            AutomaticEscalation::Used => Err(RefusedStep::AlreadyEscalated),
            AutomaticEscalation::Unused => {
                let escalation = AutomaticEscalation::Used;
                Ok(queue(
                    Standing {
                        escalation,
                        ..standing
                    },
                    fresh,
                ))
            }
        },
        (Step::BotEscalates { .. }, _) => Err(RefusedStep::NotTheBotsTurn),

        (Step::VisitorEscalates { fresh }, Bot) => Ok(queue(standing, fresh)),
        (Step::VisitorEscalates { fresh }, Closed) => Ok(queue(next_episode(standing), fresh)),
        (Step::VisitorEscalates { .. }, Queued | Agent) => Ok(to(standing)),

        (Step::Staff { by, reach, step }, _) => staff_step(standing, by, reach, step),

        (Step::Timer(TimerStep::AgentAway), Agent) => Ok(to(without_agent(standing, Queued))),
        (Step::Timer(TimerStep::VisitorGone), Agent) => Ok(to(closed(standing))),
        (Step::Timer(_), _) => Err(RefusedStep::TimerOutdated),
    }
}

fn staff_step(
    standing: Standing,
    by: AgentId,
    reach: Reach,
    step: StaffStep,
) -> Result<Moved, RefusedStep> {
    use ConversationState::{Agent, Bot, Closed, Queued};
    let is_within_reach = match standing.agent {
        Some(holder) => holder == by || reach == Reach::All,
        None => true,
    };
    match (step, standing.state) {
        (StaffStep::Claim { .. } | StaffStep::Assign { .. } | StaffStep::Close, Closed) => {
            Err(RefusedStep::AlreadyClosed)
        }
        // Taking over from a colleague is an assignment, so that a late click never robs anybody.
        (StaffStep::Claim { .. }, Agent) if standing.agent != Some(by) => {
            Err(RefusedStep::HeldByAnother)
        }
        (StaffStep::Claim { fresh }, _) => Ok(hold(standing, by, fresh)),
        (StaffStep::Assign { to: agent, fresh }, _) if is_within_reach => {
            Ok(hold(standing, agent, fresh))
        }
        // Even a lead takes a conversation over before speaking in it: one voice at a time.
        (StaffStep::Write, Agent) if standing.agent == Some(by) => Ok(to(standing)),
        (StaffStep::Requeue, Agent) if is_within_reach => Ok(to(without_agent(standing, Queued))),
        (StaffStep::Return, Agent) if is_within_reach => Ok(to(without_agent(standing, Bot))),
        (StaffStep::Write | StaffStep::Requeue | StaffStep::Return, Bot | Queued | Closed) => {
            Err(RefusedStep::NotWithAgent)
        }
        (StaffStep::Close, _) if is_within_reach => Ok(to(closed(standing))),
        (StaffStep::Reopen { earlier, fresh }, Closed) => Ok(Moved {
            standing: Standing {
                state: Agent,
                open_ticket: earlier.or(Some(fresh)),
                agent: Some(by),
                ..standing
            },
            opened: earlier.is_none().then_some(fresh),
            reopened: earlier,
        }),
        (StaffStep::Reopen { .. }, _) => Err(RefusedStep::NotClosed),
        _ => Err(RefusedStep::HeldByAnother),
    }
}

fn to(standing: Standing) -> Moved {
    Moved {
        standing,
        opened: None,
        reopened: None,
    }
}

fn next_episode(standing: Standing) -> Standing {
    Standing {
        episode: standing.episode + 1,
        ..Standing::OPENED
    }
}

fn without_agent(standing: Standing, state: ConversationState) -> Standing {
    Standing {
        state,
        agent: None,
        ..standing
    }
}

fn closed(standing: Standing) -> Standing {
    Standing {
        open_ticket: None,
        ..without_agent(standing, ConversationState::Closed)
    }
}

/// Queues under the open ticket, or under a fresh one.
fn queue(standing: Standing, fresh: TicketId) -> Moved {
    under_ticket(without_agent(standing, ConversationState::Queued), fresh)
}

/// Gives the conversation to an agent, under the open ticket or a fresh one.
fn hold(standing: Standing, agent: AgentId, fresh: TicketId) -> Moved {
    let held = Standing {
        state: ConversationState::Agent,
        agent: Some(agent),
        ..standing
    };
    under_ticket(held, fresh)
}

fn under_ticket(standing: Standing, fresh: TicketId) -> Moved {
    let opened = standing.open_ticket.is_none().then_some(fresh);
    Moved {
        standing: Standing {
            open_ticket: standing.open_ticket.or(opened),
            ..standing
        },
        opened,
        reopened: None,
    }
}

#[cfg(test)]
mod walks;
