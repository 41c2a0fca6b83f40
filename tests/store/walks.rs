//! Random walks of visitors, agents, timers, repeated requests and restarts over a real file keep the invariants of the
//! desk: one responder, no silent handoff, one automatic escalation an episode, no second ticket, nothing lost or doubled.

use std::collections::{HashMap, HashSet};

use mondo::conversation::{
    Author, Conversation, ConversationState, EventBody, Exchange, Message, Speaker, TicketStatus,
};
use mondo::ids::{AgentId, ConversationId, MessageId, TicketId};
use mondo::language::Language;
use mondo::safety::Words;
use mondo::staff::Reach;
use mondo::staff::{NewAgent, PasswordHash, Role};
use mondo::store::{NewEscalation, NewStaffAct, StaffAct, StaffOutcome, Store, StoreError, Timers};
use mondo::time::Timestamp;
use proptest::prelude::*;

use crate::{Fixture, answer, escalation, keyed, now, turn};

/// One thing that happens. A message's number is its key, so that equal numbers are repeated requests.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// A message the bot would answer.
    Asks(u8),
    /// A message the bot would hand over.
    Puzzles(u8),
    /// The visitor asks for a person.
    WantsPerson,
    /// An agent acts; equal keys of one agent are repeated requests.
    Staff { agent: usize, does: Does, key: u8 },
    /// Minutes pass, and the timers run twice.
    TimePasses(i64),
    /// The program ends and starts again.
    Restarts,
}

#[derive(Debug, Clone, Copy)]
enum Does {
    Claim,
    GiveTo(usize),
    Say,
    Requeue,
    Return,
    Close,
    Reopen,
}

/// Two agents and a lead.
const LEAD: usize = 2;

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let does = prop_oneof![
        4 => Just(Does::Claim),
        1 => (0_usize..3).prop_map(Does::GiveTo),
        4 => Just(Does::Say),
        1 => Just(Does::Requeue),
        1 => Just(Does::Return),
        1 => Just(Does::Close),
        1 => Just(Does::Reopen),
    ];
    let act = prop_oneof![
        4 => (0_u8..8).prop_map(Act::Asks),
        3 => (8_u8..16).prop_map(Act::Puzzles),
        1 => Just(Act::WantsPerson),
        8 => (0_usize..3, does, 0_u8..24).prop_map(|(agent, does, key)| Act::Staff { agent, does, key }),
        2 => (1_i64..12).prop_map(Act::TimePasses),
        1 => Just(Act::Restarts),
    ];
    proptest::collection::vec(act, 1..40)
}

proptest! {
    // Each walk makes a database, so there are few; the pure state machine is walked thousands of times.
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_walk_keeps_the_invariants(acts in acts()) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime can be made");
        runtime.block_on(walk(&acts))?;
    }
}

const TIMERS: Timers = Timers {
    agent_away_ms: 5 * 60_000,
    visitor_gone_ms: 8 * 60_000,
};

struct Walk {
    fixture: Fixture,
    id: ConversationId,
    agents: Vec<Speaker>,
    now: Timestamp,
    asked: HashMap<u8, Exchange>,
    acted: HashMap<(usize, u8), StaffOutcome>,
    said: usize,
    /// Automatic escalations by episode.
    automatic: HashMap<i64, usize>,
}

async fn walk(acts: &[Act]) -> Result<(), TestCaseError> {
    let fixture = Fixture::new().await;
    let id = fixture.conversation().await;
    let mut agents = Vec::new();
    for number in 0..3 {
        agents.push(hire(&fixture.store, number).await);
    }
    let mut walk = Walk {
        fixture,
        id,
        agents,
        now: now(),
        asked: HashMap::new(),
        acted: HashMap::new(),
        said: 0,
        automatic: HashMap::new(),
    };
    for act in acts {
        let before = walk.conversation().await;
        let told = walk.messages().await.len();
        walk.live(*act, &before).await?;
        let after = walk.conversation().await;
        let news = walk.messages().await.split_off(told);
        check_handoff(&before, &after, &news)?;
        check(&walk.fixture.store, id).await?;
    }
    let kept = walk.messages().await;
    let by = |author| {
        kept.iter()
            .filter(|message| message.author == author)
            .count()
    };
    prop_assert_eq!(
        by(Author::Visitor),
        walk.asked.len(),
        "no question lost or doubled"
    );
    prop_assert_eq!(by(Author::Agent), walk.said, "no reply lost or doubled");
    for (episode, count) in walk.automatic {
        prop_assert!(
            count <= 1,
            "episode {episode} was escalated {count} times by the bot"
        );
    }
    Ok(())
}

async fn hire(store: &Store, number: usize) -> Speaker {
    let role = if number == LEAD {
        Role::Lead
    } else {
        Role::Agent
    };
    let new = NewAgent::new(
        &format!("agent{number}@example.com"),
        &format!("Agent {number}"),
        role,
    )
    .expect("fits");
    let hash = PasswordHash::stored("nobody signs in here".to_owned());
    let agent = store
        .add_agent(new, hash, "operator".to_owned(), now())
        .await
        .expect("added");
    Speaker {
        agent: agent.id,
        name: agent.name,
    }
}

impl Walk {
    async fn conversation(&self) -> Conversation {
        let reader = self.fixture.store.reader();
        reader.conversation(&self.id).await.expect("read")
    }

    async fn messages(&self) -> Vec<Message> {
        let reader = self.fixture.store.reader();
        reader.messages(&self.id).await.expect("read")
    }

    async fn live(&mut self, act: Act, before: &Conversation) -> Result<(), TestCaseError> {
        match act {
            Act::Asks(number) => self.asks(number, before).await,
            Act::Puzzles(number) => self.asks(number, before).await,
            Act::WantsPerson => {
                let ticket = self.wants_person().await;
                if let Some(open) = before.standing.open_ticket {
                    prop_assert_eq!(ticket, open, "no second ticket");
                }
                Ok(())
            }
            Act::Staff { agent, does, key } => self.staff(agent, does, key, before).await,
            Act::TimePasses(minutes) => self.time_passes(minutes).await,
            Act::Restarts => {
                let path = self.fixture.folder.path();
                let reopened = Store::open(path, self.now).await.expect("opens again");
                self.fixture.store = reopened;
                Ok(())
            }
        }
    }

    async fn asks(&mut self, number: u8, before: &Conversation) -> Result<(), TestCaseError> {
        let decision = if number < 8 { answer() } else { escalation() };
        let request = keyed("messages", &format!("key-{number:04}"), "f");
        let mut turn = turn(self.id, &format!("질문 {number}"), decision, Some(request));
        turn.now = self.now;
        let exchange = self
            .fixture
            .store
            .take_turn(turn)
            .await
            .expect("a visitor is never refused")
            .value;
        if let Some(first) = self.asked.get(&number) {
            prop_assert_eq!(
                names(first),
                names(&exchange),
                "a retry gives the first result"
            );
            return Ok(());
        }
        let bot_was_due = matches!(
            before.standing.state,
            ConversationState::Bot | ConversationState::Closed
        );
        let waited = before.standing.state == ConversationState::Queued;
        let is_answer = number < 8;
        prop_assert_eq!(
            exchange.reply.is_some(),
            bot_was_due || waited && is_answer,
            "one responder; beside the queue the bot says what it is sure of, and never beside an agent"
        );
        if bot_was_due && exchange.state == ConversationState::Queued {
            let episode = self.conversation().await.standing.episode;
            *self.automatic.entry(episode).or_default() += 1;
        }
        self.asked.insert(number, exchange);
        Ok(())
    }

    async fn wants_person(&self) -> TicketId {
        let escalation = NewEscalation {
            conversation: self.id,
            note: None,
            contact: None,
            fallback: Language::English,
            request: None,
            now: self.now,
        };
        let written = self.fixture.store.escalate(escalation).await;
        written.expect("a visitor is never refused").value.id
    }

    async fn staff(
        &mut self,
        number: usize,
        does: Does,
        key: u8,
        before: &Conversation,
    ) -> Result<(), TestCaseError> {
        let by = self.agents[number].clone();
        let act = match does {
            Does::Claim => StaffAct::Claim,
            Does::GiveTo(to) => StaffAct::Assign(self.agents[to].clone()),
            Does::Say => StaffAct::Say {
                text: Some(Words::from_record(format!("답변 {key}"))),
                language: Some(Language::Korean),
                files: vec![],
                used: None,
            },
            Does::Requeue => StaffAct::Requeue,
            Does::Return => StaffAct::Return,
            Does::Close => StaffAct::Close,
            Does::Reopen => StaffAct::Reopen,
        };
        let request = keyed(
            &format!("staff:{number}"),
            &format!("staff-{key:04}"),
            act.code(),
        );
        let result = self
            .fixture
            .store
            .act(NewStaffAct {
                conversation: self.id,
                by: by.clone(),
                reach: if number == LEAD {
                    Reach::All
                } else {
                    Reach::Own
                },
                act: act.clone(),
                fallback: Language::English,
                request: Some(request),
                now: self.now,
            })
            .await;
        let outcome = match result {
            Ok(written) => written.value,
            // The key belongs to another act, or the conversation has moved on: both change nothing.
            Err(StoreError::KeyReused | StoreError::Refused(_)) => return Ok(()),
            Err(error) => panic!("{error}"),
        };
        if let Some(first) = self.acted.get(&(number, key)) {
            prop_assert_eq!(&first.said, &outcome.said, "a retry gives the first result");
            return Ok(());
        }
        if let StaffAct::Say { .. } = act {
            prop_assert_eq!(
                before.standing.agent,
                Some(by.agent),
                "only the responder speaks"
            );
            self.said += 1;
        }
        self.acted.insert((number, key), outcome);
        Ok(())
    }

    async fn time_passes(&mut self, minutes: i64) -> Result<(), TestCaseError> {
        self.now = self.now.later_by(minutes * 60_000);
        let store = &self.fixture.store;
        let run = || store.run_timers(TIMERS, Language::English, self.now);
        run().await.expect("runs");
        let again = run().await.expect("runs");
        prop_assert!(again.is_empty(), "a timer fires once");
        let conversation = self.conversation().await;
        if conversation.standing.state == ConversationState::Agent {
            // What the visitor waited before somebody took over is not this agent's.
            let since = conversation.waiting_since.max(conversation.held_since);
            let since = conversation.waiting_since.and(since);
            let waited = since.map_or(0, |since| self.now.millis_since(since));
            prop_assert!(
                waited < TIMERS.agent_away_ms,
                "nobody waits for an absent agent"
            );
        }
        Ok(())
    }
}

/// Whenever another one answers from now on, the visitor is told so.
fn check_handoff(
    before: &Conversation,
    after: &Conversation,
    news: &[Message],
) -> Result<(), TestCaseError> {
    let responder = |conversation: &Conversation| -> (ConversationState, Option<AgentId>) {
        (conversation.standing.state, conversation.standing.agent)
    };
    // A visitor who writes again after the end is answered by the bot, and sees it answer.
    let began_anew = before.standing.state == ConversationState::Closed
        && after.standing.state == ConversationState::Bot;
    if responder(before) != responder(after) && !began_anew {
        prop_assert!(
            news.iter().any(|message| message.author == Author::System),
            "a silent handoff from {:?} to {:?}",
            responder(before),
            responder(after)
        );
    }
    let waits = after.standing.state == ConversationState::Queued;
    prop_assert!(
        !waits || after.waiting_since.is_some(),
        "whoever is queued waits"
    );
    Ok(())
}

fn names(exchange: &Exchange) -> (MessageId, Option<MessageId>, Vec<MessageId>) {
    (
        exchange.question.id,
        exchange.reply.as_ref().map(|message| message.id),
        exchange.notes.iter().map(|message| message.id).collect(),
    )
}

async fn check(store: &Store, id: ConversationId) -> Result<(), TestCaseError> {
    let conversation = store.reader().conversation(&id).await.expect("read");
    let tickets = store.reader().tickets(&id).await.expect("read");
    let open: Vec<TicketId> = tickets
        .iter()
        .filter(|ticket| matches!(ticket.status, TicketStatus::Open | TicketStatus::Pending))
        .map(|ticket| ticket.id)
        .collect();
    let expected: Vec<TicketId> = conversation.standing.open_ticket.into_iter().collect();
    prop_assert_eq!(&open, &expected);

    let events = store.reader().events_after(&id, 0).await.expect("read");
    let sequences: Vec<i64> = events.iter().map(|event| event.sequence).collect();
    prop_assert_eq!(
        sequences,
        (1..=conversation.last_sequence).collect::<Vec<_>>(),
        "no event lost or doubled"
    );
    let told: Vec<MessageId> = events
        .iter()
        .filter_map(|event| match &event.body {
            EventBody::Message(message) => Some(message.id),
            _ => None,
        })
        .collect();
    let kept = store.reader().messages(&id).await.expect("read");
    let kept: Vec<MessageId> = kept.iter().map(|message| message.id).collect();
    prop_assert_eq!(&told, &kept);
    prop_assert_eq!(kept.iter().collect::<HashSet<_>>().len(), kept.len());
    Ok(())
}
