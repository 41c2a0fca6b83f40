//! From the bot to a person and to the end, through the API.

use axum::http::StatusCode;
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::Shop;

#[tokio::test]
async fn a_person_takes_over_answers_and_closes() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut visitor = shop.visitor("ko");
    visitor.opens().await;
    visitor.wants_a_person("주문이 안 와요").await;

    let queue = sora.gets("/v1/staff/queue").await.expect(StatusCode::OK);
    assert_eq!(queue["queued"], 1);
    assert_eq!(queue["entries"][0]["conversation"], visitor.conversation);
    assert_eq!(queue["entries"][0]["summary"], "주문이 안 와요");
    assert!(queue["entries"][0]["waiting_since"].is_string());

    let claimed = sora.acts(&visitor.conversation, "claim").await;
    let claimed = claimed.expect(StatusCode::OK);
    assert_eq!(claimed["state"], "agent");
    let note = claimed["said"]["text"].as_str().unwrap();
    assert!(note.contains("Sora"), "{note}");
    // A second click changes nothing and says nothing twice.
    let again = sora.acts(&visitor.conversation, "claim").await;
    assert_eq!(again.expect(StatusCode::OK)["said"], Value::Null);

    sora.says(&visitor.conversation, "확인해 보겠습니다.")
        .await
        .expect(StatusCode::OK);
    let reply = visitor.says("감사합니다").await;
    assert_eq!(reply["reply"], Value::Null, "the bot is silent");
    let mine = sora.gets("/v1/staff/queue?mine=true").await;
    assert_eq!(
        mine.expect(StatusCode::OK)["entries"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    sora.acts(&visitor.conversation, "close")
        .await
        .expect(StatusCode::OK);
    let seen = visitor.rereads().await;
    assert_eq!(seen["state"], "closed");
    assert_eq!(seen["ticket"]["status"], "solved");
    let authors: Vec<&str> = seen["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["author"].as_str().unwrap())
        .collect();
    assert_eq!(authors, ["system", "system", "agent", "visitor", "system"]);
    assert_eq!(seen["messages"][2]["speaker"], "Sora");

    let reopened = sora.acts(&visitor.conversation, "reopen").await;
    assert_eq!(reopened.expect(StatusCode::OK)["state"], "agent");
    let seen = visitor.rereads().await;
    assert_eq!(seen["ticket"]["status"], "open", "the same ticket goes on");
}

#[tokio::test]
async fn one_conversation_has_one_responder() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let kenji = shop.colleague("Kenji", Role::Agent).await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let mut visitor = shop.visitor("ja");
    visitor.opens().await;
    visitor.wants_a_person("").await;
    let id = &visitor.conversation;

    kenji.says(id, "こんにちは").await.problem(409, "moved-on");
    // Two people click at once: one of them has it.
    let (first, second) = tokio::join!(sora.acts(id, "claim"), kenji.acts(id, "claim"));
    let statuses = [first.status.as_u16(), second.status.as_u16()];
    assert!(
        statuses == [200, 409] || statuses == [409, 200],
        "{statuses:?}"
    );
    let (holder, other) = if statuses[0] == 200 {
        (&sora, &kenji)
    } else {
        (&kenji, &sora)
    };
    for act in ["close", "requeue", "return"] {
        other.acts(id, act).await.problem(409, "moved-on");
    }
    other
        .says(id, "こちらで承ります")
        .await
        .problem(409, "moved-on");
    lead.says(id, "代わります").await.problem(409, "moved-on");

    let path = format!("/v1/staff/conversations/{id}/acts");
    let to_other = json!({ "act": "assign", "to": other.id });
    let assigned = lead.posts(&path, to_other).await.expect(StatusCode::OK);
    assert_eq!(assigned["agent"], other.id.as_str());
    holder.says(id, "遅れました").await.problem(409, "moved-on");
    other
        .says(id, "お待たせしました")
        .await
        .expect(StatusCode::OK);
}

#[tokio::test]
async fn a_viewer_cannot_be_given_work() {
    let shop = Shop::open().await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let viewer = shop.hires("Noor", Role::Viewer).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let path = format!("/v1/staff/conversations/{}/acts", visitor.conversation);
    let told = lead
        .posts(&path, json!({ "act": "assign", "to": viewer.id }))
        .await;
    assert_eq!(told.problem(400, "bad-request")["field"], "to");
    lead.posts(&path, json!({ "act": "assign" }))
        .await
        .problem(400, "bad-request");
}
