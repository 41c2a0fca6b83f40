//! The same request again: the same answer, one effect.

use futures_util::future::join_all;
use mondo::conversation::{ConversationState, Feedback, Rating};
use mondo::ids::MessageId;
use mondo::language::Language;
use mondo::safety::Words;
use mondo::store::{NewEscalation, NewFeedback, StoreError};

use crate::{Fixture, answer, escalation, keyed, now, turn};

#[tokio::test]
async fn a_message_sent_twenty_times_at_once_is_said_once() {
    let fixture = Fixture::new().await;
    let id = fixture.conversation().await;
    let request = keyed("messages", "key-0001", "f");
    let sent = (0..20).map(|_| {
        fixture.store.take_turn(turn(
            id,
            "출금이 안 돼요",
            escalation(),
            Some(request.clone()),
        ))
    });
    let exchanges: Vec<_> = join_all(sent)
        .await
        .into_iter()
        .map(|sent| sent.expect("taken").value)
        .collect();
    assert!(
        exchanges.iter().all(|exchange| *exchange == exchanges[0]),
        "{exchanges:#?}"
    );
    assert_eq!(exchanges[0].state, ConversationState::Queued);

    let messages = fixture.store.reader().messages(&id).await.expect("read");
    assert_eq!(messages.len(), 3, "question, reply, note: {messages:#?}");
    assert_eq!(
        fixture
            .store
            .reader()
            .tickets(&id)
            .await
            .expect("read")
            .len(),
        1
    );
    let earlier = fixture
        .store
        .reader()
        .visit(&id, Some(&request), 2)
        .await
        .expect("read");
    assert_eq!(earlier.earlier.as_ref(), Some(&exchanges[0]));
    let said: Vec<_> = earlier.recent.iter().map(|said| said.id).collect();
    assert_eq!(
        said,
        [messages[1].id, messages[2].id],
        "the last two, in order"
    );
    let nobody = fixture.conversation().await;
    let visit = fixture.store.reader().visit(&nobody, None, 2);
    let visit = visit.await.expect("read");
    assert_eq!((visit.recent.len(), visit.conversation.id), (0, nobody));
}

#[tokio::test]
async fn a_key_does_not_serve_two_requests() {
    let fixture = Fixture::new().await;
    let id = fixture.conversation().await;
    let first = turn(
        id,
        "출금이 안 돼요",
        answer(),
        Some(keyed("messages", "key-0001", "first")),
    );
    fixture.store.take_turn(first).await.expect("taken");
    let second = turn(
        id,
        "수수료 얼마예요",
        answer(),
        Some(keyed("messages", "key-0001", "second")),
    );
    let error = fixture
        .store
        .take_turn(second)
        .await
        .expect_err("the key is used");
    assert!(matches!(error, StoreError::KeyReused), "{error:?}");
    assert_eq!(
        fixture
            .store
            .reader()
            .messages(&id)
            .await
            .expect("read")
            .len(),
        2
    );
}

#[tokio::test]
async fn people_asked_for_by_many_clicks_come_under_one_ticket() {
    let fixture = Fixture::new().await;
    let id = fixture.conversation().await;
    fixture
        .store
        .take_turn(turn(id, "출금이 안 돼요", answer(), None))
        .await
        .expect("taken");
    let clicks = (0..10).map(|click| {
        let request = (click % 2 == 0).then(|| keyed("escalate", "key-0001", "f"));
        let contact = (click == 9).then(|| Words::from_record("visitor@example.com".to_owned()));
        let escalation = NewEscalation {
            conversation: id,
            note: None,
            contact,
            fallback: Language::English,
            request,
            now: now(),
        };
        fixture.store.escalate(escalation)
    });
    let tickets: Vec<_> = join_all(clicks)
        .await
        .into_iter()
        .map(|click| click.expect("queued").value)
        .collect();
    assert!(
        tickets
            .iter()
            .all(|ticket| ticket.number == tickets[0].number),
        "{tickets:#?}"
    );
    let kept = fixture.store.reader().tickets(&id).await.expect("read");
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].contact.as_deref(), Some("visitor@example.com"));
    assert_eq!(kept[0].summary, "출금이 안 돼요");
    assert_eq!(kept[0].number.to_string(), "M-000001");
}

#[tokio::test]
async fn a_rating_can_change_its_mind_but_not_rate_a_question() {
    let fixture = Fixture::new().await;
    let id = fixture.conversation().await;
    let exchange = fixture
        .store
        .take_turn(turn(id, "출금이 안 돼요", answer(), None))
        .await
        .expect("taken")
        .value;
    let reply = exchange.reply.expect("the bot answers").id;
    let rate = |message: MessageId, rating| {
        let feedback = Feedback {
            rating,
            reason: None,
            comment: None,
        };
        fixture.store.give_feedback(NewFeedback {
            conversation: id,
            message,
            feedback,
            fallback: Language::English,
            request: None,
            now: now(),
        })
    };
    rate(reply, Rating::Helpful).await.expect("rated");
    rate(reply, Rating::NotHelpful).await.expect("rated again");
    let error = rate(exchange.question.id, Rating::Helpful)
        .await
        .expect_err("not a reply");
    assert!(matches!(error, StoreError::NotRateable(_)), "{error:?}");
    let error = rate(MessageId::generate(now()), Rating::Helpful)
        .await
        .expect_err("not there");
    assert!(matches!(error, StoreError::UnknownMessage(_)), "{error:?}");
    let events = fixture
        .store
        .reader()
        .events_after(&id, 2)
        .await
        .expect("read");
    assert_eq!(
        events.len(),
        2,
        "refused ratings leave no event: {events:#?}"
    );
}
