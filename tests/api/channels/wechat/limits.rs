//! What is refused, said once, put off or cut.

use axum::http::StatusCode;
use serde_json::json;

use super::{Followed, event, wrapped};

#[tokio::test]
async fn only_wechat_is_believed_and_only_in_time() {
    let account = Followed::set_up().await;
    let now_s = account.now_s();
    let asks = |token: &str, at_s: i64| {
        let signed = account.signed(token, at_s);
        format!("{}?{signed}&echostr=5838479218127813673", account.path)
    };
    let told = account.gets(&asks(&account.token, now_s)).await;
    assert_eq!(told.status, StatusCode::OK);
    assert_eq!(told.text, "5838479218127813673");
    for (token, at_s) in [
        ("other", now_s),
        (account.token.as_str(), now_s - 600),
        (account.token.as_str(), now_s + 600),
    ] {
        account
            .gets(&asks(token, at_s))
            .await
            .problem(401, "sign-in-needed");
    }
    let body = account.text("o1", "hello");
    for query in ["", "?signature=00&timestamp=1&nonce=2", "?timestamp=1"] {
        let path = format!("{}{query}", account.path);
        let told = account.posts_to(&path, &[], body.clone()).await;
        told.problem(401, "sign-in-needed");
    }
    for body in [
        "",
        "{}",
        "<xml>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><xml></xml>",
    ] {
        let told = account.sends(body.to_owned()).await;
        told.problem(400, "bad-request");
    }
}

#[tokio::test]
async fn each_message_is_taken_once() {
    let account = Followed::set_up().await;
    let question = account.text("o1", "How long does delivery take?");
    let answer = account.replied(question.clone()).await.unwrap();
    assert!(answer.contains("within 2 days"), "{answer}");
    // What is not replied to in time comes again twice: it does nothing more, and gets the same reply.
    for _ in 0..2 {
        let again = account.replied(question.clone()).await;
        assert_eq!(again.as_ref(), Some(&answer));
    }
    // Events have no number of their own.
    let came = event("o2", "subscribe", "");
    let greeting = account.replied(came.clone()).await;
    assert!(greeting.is_some());
    assert_eq!(account.replied(came).await, greeting);
    // Who sends it later has got the reply.
    let now = account.shop.app.now();
    account.shop.set_clock(now.later_by(30_000));
    assert_eq!(account.replied(question).await, None);
    let voice = account.message("o1", "voice", "<MediaId>1</MediaId>");
    let polite = account.replied(voice).await.unwrap();
    assert!(polite.contains("words and pictures"), "{polite}");
    // Who goes is noted, and told nothing; who was never heard of leaves nothing behind.
    assert_eq!(account.replied(event("o9", "unsubscribe", "")).await, None);
    assert_eq!(
        account.writes("o1", "I want to talk to a person").await,
        None
    );
    let id = account.conversation().await;
    assert_eq!(account.replied(event("o1", "unsubscribe", "")).await, None);
    let last = account.messages(&id).await.pop().unwrap();
    assert!(
        last["text"].as_str().unwrap().contains("has blocked"),
        "{last}"
    );
    assert_eq!(account.replied(wrapped("o1", "", "")).await, None);
    account.deliver(2).await;
    // Who has gone is offered the note of it; WeChat refuses that, and it is dropped.
    assert_eq!(account.sent().len(), 3, "{:?}", account.sent());
}

#[tokio::test]
async fn errors_of_wechat_are_told_apart_and_tokens_renewed_once() {
    let account = Followed::set_up().await;
    account.writes("o1", "I want to talk to a person").await;
    let id = account.claims().await;
    account.deliver(2).await;
    for (code, status, why) in [
        (45_015, "failed", "48 hours"),
        (45_047, "failed", "as many messages"),
        (43_004, "dropped", "does not follow"),
        (40_003, "failed", "40003"),
        (-1, "pending", "busy"),
    ] {
        account.api.lock().unwrap().next = vec![code];
        account
            .admin
            .says(&id, "hello")
            .await
            .expect(StatusCode::OK);
        account.deliver(2).await;
        let line = account.last_delivery().await;
        assert_eq!(line["status"], status, "{line}");
        assert!(line["error"].as_str().unwrap().contains(why), "{line}");
    }
    account.deliver(60).await;
    assert_eq!(account.last_delivery().await["status"], "delivered");
    assert_eq!(account.api.lock().unwrap().forced, [false]);

    // A token that has ended is renewed once, and what it was for is sent with the new one.
    let before = account.sent().len();
    account.api.lock().unwrap().next = vec![42_001];
    account
        .admin
        .says(&id, "again")
        .await
        .expect(StatusCode::OK);
    account.deliver(62).await;
    assert_eq!(account.api.lock().unwrap().forced, [false, true]);
    assert_eq!(account.sent().len(), before + 1);
    // Where that does not help, it is not tried without end.
    account.api.lock().unwrap().next = vec![40_001, 40_001];
    account
        .admin
        .says(&id, "and again")
        .await
        .expect(StatusCode::OK);
    account.deliver(64).await;
    let line = account.last_delivery().await;
    assert_eq!(line["status"], "pending", "{line}");
    assert!(line["error"].as_str().unwrap().contains("40001"), "{line}");
    assert_eq!(account.api.lock().unwrap().forced, [false, true, true]);
    // It is used for as long as it holds.
    account.deliver(120).await;
    let now = account.shop.app.now();
    account
        .admin
        .says(&id, "later")
        .await
        .expect(StatusCode::OK);
    let later = now.later_by(7_300_000);
    account.relay.deliver_due(later).await.unwrap();
    assert_eq!(
        account.api.lock().unwrap().forced,
        [false, true, true, false]
    );
}

#[tokio::test]
async fn long_words_go_in_parts_of_bytes() {
    let account = Followed::set_up().await;
    account.writes("o1", "转人工客服").await;
    let id = account.claims().await;
    account.deliver(2).await;
    let before = account.sent().len();
    // Three bytes each.
    let words = "茶".repeat(1_000);
    account.admin.says(&id, &words).await.expect(StatusCode::OK);
    account.deliver(2).await;
    let parts = account.sent().split_off(before);
    assert_eq!(parts.len(), 2);
    assert_eq!(parts.concat(), words);
    assert!(parts.iter().all(|part| part.len() <= 2_048));
}

#[tokio::test]
async fn an_account_is_set_up_whole_or_not_at_all() {
    let account = Followed::set_up().await;
    for messenger in [
        json!({ "kind": "wechat", "app_id": "wx1" }),
        json!({ "kind": "wechat", "app_secret": "s" }),
        json!({ "kind": "kakao", "token": "t" }),
    ] {
        let body = json!({ "messenger": messenger });
        let told = account.admin.posts("/v1/staff/webhooks", body).await;
        told.problem(400, "bad-request");
    }
    for (messenger, url) in [
        (super::opens(), "https://api.weixin.qq.com"),
        (json!({ "kind": "kakao" }), "https://bot-api.kakao.com"),
    ] {
        let body = json!({ "messenger": messenger });
        let told = account.admin.posts("/v1/staff/webhooks", body).await;
        let made = told.expect(StatusCode::CREATED);
        assert_eq!(made["webhook"]["url"], url);
    }
}
