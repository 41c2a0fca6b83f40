//! What the description of the API forbids is not taken, and what it allows is.

use axum::http::StatusCode;
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::Shop;

#[tokio::test]
async fn lists_are_no_objects() {
    let shop = Shop::open().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let ticket = visitor.wants_a_person("it is lost").await;
    let work = format!(
        "/v1/staff/tickets/{}/work",
        ticket["number"].as_str().unwrap()
    );
    let said = format!("/v1/staff/conversations/{}/messages", visitor.conversation);
    for (path, body, field) in [
        (
            "/v1/suggestions",
            json!({ "transcript": [["visitor", "tea"]] }),
            "transcript[0]",
        ),
        (
            "/v1/staff/webhooks",
            json!({ "url": "https://example.com/", "help_desk": ["chatwoot", 1, 2, "t"] }),
            "help_desk",
        ),
        (
            "/v1/staff/knowledge",
            json!({ "id": "tea", "category": "shop", "texts": { "en": ["a", [], "b"] } }),
            "texts",
        ),
        (
            "/v1/staff/surges",
            json!({ "incident": "I-1", "expires": "2026-11-22T12:00:00Z", "texts": ["a", "b", "c", "d"] }),
            "texts",
        ),
        (
            work.as_str(),
            json!({ "priority": ["urgent", "a wedding"] }),
            "priority",
        ),
        (
            said.as_str(),
            json!({ "text": "hello", "suggestion": ["return-tea", "en", "r", "t"] }),
            "suggestion",
        ),
    ] {
        let told = admin.posts(path, body).await.problem(400, "bad-request");
        assert_eq!(told["field"], field, "{path}: {told}");
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.contains("an object"), "{path}: {told}");
    }
    let listed = json!({ "text": "tea", "context": [null, null] });
    for path in ["/v1/ask", &visitor.path("messages")] {
        let told = visitor.posts(path, listed.clone()).await;
        assert_eq!(told.problem(400, "bad-request")["field"], "context");
    }
}

#[tokio::test]
async fn numbers_are_the_numbers_of_the_schema() {
    let shop = Shop::open().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let desk = |inbox: Value| {
        let account = json!({ "kind": "chatwoot", "account": 1, "inbox": inbox, "token": "t" });
        json!({ "url": "https://example.com/", "help_desk": account })
    };
    for refused in [json!(9_223_372_036_854_775_808_u64), json!(-1), json!(1.5)] {
        admin
            .posts("/v1/staff/webhooks", desk(refused))
            .await
            .problem(400, "bad-request");
    }
    // JSON knows one kind of number.
    admin
        .posts("/v1/staff/webhooks", desk(json!(2.0)))
        .await
        .expect(StatusCode::CREATED);
}

#[tokio::test]
async fn characters_count_as_they_are_sent() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let padded = |spaces: usize| json!({ "text": format!("tea{}", " ".repeat(spaces)) });
    for path in ["/v1/ask", &visitor.path("messages")] {
        visitor
            .posts(path, padded(1_997))
            .await
            .expect(StatusCode::OK);
        visitor
            .posts(path, padded(1_998))
            .await
            .problem(400, "question-too-long");
    }
}

#[tokio::test]
async fn what_is_there_already_is_in_the_way() {
    let shop = Shop::open().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let agent = json!({ "email": "twice@example.com", "name": "Ken", "role": "agent" });
    let made = admin.posts("/v1/staff/agents", agent.clone()).await;
    let made = made.expect(StatusCode::CREATED);
    let told = admin.posts("/v1/staff/agents", agent).await;
    assert_eq!(told.problem(409, "taken")["field"], "email");
    let source = json!({ "name": "monitor", "format": "mondo", "agent": made["id"] });
    admin
        .posts("/v1/staff/sources", source.clone())
        .await
        .expect(StatusCode::CREATED);
    let told = admin.posts("/v1/staff/sources", source).await;
    assert_eq!(told.problem(409, "taken")["field"], "name");
}

#[tokio::test]
async fn privacy_is_asked_for_one_person() {
    let shop = Shop::open().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let id = "019a9f6e-1c00-7000-8000-000000000000";
    for unclear in [
        json!({}),
        json!({ "visitor": "" }),
        json!({ "visitor": "4711", "conversation": id }),
        json!({ "conversation": "4711" }),
    ] {
        admin
            .posts("/v1/staff/privacy/export", unclear.clone())
            .await
            .problem(400, "bad-request");
        let mut erasure = unclear;
        erasure["reason"] = json!("request 12");
        admin
            .posts("/v1/staff/privacy/erasure", erasure)
            .await
            .problem(400, "bad-request");
    }
    let silent = json!({ "visitor": "4711", "reason": " " });
    admin
        .posts("/v1/staff/privacy/erasure", silent)
        .await
        .problem(400, "bad-request");
}
