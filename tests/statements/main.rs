//! How many statements the database is sent for what visitors do: each is a round trip once the database is elsewhere.
//!
//! Counted at the driver, through the front door of the API, reads by the doors included. What begins and ends a
//! transaction or a savepoint (BEGIN, SAVEPOINT, RELEASE, COMMIT) is counted apart: changes that wait together share it.
//!
//! `cargo test --test statements -- --nocapture` prints the counts and the statements.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(
    dead_code,
    reason = "the visitors of the API's tests can do more than is counted here"
)]
#[path = "../api/actors.rs"]
mod actors;
#[expect(
    dead_code,
    reason = "members of staff of the API's tests can do more than is counted here"
)]
#[path = "../api/colleagues.rs"]
mod colleagues;
mod counted;
#[path = "../database/mod.rs"]
mod database;
mod plans;

use axum::http::StatusCode;
use mondo::conversation::Topic;
use mondo::ids::{AgentId, EndpointId};
use mondo::signing::SigningSecret;
use mondo::store::{Endpoint, EndpointKind};
use mondo::time::Timestamp;
use serde_json::json;

use actors::Shop;
use counted::{Count, Counter};

/// Most statements beside those of transactions.
const ASK: usize = 2;
const MESSAGE: usize = 10;
const HANDOVER: usize = 18;
/// The bot answers while the ticket waits: beside what a message takes, its words are indexed for the ticket.
const BESIDE_THE_QUEUE: usize = 11;
/// What telling others adds: the number of the telling, the tellings, and a delivery for each place.
const TOLD: usize = 3;

fn check(what: &str, count: &Count, most: usize) {
    print!("{what}: {count}");
    assert!(
        count.statements() <= most,
        "{what}: at most {most}: {count}"
    );
    // One group of one change.
    assert!(count.of_transactions() <= 4, "{what}: {count}");
}

/// One test, since every statement of the process is counted.
#[tokio::test]
async fn what_visitors_do_takes_few_statements_and_each_finds_its_rows() {
    let counter = Counter::start();
    few_statements(&counter).await;
    // How rows are found is asked of SQLite alone.
    if std::env::var("MONDO_TEST_POSTGRES").is_err() {
        plans::every_statement_finds_its_rows(&counter).await;
    }
}

async fn few_statements(counter: &Counter) {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");

    // What is prepared and remembered once is so from here on.
    visitor.asks("When is the shop open?").await;
    visitor.opens().await;
    // What others asked is read once in ten minutes.
    visitor.gets("/v1/welcome").await.expect(StatusCode::OK);

    counter.begin();
    visitor.asks("When is the shop open?").await;
    check("ask", &counter.end(), ASK);

    counter.begin();
    let said = visitor
        .says_once(
            "3f1c9b6e-8d2a-4c57-9a0e-b7d45f612c83",
            "When is the shop open?",
        )
        .await
        .expect(StatusCode::OK);
    assert!(said["reply"].is_object(), "the bot answers: {said}");
    check("message answered", &counter.end(), MESSAGE);

    counter.begin();
    let again = visitor
        .says_once(
            "3f1c9b6e-8d2a-4c57-9a0e-b7d45f612c83",
            "When is the shop open?",
        )
        .await
        .expect(StatusCode::OK);
    assert_eq!(again["reply"], said["reply"]);
    let repeated = counter.end();
    check("message repeated", &repeated, MESSAGE);
    assert_eq!(
        repeated.of_transactions(),
        0,
        "nothing is written: {repeated}"
    );

    counter.begin();
    let key = "a5d0e7c2-41b9-4f38-8c6d-0e92f7b1d364";
    let wish = json!({ "reason": "My order is lost", "contact": "mina@example.com" });
    let request = visitor
        .request("POST", &visitor.path("escalate"))
        .header("idempotency-key", key)
        .body(wish.to_string().into())
        .unwrap();
    visitor.sends(request).await.expect(StatusCode::OK);
    check("first handover, asked for", &counter.end(), HANDOVER);

    counter.begin();
    let said = visitor
        .says_once("0b8e6f1d-92c4-47a3-b5d8-6e0f3a7c915b", "It was a teapot")
        .await
        .expect(StatusCode::OK);
    assert_eq!(said["state"], "queued", "a person will answer: {said}");
    check("message while queued", &counter.end(), BESIDE_THE_QUEUE);

    let mut other = shop.visitor("en");
    other.opens().await;
    counter.begin();
    let said = other
        .says_once(
            "c7d29a40-5e8b-4136-9fa1-84b0d3e6f257",
            "I want to talk to a human being",
        )
        .await
        .expect(StatusCode::OK);
    assert!(said["ticket"].is_object(), "the bot hands over: {said}");
    check("first handover, by the bot", &counter.end(), HANDOVER);

    // The worker looks after every commit, and asks the database only once somebody listens.
    let store = &shop.store;
    counter.begin();
    assert!(!store.has_outlets().await.unwrap());
    check("a look while nobody listens", &counter.end(), 0);

    // However many events are told to however many places, it is three statements more.
    for _ in 0..3 {
        let by = AgentId::generate(Timestamp::from_millis(actors::OPENING));
        store.add_endpoint(endpoint(), by).await.unwrap();
    }
    store.has_outlets().await.unwrap();
    let mut third = shop.visitor("en");
    third.opens().await;
    counter.begin();
    third
        .says_once(
            "92e4c1b7-3d5f-4a08-b6e9-71c8f0d2a35b",
            "When is the shop open?",
        )
        .await
        .expect(StatusCode::OK);
    check(
        "message told to three places",
        &counter.end(),
        MESSAGE + TOLD,
    );
    counter.begin();
    let said = third
        .says_once(
            "e81f7a36-c0d9-4b52-8e14-5a6b93d7f0c2",
            "I want to talk to a human being",
        )
        .await
        .expect(StatusCode::OK);
    assert!(said["ticket"].is_object(), "the bot hands over: {said}");
    check(
        "first handover told to three places",
        &counter.end(),
        HANDOVER,
    );
}

/// A place that wants to hear of everything.
fn endpoint() -> Endpoint {
    let now = Timestamp::from_millis(actors::OPENING);
    Endpoint {
        id: EndpointId::generate(now),
        kind: EndpointKind::Webhook,
        description: String::new(),
        url: "https://example.com/hook".to_owned(),
        topics: Topic::ALL.to_vec(),
        secrets: vec![SigningSecret::generate()],
        account: None,
        active: true,
        disabled_why: None,
        failing_since: None,
        created: now,
    }
}
