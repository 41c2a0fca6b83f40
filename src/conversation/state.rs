//! Who answers: a pure transition function over the states of a conversation.
//!
//! Invariants: exactly one responder at any time; at most one automatic escalation an episode; a queue place or an
//! agent always comes with an open ticket, and an episode has at most one of those.

use std::str::FromStr;

use serde::Serialize;

use super::{TicketId, UnknownCode};

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
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
    /// Gives the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        match self {
            ConversationState::Bot => "bot",
            ConversationState::Queued => "queued",
            ConversationState::Agent => "agent",
            ConversationState::Closed => "closed",
        }
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

impl FromStr for ConversationState {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        [Self::Bot, Self::Queued, Self::Agent, Self::Closed]
            .into_iter()
            .find(|state| state.code() == code)
            .ok_or_else(|| UnknownCode {
                what: "conversation state",
                code: code.to_owned(),
            })
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
}

impl Standing {
    /// A conversation that was just opened.
    pub const OPENED: Standing = Standing {
        state: ConversationState::Bot,
        episode: 1,
        escalation: AutomaticEscalation::Unused,
        open_ticket: None,
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
    /// Staff act.
    Staff(StaffStep),
}

/// Something that staff do to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffStep {
    /// An agent takes it from the queue.
    Claim,
    /// The agent puts it back into the queue.
    Requeue,
    /// The agent lets the bot go on; the ticket stays open.
    Return,
    /// The matter is settled, and its ticket with it.
    Close,
}

/// What a step leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The standing afterwards.
    pub standing: Standing,
    /// The ticket that is to be created, when one is.
    pub opened: Option<TicketId>,
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
    /// No conversation waits in the queue.
    #[error("the conversation is not in the queue; reload it to see who answers it")]
    NotQueued,
    /// No agent holds the conversation.
    #[error("no agent holds the conversation; claim it first")]
    NotWithAgent,
    /// Closed before.
    #[error("the conversation is closed; the visitor's next message opens it again")]
    AlreadyClosed,
}

/// Applies a step.
pub fn step(standing: Standing, step: Step) -> Result<Moved, RefusedStep> {
    use ConversationState::{Agent, Bot, Closed, Queued};
    let to = |state| Moved {
        standing: Standing { state, ..standing },
        opened: None,
    };
    match (step, standing.state) {
        (Step::VisitorWrites, Closed) => Ok(Moved {
            standing: next_episode(standing),
            opened: None,
        }),
        (Step::VisitorWrites, state) => Ok(to(state)),

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
        (Step::VisitorEscalates { .. }, state) => Ok(to(state)),

        (Step::Staff(StaffStep::Claim), Queued) => Ok(to(Agent)),
        (Step::Staff(StaffStep::Claim), _) => Err(RefusedStep::NotQueued),
        (Step::Staff(StaffStep::Requeue), Agent) => Ok(to(Queued)),
        (Step::Staff(StaffStep::Return), Agent) => Ok(to(Bot)),
        (Step::Staff(StaffStep::Requeue | StaffStep::Return), _) => Err(RefusedStep::NotWithAgent),
        (Step::Staff(StaffStep::Close), Closed) => Err(RefusedStep::AlreadyClosed),
        (Step::Staff(StaffStep::Close), _) => Ok(Moved {
            standing: Standing {
                state: Closed,
                open_ticket: None,
                ..standing
            },
            opened: None,
        }),
    }
}

fn next_episode(standing: Standing) -> Standing {
    Standing {
        episode: standing.episode + 1,
        ..Standing::OPENED
    }
}

/// Queues under the open ticket, or under a fresh one.
fn queue(standing: Standing, fresh: TicketId) -> Moved {
    let opened = standing.open_ticket.is_none().then_some(fresh);
    Moved {
        standing: Standing {
            state: ConversationState::Queued,
            open_ticket: standing.open_ticket.or(opened),
            ..standing
        },
        opened,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::conversation::Timestamp;

    fn fresh() -> TicketId {
        TicketId::generate(Timestamp::from_millis(0))
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let any_step = prop_oneof![
            Just(Step::VisitorWrites),
            Just(()).prop_map(|()| Step::BotEscalates { fresh: fresh() }),
            Just(()).prop_map(|()| Step::VisitorEscalates { fresh: fresh() }),
            Just(Step::Staff(StaffStep::Claim)),
            Just(Step::Staff(StaffStep::Requeue)),
            Just(Step::Staff(StaffStep::Return)),
            Just(Step::Staff(StaffStep::Close)),
        ];
        proptest::collection::vec(any_step, 0..40)
    }

    proptest! {
        #[test]
        fn every_walk_keeps_the_invariants(steps in steps()) {
            let mut standing = Standing::OPENED;
            let mut automatic_in_episode = 0;
            for next in steps {
                let before = standing;
                let Ok(moved) = step(standing, next) else {
                    prop_assert_ne!(next, Step::VisitorWrites, "a visitor is never refused");
                    continue;
                };
                standing = moved.standing;
                if standing.episode != before.episode {
                    prop_assert_eq!((before.state, standing.episode), (ConversationState::Closed, before.episode + 1));
                    automatic_in_episode = 0;
                }
                if matches!(next, Step::BotEscalates { .. }) {
                    prop_assert_eq!(before.state, ConversationState::Bot, "only the responder acts");
                    automatic_in_episode += 1;
                }
                prop_assert!(automatic_in_episode <= 1);
                if moved.opened.is_some() {
                    let had_one = before.episode == standing.episode && before.open_ticket.is_some();
                    prop_assert!(!had_one, "two open tickets in an episode");
                    prop_assert_eq!(moved.opened, standing.open_ticket);
                }
                let waits_for_person = standing.state.responder() == Responder::Person;
                prop_assert!(!waits_for_person || standing.open_ticket.is_some());
                prop_assert!(standing.state != ConversationState::Closed || standing.open_ticket.is_none());
            }
        }
    }
}
