//! The desk as visitors live it, on a real file with a small knowledge base of its own.

#[path = "../database/mod.rs"]
mod database;

mod conversations;
mod live;
mod world;

use std::sync::Arc;

use futures_util::future::join_all;
use mondo::conversation::{BotDecision, DecisionKind};
use mondo::desk::{AskContext, DeskError, named_evidence};
use mondo::ids::AnswerId;
use mondo::language::Language;
use serde_json::json;

use world::{World, now, question, snapshot};

#[tokio::test]
async fn of_many_answers_at_once_every_one_is_recorded_and_read_at_once() {
    let world = World::sure().await;
    let asks = (0..60).map(async |number: usize| {
        let text = question(&format!("출금은 어떻게 하나요? {number}"));
        let visitors = &world.desk.visitors;
        let reply = visitors.ask(text, AskContext::default(), now()).await;
        let id = reply.expect("answered").id;
        // It may wait for company, but whoever asks for it reads it.
        let record = visitors.explain(&id).await.expect("recorded");
        record.question
    });
    let mut recorded = join_all(asks).await;
    recorded.sort();
    recorded.dedup();
    assert_eq!(recorded.len(), 60);
    assert_eq!(
        world
            .desk
            .visitors
            .keep_waiting_records()
            .await
            .expect("kept"),
        0
    );
}

#[tokio::test]
async fn what_was_asked_before_is_decided_once_and_recorded_each_time() {
    let (world, engine) = World::with_engine().await;
    let ask = async |text: &str, context: AskContext| {
        let visitors = &world.desk.visitors;
        let reply = visitors.ask(question(text), context, now()).await;
        reply.expect("answered")
    };
    let usual = AskContext::default;
    let first = ask("提现一直没到账", usual()).await;
    let again = ask("提现一直没到账", usual()).await;
    assert!(Arc::ptr_eq(&first.outcome, &again.outcome));
    assert_ne!(first.id, again.id);
    for id in [first.id, again.id] {
        let record = world.desk.visitors.explain(&id).await;
        assert_eq!(record.expect("recorded").question, "提现一直没到账");
    }
    // Whatever the outcome may depend on is part of the question.
    let chosen = AskContext {
        forced: Some(Language::Korean),
        ..usual()
    };
    for other in [
        ask("提现一直没到账 ", chosen).await,
        ask("提现一直没到账？", usual()).await,
    ] {
        assert!(!Arc::ptr_eq(&first.outcome, &other.outcome));
    }
    // Another edition of the knowledge is asked anew.
    engine
        .replace_snapshot(snapshot())
        .expect("nothing is encoded twice");
    let later = ask("提现一直没到账", usual()).await;
    assert!(!Arc::ptr_eq(&first.outcome, &later.outcome));
}

#[tokio::test]
async fn an_answer_is_recorded_with_what_it_was_drawn_from() {
    let world = World::sure().await;
    let reply = world
        .desk
        .visitors
        .ask(question("提现一直没到账"), AskContext::default(), now())
        .await
        .expect("answered");
    let BotDecision::Answer { answer, .. } = &reply.reply.decision else {
        panic!("not an answer: {:?}", reply.reply.decision)
    };
    assert_eq!(
        (answer.article.as_str(), answer.language),
        ("withdrawal-pending", Language::Chinese)
    );

    let record = world
        .desk
        .visitors
        .explain(&reply.id)
        .await
        .expect("recorded");
    assert_eq!(
        (record.decision, record.question.as_str()),
        (DecisionKind::Answer, "提现一直没到账")
    );
    assert_eq!(
        record.article.as_ref().map(|article| article.as_str()),
        Some("withdrawal-pending")
    );
    let outcome = record.outcome.json().expect("read");
    let candidates = outcome["candidates"].as_array().expect("a list");
    assert_eq!(candidates[0]["article"], "withdrawal-pending");
    let evidence = named_evidence(&outcome, &candidates[0]);
    let recorded = candidates[0]["evidence"].as_array().expect("a list");
    assert_eq!(evidence.len(), recorded.len());
    assert_eq!(evidence[0].0, "similarity");
    // What another build has recorded is not read by the names of this one.
    let mut older = outcome.clone();
    older["numbers"] = json!("00000000");
    let unnamed = named_evidence(&older, &candidates[0]);
    assert_eq!(unnamed.len(), recorded.len());
    assert_eq!(unnamed[0], ("number 1".to_owned(), evidence[0].1));
}

#[tokio::test]
async fn an_unknown_answer_cannot_be_explained() {
    let world = World::sure().await;
    let id = AnswerId::generate(now());
    let error = world
        .desk
        .visitors
        .explain(&id)
        .await
        .expect_err("never given");
    assert!(
        matches!(error, DeskError::UnknownAnswer(unknown) if unknown == id),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_head_of_the_record_lies_in_the_data_folder_wherever_the_database_is() {
    let world = World::sure().await;
    let visitor = world.visitor(Language::Chinese).await;
    visitor.asks("提现一直没到账").await;
    assert!(world.signs_the_record().await.is_file());
}
