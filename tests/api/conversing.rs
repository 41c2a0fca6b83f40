//! `/v1/conversations`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::actors::Shop;

#[tokio::test]
async fn a_conversation_goes_from_bot_to_person_without_losing_a_word() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    let opened = visitor.opens().await;
    assert_eq!(opened["state"], "bot");

    let first = visitor.says("When is the shop open?").await;
    assert_eq!(first["reply"]["author"], "bot");
    assert_eq!(
        first["reply"]["reply"]["answer"]["article"],
        "opening-hours"
    );
    assert_eq!(
        visitor.rates(&first["reply"], "helpful").await.status,
        StatusCode::NO_CONTENT
    );

    let ticket = visitor.wants_a_person("my parcel").await;
    assert!(
        ticket["number"].as_str().unwrap().starts_with("M-"),
        "{ticket}"
    );
    assert_eq!(ticket["summary"], "When is the shop open?");
    let again = visitor.wants_a_person("hello?").await;
    assert_eq!(
        again["number"], ticket["number"],
        "one open ticket an episode"
    );

    let waiting = visitor.says("Are you there?").await;
    assert_eq!(waiting["state"], "queued");
    assert_eq!(
        waiting["reply"],
        Value::Null,
        "the bot is silent while a person is responsible"
    );
    assert!(
        !waiting["notes"].as_array().unwrap().is_empty(),
        "{waiting}"
    );

    let shop = shop.reopen().await;
    let mut same = shop.visitor("en");
    same.conversation = visitor.conversation;
    same.secret = visitor.secret;
    let whole = same.rereads().await;
    assert_eq!(whole["ticket"]["number"], ticket["number"]);
    let said: Vec<&str> = whole["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["author"] == "visitor")
        .map(|message| message["text"].as_str().unwrap())
        .collect();
    assert_eq!(said, ["When is the shop open?", "Are you there?"]);
}

#[tokio::test]
async fn a_handover_by_the_bot_opens_a_ticket_and_says_so() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("ko");
    visitor.opens().await;
    let exchange = visitor.says("상담원 연결해 주세요").await;
    assert_eq!(exchange["state"], "queued");
    let number = exchange["ticket"]["number"].as_str().unwrap();
    let note = &exchange["notes"][0];
    assert_eq!(note["author"], "system");
    assert!(note["text"].as_str().unwrap().contains(number), "{note}");
    assert_eq!(note["language"], "ko");
}

#[tokio::test]
async fn a_chosen_option_is_answered() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("zh");
    visitor.opens().await;
    visitor.says("店铺几点营业").await;
    let exchange = visitor.chooses("return-tea").await.expect(StatusCode::OK);
    let answer = &exchange["reply"]["reply"]["answer"];
    assert_eq!(answer["article"], "return-tea");
    assert_eq!(answer["language"], "zh");
    visitor
        .chooses("no-such-article")
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn a_retry_with_the_same_key_has_one_effect() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let key = "0123456789abcdef";
    let first = visitor.says_once(key, "How do I return tea?").await;
    let second = visitor.says_once(key, "How do I return tea?").await;
    assert_eq!(first.expect(StatusCode::OK), second.expect(StatusCode::OK));
    let whole = visitor.rereads().await;
    assert_eq!(whole["messages"].as_array().unwrap().len(), 2, "{whole}");
    visitor
        .says_once(key, "Something else?")
        .await
        .problem(409, "idempotency-conflict");
    let problem = visitor
        .says_once("short", "Hello tea")
        .await
        .problem(400, "bad-request");
    assert_eq!(problem["field"], "Idempotency-Key");
}

#[tokio::test]
async fn conversations_open_once_under_one_key() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    let open = || {
        visitor
            .request("POST", "/v1/conversations")
            .header("idempotency-key", "0198c0de-5a7e-4d1f-9b57-2f6a3c1e8d40")
            .body(json!({ "page": "ja-JP" }).to_string().into())
            .unwrap()
    };
    let first = visitor.sends(open()).await;
    let second = visitor.sends(open()).await;
    assert_eq!(
        first.expect(StatusCode::CREATED)["id"],
        second.expect(StatusCode::CREATED)["id"]
    );
    assert!(first.header("location").starts_with("/v1/conversations/"));
}

#[tokio::test]
async fn only_replies_of_the_bot_can_be_rated() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let exchange = visitor.says("When is the shop open?").await;
    visitor
        .rates(&exchange["question"], "helpful")
        .await
        .problem(422, "content-refused");
    let problem = visitor
        .rates(&exchange["reply"], "superb")
        .await
        .problem(400, "bad-request");
    assert_eq!(problem["field"], "rating");
}
