//! Conversations from the first question to the person.

use std::sync::Arc;

use mondo::conversation::{
    Author, BotDecision, ConversationState, DecisionKind, Feedback, NewConversation, Rating,
};
use mondo::desk::{AskContext, DeskError, QueueFilter, QueueView, StaffAct};
use mondo::ids::ConversationId;
use mondo::language::Language;
use mondo::locale::Locale;
use mondo::pipeline::{EscalationReason, Routing, RoutingAction};
use mondo::schedule::Priority;
use mondo::staff::{Level, Role};

use crate::world::{World, key, now, question};

#[tokio::test]
async fn a_question_is_answered_in_its_language_and_the_language_is_remembered() {
    let world = World::sure().await;
    let visitor = world.visitor(Language::English).await;
    let exchange = visitor.asks("출금이 안 돼요").await;
    let reply = exchange.reply.expect("the bot answers");
    assert_eq!(
        (reply.author, reply.language),
        (Author::Bot, Some(Language::Korean))
    );
    assert!(
        reply.text.starts_with("출금은 네트워크 확인을 기다립니다."),
        "{}",
        reply.text
    );
    assert_eq!(
        (exchange.state, exchange.ticket),
        (ConversationState::Bot, None)
    );
    let view = world
        .desk
        .visitors
        .conversation(&visitor.id)
        .await
        .expect("there");
    assert_eq!(view.conversation.language, Some(Language::Korean));
    assert_eq!(view.messages.len(), 2);
}

#[tokio::test]
async fn not_knowing_offers_a_person_and_the_visitors_yes_brings_one() {
    let world = World::unsure().await;
    let visitor = world.visitor(Language::Japanese).await;
    let first = visitor
        .asks("出金が完了しません。どうすればいいですか")
        .await;
    assert_eq!(first.state, ConversationState::Bot, "nobody is imposed");
    assert_eq!((first.ticket, first.notes), (None, Vec::new()));
    let reply = first.reply.and_then(|message| message.reply);
    let reason = reply.and_then(|reply| reply.person_reason());
    assert_eq!(reason, Some(EscalationReason::LowConfidence));

    let second = visitor.asks("はい").await;
    assert_eq!(second.state, ConversationState::Queued);
    let ticket = second.ticket.expect("the visitor agreed");
    assert_eq!(ticket.summary, "出金が完了しません。どうすればいいですか");
    assert_eq!(
        (ticket.language, ticket.reason),
        (Language::Japanese, EscalationReason::PersonRequested)
    );
    assert!(
        second.notes[0].text.contains("M-000001"),
        "{}",
        second.notes[0].text
    );

    let third = visitor.asks("急いでいます").await;
    assert_eq!(third.reply, None, "a person is responsible");
    assert_eq!(third.notes[0].author, Author::System);
    assert_eq!(third.ticket.map(|ticket| ticket.id), Some(ticket.id));
    let fourth = visitor.asks("まだですか").await;
    assert!(fourth.notes.is_empty(), "the same word once is enough");
}

#[tokio::test]
async fn beside_the_queue_the_bot_says_what_it_is_sure_of() {
    let world = World::sure().await;
    let visitor = world.visitor(Language::English).await;
    visitor.wants_person(None).await;
    let exchange = visitor.asks("Where is my deposit?").await;
    assert_eq!(exchange.state, ConversationState::Queued);
    let reply = exchange.reply.and_then(|message| message.reply);
    let reply = reply.expect("answered while it waits");
    assert_eq!(reply.decision.kind(), DecisionKind::Answer);

    let agent = world.agent("sora@example.com", Role::Agent).await;
    let claim = world
        .desk
        .workplace
        .act(&agent, &visitor.id, StaffAct::Claim, None, now());
    claim.await.expect("applies");
    let exchange = visitor.asks("Where is my deposit?").await;
    assert_eq!(exchange.reply, None, "nobody else speaks beside an agent");
}

#[tokio::test]
async fn a_waiting_ticket_rises_with_what_is_said_and_never_falls() {
    let world = World::unsure().await;
    let visitor = world.visitor(Language::English).await;
    let opened = visitor.wants_person(None).await;
    assert_ne!(opened.priority, Priority::Urgent);
    for (said, place) in [
        ("I was scammed, they took all my money", "a report"),
        ("thank you", "courtesy"),
    ] {
        let ticket = visitor.asks(said).await.ticket.expect("still open");
        assert_eq!(ticket.id, opened.id);
        assert_eq!(
            (ticket.priority, ticket.level, ticket.reason),
            (Priority::Urgent, Level::L3, EscalationReason::FraudReport),
            "{place}"
        );
    }
}

#[tokio::test]
async fn the_bot_hands_over_once_and_offers_a_person_afterwards() {
    let world = World::unsure().await;
    let visitor = world.visitor(Language::English).await;
    let first = visitor.asks("I was scammed by someone").await;
    assert_eq!(first.state, ConversationState::Queued, "policy demands it");
    let agent = world.agent("sora@example.com", Role::Agent).await;
    for act in [StaffAct::Claim, StaffAct::Return] {
        world
            .desk
            .workplace
            .act(&agent, &visitor.id, act, None, now())
            .await
            .expect("applies");
    }
    let again = visitor.asks("I was scammed by someone else").await;
    assert_eq!(again.state, ConversationState::Bot);
    let reply = again
        .reply
        .and_then(|message| message.reply)
        .expect("the bot answers");
    assert_eq!(reply.decision.kind(), DecisionKind::Escalate);
    assert!(again.notes.is_empty());

    let ticket = visitor.wants_person(Some("nobody called")).await;
    assert_eq!(
        (ticket.number.0, ticket.note.as_deref()),
        (1, Some("nobody called")),
        "the ticket is still open"
    );
}

#[tokio::test]
async fn a_closed_conversation_begins_a_new_episode() {
    let world = World::unsure().await;
    let visitor = world.visitor(Language::English).await;
    visitor.asks("I was scammed by someone").await;
    let agent = world.agent("sora@example.com", Role::Agent).await;
    world
        .desk
        .workplace
        .act(&agent, &visitor.id, StaffAct::Close, None, now())
        .await
        .expect("applies");
    let later = visitor.asks("I was scammed by someone else").await;
    let ticket = later.ticket.expect("a new episode may escalate again");
    assert_eq!(
        (ticket.number.0, ticket.summary.as_str()),
        (2, "I was scammed by someone else")
    );
}

#[tokio::test]
async fn an_option_chosen_is_the_answer_given() {
    let world = World::asking_back().await;
    let visitor = world.visitor(Language::Chinese).await;
    let exchange = visitor.asks("充值提现没到账").await;
    let reply = exchange
        .reply
        .and_then(|message| message.reply)
        .expect("the bot asks back");
    let BotDecision::Clarify { options } = reply.decision else {
        panic!("{:?}", reply.decision)
    };
    assert!((2..=4).contains(&options.len()), "{options:?}");

    let chosen = visitor.chooses("deposit-missing").await.expect("on offer");
    assert_eq!(chosen.question.text, "充值没有到账怎么办？");
    let message = chosen.reply.expect("given");
    assert_eq!(message.text, "网络确认后充值会显示。");
    let record = world
        .desk
        .visitors
        .explain(&message.reply.expect("in parts").answer)
        .await
        .expect("recorded");
    assert_eq!(record.conversation, Some(visitor.id));

    let error = visitor
        .chooses("no-such-article")
        .await
        .expect_err("never existed");
    assert!(matches!(error, DeskError::UnknownArticle(_)), "{error:?}");
}

#[tokio::test]
async fn an_option_chosen_goes_the_way_the_operator_wants() {
    let routing = Routing {
        regulated: RoutingAction::Escalate,
        ..Routing::default()
    };
    let world = World::with_routing(routing).await;
    let visitor = world.visitor(Language::English).await;
    let exchange = visitor.chooses("tax-advice").await.expect("it exists");
    let ticket = exchange.ticket.expect("a person answers instead");
    assert_eq!(ticket.reason, EscalationReason::Regulated);
}

#[tokio::test]
async fn a_strict_article_is_not_given_in_another_language() {
    let world = World::sure().await;
    let visitor = world.visitor(Language::Korean).await;
    let exchange = visitor.chooses("tax-advice").await.expect("it exists");
    let ticket = exchange.ticket.expect("a person answers instead");
    assert_eq!(
        (ticket.reason, ticket.language),
        (EscalationReason::LanguageMissing, Language::Korean)
    );
}

#[tokio::test]
async fn the_reason_a_person_was_offered_goes_with_the_ticket() {
    let world = World::sure().await;
    let visitor = world.visitor(Language::English).await;
    visitor.asks("Why is my withdrawal pending?").await;
    let ticket = visitor.wants_person(Some("  it has been two days  ")).await;
    assert_eq!(ticket.reason, EscalationReason::PersonalCase);
    assert_eq!(ticket.note.as_deref(), Some("it has been two days"));
    let subject = ticket.subject.expect("the article's");
    assert_eq!(
        (subject.category.as_str(), subject.collect),
        ("money", vec!["txid".to_owned()])
    );
}

#[tokio::test]
async fn a_person_can_be_asked_for_before_any_question() {
    let world = World::sure().await;
    let visitor = world.visitor(Language::Korean).await;
    let ticket = visitor.wants_person(None).await;
    assert_eq!(
        (ticket.reason, ticket.language),
        (EscalationReason::PersonRequested, Language::Korean)
    );
    let view = world
        .desk
        .visitors
        .conversation(&visitor.id)
        .await
        .expect("there");
    assert_eq!(view.ticket.map(|kept| kept.id), Some(ticket.id));
    assert!(view.messages[0].text.contains("M-000001"));
}

#[tokio::test]
async fn requests_repeated_after_a_restart_change_nothing() {
    let world = World::unsure().await;
    let new = || NewConversation {
        page: Some(Locale::English),
        ..NewConversation::default()
    };
    let opened = world
        .desk
        .visitors
        .open_conversation(new(), key("open-0001"), now())
        .await
        .expect("opened");
    let mut visitor = world.visitor(Language::English).await;
    let first = visitor
        .asks_with_key("Where is my deposit?", key("message-1"))
        .await
        .expect("taken");

    let id = visitor.id;
    drop(visitor);
    let world = world.restarted().await;
    let again = world
        .desk
        .visitors
        .open_conversation(new(), key("open-0001"), now())
        .await
        .expect("known");
    assert_eq!(again, opened);
    visitor = world.visitor(Language::English).await;
    visitor.id = id;
    let second = visitor
        .asks_with_key("Where is my deposit?", key("message-1"))
        .await
        .expect("known");
    assert_eq!(second, first);
    let error = visitor
        .asks_with_key("Why is my withdrawal pending?", key("message-1"))
        .await
        .expect_err("other text");
    assert!(matches!(error, DeskError::KeyReused), "{error:?}");
}

#[tokio::test]
async fn only_replies_of_known_conversations_are_rated() {
    let world = World::sure().await;
    let visitor = world.visitor(Language::English).await;
    let exchange = visitor.asks("Where is my deposit?").await;
    let reply = exchange.reply.expect("the bot answers").id;
    let rate = |id, message| {
        let feedback = Feedback {
            rating: Rating::NotHelpful,
            reason: None,
            comment: Some(question("too short")),
        };
        let desk = &world.desk;
        async move {
            desk.visitors
                .give_feedback(&id, message, feedback, None, now())
                .await
        }
    };
    rate(visitor.id, reply).await.expect("rated");
    let error = rate(visitor.id, exchange.question.id)
        .await
        .expect_err("a question");
    assert!(matches!(error, DeskError::NotRateable(_)), "{error:?}");
    let error = rate(ConversationId::generate(now()), reply)
        .await
        .expect_err("elsewhere");
    assert!(
        matches!(error, DeskError::UnknownConversation(_)),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_queue_is_read_once_and_is_never_old() {
    let world = World::sure().await;
    let filter = QueueFilter::default();
    let queue = || world.desk.workplace.queue(&filter, now());
    assert!(queue().await.expect("read").entries.is_empty());
    let visitor = world.visitor(Language::Korean).await;
    visitor.wants_person(Some("환불")).await;
    let first = queue().await.expect("read");
    assert_eq!((first.entries.len(), first.tally.counts.queued), (1, 1));
    let again = queue().await.expect("read");
    assert!(Arc::ptr_eq(&first, &again), "nothing changed in between");

    let agent = world.agent("sora@example.com", Role::Agent).await;
    let claim = world
        .desk
        .workplace
        .act(&agent, &visitor.id, StaffAct::Claim, None, now());
    claim.await.expect("applies");
    let taken = queue().await.expect("read");
    assert_eq!(taken.entries[0].state, ConversationState::Agent);
}

#[tokio::test]
async fn what_the_bot_settled_a_day_ago_is_no_longer_with_it() {
    let world = World::sure().await;
    let first = world.visitor(Language::Korean).await;
    let second = world.visitor(Language::English).await;
    let filter = QueueFilter {
        state: Some(ConversationState::Bot),
        ..QueueFilter::default()
    };
    let queue = async |moment| {
        let view = world.desk.workplace.queue(&filter, moment).await;
        view.expect("read")
    };
    let ids = |view: &QueueView| {
        let entries = view.entries.iter();
        entries.map(|entry| entry.conversation).collect::<Vec<_>>()
    };
    assert_eq!(queue(now()).await.tally.counts.bot, 2);
    let later = now().later_by(60_000);
    let said = question("출금은 어떻게 하나요?");
    let visitors = &world.desk.visitors;
    let posted = visitors.post_message(&first.id, said, AskContext::default(), None, later);
    posted.await.expect("taken");
    let view = queue(later).await;
    assert_eq!(ids(&view), [first.id, second.id], "the newest first");
    // Nothing changed since, and yet the second has gone silent.
    let view = queue(now().later_by(30_000).a_day_later()).await;
    assert_eq!((ids(&view), view.tally.counts.bot), (vec![first.id], 1));
}
