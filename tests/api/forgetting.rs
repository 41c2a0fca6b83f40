//! What is kept of a person is handed out, hidden words are shown with a reason, and all of it is destroyed on request.

use axum::http::StatusCode;
use mondo::staff::Role;
use serde_json::json;

use crate::actors::Shop;

#[tokio::test]
async fn hidden_words_are_shown_with_a_reason_to_those_with_the_right() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    let id = visitor.opens().await["id"].as_str().unwrap().to_owned();
    let said = visitor.says("My card is 4111 1111 1111 1111").await;
    let message = said["question"]["id"].as_str().unwrap();
    assert!(!said.to_string().contains("4111"), "{said}");
    let path = format!("/v1/staff/conversations/{id}/messages/{message}/original");
    let why = json!({ "reason": "the bank asks which card" });

    let agent = shop.colleague("agent", Role::Agent).await;
    agent
        .posts(&path, why.clone())
        .await
        .expect(StatusCode::FORBIDDEN);
    let lead = shop.colleague("lead", Role::Lead).await;
    let silent = lead.posts(&path, json!({ "reason": " " })).await;
    silent.problem(400, "bad-request");
    let shown = lead.posts(&path, why).await.expect(StatusCode::OK);
    assert_eq!(shown["text"], "My card is 4111 1111 1111 1111");

    let auditor = shop.colleague("auditor", Role::Auditor).await;
    let log = auditor.gets(&format!("/v1/staff/log?subject={id}")).await;
    let log = log.expect(StatusCode::OK);
    assert_eq!(log["lines"][0]["action"], "open_original");
    assert_eq!(log["lines"][0]["detail"]["why"], "the bank asks which card");
}

#[tokio::test]
async fn who_asks_is_told_everything_and_then_forgotten_unless_it_must_be_kept() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    let id = visitor.opens().await["id"].as_str().unwrap().to_owned();
    visitor.says("Where is my zebra kettle?").await;
    visitor.wants_a_person("It is a zebra kettle").await;
    let whose = json!({ "conversation": id });
    let erasure = json!({ "conversation": id, "reason": "request 12" });

    let lead = shop.colleague("lead", Role::Lead).await;
    let refused = lead.posts("/v1/staff/privacy/export", whose.clone()).await;
    refused.expect(StatusCode::FORBIDDEN);
    let admin = shop.colleague("admin", Role::Admin).await;
    let both = json!({ "conversation": id, "visitor": "4711" });
    let unclear = admin.posts("/v1/staff/privacy/export", both).await;
    unclear.problem(400, "bad-request");
    let kept = admin.posts("/v1/staff/privacy/export", whose.clone()).await;
    let kept = kept.expect(StatusCode::OK).to_string();
    assert!(kept.matches("zebra kettle").count() >= 3, "{kept}");

    let hold = format!("/v1/staff/conversations/{id}/hold");
    let held = json!({ "held": true, "reason": "a court asks" });
    assert_eq!(admin.puts(&hold, held).await.status, StatusCode::NO_CONTENT);
    let holds = "/v1/staff/privacy/holds";
    lead.gets(holds).await.expect(StatusCode::FORBIDDEN);
    let listed = admin.gets(holds).await.expect(StatusCode::OK);
    let listed = &listed["holds"][0];
    assert_eq!(listed["conversation"], id);
    assert_eq!(listed["reason"], "a court asks");
    assert_eq!(listed["by"], admin.id.as_str());
    assert!(listed["ticket"].as_str().unwrap().starts_with("M-"));
    let left = admin
        .posts("/v1/staff/privacy/erasure", erasure.clone())
        .await;
    let left = left.expect(StatusCode::OK);
    assert_eq!(
        (&left["on_hold"], &left["conversations"]),
        (&json!(1), &json!(0))
    );
    let released = json!({ "held": false, "reason": "the court is done" });
    let released = admin.puts(&hold, released).await;
    assert_eq!(released.status, StatusCode::NO_CONTENT);
    let listed = admin.gets(holds).await.expect(StatusCode::OK);
    assert_eq!(listed["holds"], json!([]));
    let gone = admin.posts("/v1/staff/privacy/erasure", erasure).await;
    assert_eq!(gone.expect(StatusCode::OK)["conversations"], 1);

    let seen = admin.gets(&format!("/v1/staff/conversations/{id}")).await;
    let seen = seen.expect(StatusCode::OK).to_string();
    assert!(!seen.contains("zebra"), "{seen}");
    let found = admin.gets("/v1/staff/tickets?q=zebra").await;
    assert_eq!(found.expect(StatusCode::OK)["tickets"], json!([]));
    let own = visitor.gets(&format!("/v1/conversations/{id}")).await;
    assert_eq!(own.status, StatusCode::NOT_FOUND, "nobody's any more");
}
