//! Random walks of visitors, staff and repeated requests over a real file keep the invariants of the desk.

use std::collections::{HashMap, HashSet};

use mondo::conversation::{
    Author, ConversationId, ConversationState, EventBody, Exchange, MessageId, StaffStep,
    TicketStatus,
};
use mondo::language::Language;
use mondo::store::{NewEscalation, Store, StoreError};
use proptest::prelude::*;

use crate::{Fixture, answer, escalation, keyed, now, turn};

/// One thing somebody does. A message's number is its key, so that equal numbers are repeated requests.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// A message the bot would answer.
    Asks(u8),
    /// A message the bot would hand over.
    Puzzles(u8),
    /// The visitor asks for a person.
    WantsPerson,
    /// Staff act.
    Staff(StaffStep),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0_u8..8).prop_map(Act::Asks),
        3 => (8_u8..16).prop_map(Act::Puzzles),
        1 => Just(Act::WantsPerson),
        1 => Just(Act::Staff(StaffStep::Claim)),
        1 => Just(Act::Staff(StaffStep::Requeue)),
        1 => Just(Act::Staff(StaffStep::Return)),
        1 => Just(Act::Staff(StaffStep::Close)),
    ];
    proptest::collection::vec(act, 1..30)
}

proptest! {
    // Each walk makes a database, so there are few; the pure state machine is walked thousands of steps.
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

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

async fn walk(acts: &[Act]) -> Result<(), TestCaseError> {
    let fixture = Fixture::new().await;
    let id = fixture.conversation().await;
    let mut first_results: HashMap<u8, Exchange> = HashMap::new();
    for act in acts {
        let before = fixture
            .store
            .reader()
            .conversation(&id)
            .await
            .expect("read")
            .standing;
        match *act {
            Act::Asks(number) | Act::Puzzles(number) => {
                let decision = if matches!(act, Act::Asks(_)) {
                    answer()
                } else {
                    escalation()
                };
                let request = keyed("messages", &format!("key-{number:04}"), "f");
                let exchange = fixture
                    .store
                    .take_turn(turn(id, &format!("질문 {number}"), decision, Some(request)))
                    .await
                    .expect("a visitor is never refused")
                    .value;
                if let Some(first) = first_results.get(&number) {
                    prop_assert_eq!(
                        names(first),
                        names(&exchange),
                        "a retry gives the first result"
                    );
                    continue;
                }
                let bot_was_due = matches!(
                    before.state,
                    ConversationState::Bot | ConversationState::Closed
                );
                prop_assert_eq!(
                    exchange.reply.is_some(),
                    bot_was_due,
                    "exactly one responder"
                );
                first_results.insert(number, exchange);
            }
            Act::WantsPerson => {
                let ticket = wants_person(&fixture.store, id).await;
                if let Some(open) = before.open_ticket {
                    prop_assert_eq!(ticket, open, "no second ticket");
                }
            }
            Act::Staff(step) => match fixture.store.take_staff_step(id, step, now()).await {
                Ok(_) | Err(StoreError::Refused(_)) => {}
                Err(error) => panic!("{error}"),
            },
        }
        check(&fixture.store, id).await?;
    }
    let kept = fixture.store.reader().messages(&id).await.expect("read");
    let asked = kept
        .iter()
        .filter(|message| message.author == Author::Visitor)
        .count();
    prop_assert_eq!(asked, first_results.len(), "no message lost or doubled");
    Ok(())
}

async fn wants_person(store: &Store, id: ConversationId) -> mondo::conversation::TicketId {
    let escalation = NewEscalation {
        conversation: id,
        note: None,
        contact: None,
        fallback: Language::English,
        request: None,
        now: now(),
    };
    store
        .escalate(escalation)
        .await
        .expect("a visitor is never refused")
        .value
        .id
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
    let open = tickets
        .iter()
        .filter(|ticket| matches!(ticket.status, TicketStatus::Open | TicketStatus::Pending));
    let open: Vec<_> = open.map(|ticket| ticket.id).collect();
    prop_assert_eq!(
        &open,
        &conversation
            .standing
            .open_ticket
            .into_iter()
            .collect::<Vec<_>>()
    );

    let events = store.reader().events_after(&id, 0).await.expect("read");
    let sequences: Vec<i64> = events.iter().map(|event| event.sequence).collect();
    prop_assert_eq!(
        sequences,
        (1..=conversation.last_sequence).collect::<Vec<_>>(),
        "no event lost or doubled"
    );
    let told = events.iter().filter_map(|event| match &event.body {
        EventBody::Message(message) => Some(message.id),
        _ => None,
    });
    let told: Vec<MessageId> = told.collect();
    let kept: Vec<MessageId> = store
        .reader()
        .messages(&id)
        .await
        .expect("read")
        .iter()
        .map(|message| message.id)
        .collect();
    prop_assert_eq!(&told, &kept);
    prop_assert_eq!(kept.iter().collect::<HashSet<_>>().len(), kept.len());
    Ok(())
}
