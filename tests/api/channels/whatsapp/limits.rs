//! What is refused, said once, let be or put off.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Number, SECRET, error};
use crate::actors::encoded;
use crate::listener::said;

#[tokio::test]
async fn the_address_is_confirmed_to_who_knows_its_token() {
    let number = Number::set_up().await;
    let asks = |mode: &str, token: &str| {
        format!(
            "{}?hub.mode={mode}&hub.challenge=1158201444&hub.verify_token={}",
            number.path,
            encoded(token)
        )
    };
    let told = number.gets(&asks("subscribe", &number.secret)).await;
    assert_eq!(told.status, StatusCode::OK);
    assert_eq!(told.text, "1158201444");
    assert!(
        told.header("content-type").starts_with("text/plain"),
        "no page: {}",
        told.header("content-type")
    );
    for (mode, token) in [
        ("subscribe", ""),
        ("subscribe", "other"),
        ("subscribe", &"ab".repeat(32)),
        ("unsubscribe", number.secret.as_str()),
    ] {
        let told = number.gets(&asks(mode, token)).await;
        told.problem(401, "sign-in-needed");
    }
    number
        .gets(&number.path)
        .await
        .problem(401, "sign-in-needed");
}

#[tokio::test]
async fn only_meta_is_believed_and_each_message_once() {
    let number = Number::set_up().await;
    let text = json!({ "type": "text", "text": { "body": "How long does delivery take?" } });
    let change = number.change("81", &text);
    let body = |changes: &[Value]| {
        let changes: Vec<Value> = changes
            .iter()
            .map(|value| json!({ "field": "messages", "value": value }))
            .collect();
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": changes }] }).to_string()
    };
    let once = body(std::slice::from_ref(&change));
    number
        .sends_signed("other", once.clone())
        .await
        .problem(401, "sign-in-needed");
    for signature in ["", "sha256=", "sha256=zz", "sha1=00", &"0".repeat(64)] {
        let headers = [("x-hub-signature-256", signature)];
        let told = number.posts(&headers, once.clone()).await;
        told.problem(401, "sign-in-needed");
    }
    number
        .sends_signed(SECRET, "no JSON".to_owned())
        .await
        .problem(400, "bad-request");
    // Meta sends again what it got no reply to, perhaps together with what came later.
    let later = number.change("82", &text);
    for _ in 0..2 {
        let told = number
            .sends_signed(SECRET, body(&[change.clone(), later.clone()]))
            .await;
        told.expect(StatusCode::OK);
    }
    number.deliver(0).await;
    assert_eq!(number.sent().len(), 2, "{:?}", number.texts());
}

#[tokio::test]
async fn what_is_no_message_of_a_visitor_is_let_be() {
    let number = Number::set_up().await;
    let text = json!({ "type": "text", "text": { "body": "How long does delivery take?" } });
    let mut elsewhere = number.change("81", &text);
    elsewhere["metadata"]["phone_number_id"] = json!("999");
    let mut status = number.change("81", &text);
    status.as_object_mut().unwrap().remove("messages");
    status["statuses"] =
        json!([{ "id": "wamid.out1", "status": "read", "recipient_id": "81", "timestamp": "1" }]);
    let emoji = json!({ "message_id": "wamid.out1", "emoji": "👍" });
    let reaction = number.change("81", &json!({ "type": "reaction", "reaction": emoji }));
    let moved = json!({ "body": "Kerry changed from 81 to 82", "wa_id": "82", "type": "user_changed_number" });
    let system = number.change("81", &json!({ "type": "system", "system": moved }));
    for change in [elsewhere, status, reaction, system] {
        number.sends(&change).await.expect(StatusCode::OK);
    }
    let other = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [
        { "field": "account_update", "value": { "event": "VERIFIED_ACCOUNT" } },
    ]}]});
    let told = number.sends_signed(SECRET, other.to_string()).await;
    told.expect(StatusCode::OK);
    number.deliver(0).await;
    assert_eq!(number.sent(), [] as [Value; 0]);

    // Who has opened the chat is greeted; what cannot be read here is answered in a sentence, in their language.
    number
        .takes("83", json!({ "type": "request_welcome" }))
        .await;
    number.writes("84", "こんにちは").await;
    for kind in ["audio", "sticker", "location", "unsupported"] {
        let mut what = json!({ "type": kind });
        what[kind] = json!({ "id": "1" });
        number.takes("84", what).await;
    }
    let texts = number.texts();
    assert!(texts[0].starts_with("Hello"), "{texts:?}");
    let polite = texts.iter().filter(|text| text.contains("文章と画像"));
    assert_eq!(polite.count(), 1, "said once in a row: {texts:?}");
}

#[tokio::test]
async fn errors_of_meta_are_told_apart() {
    let number = Number::set_up().await;
    for (refusal, status, why) in [
        (error(400, 131_047), "failed", "24 hours"),
        (error(400, 131_026), "dropped", "131026"),
        (error(400, 131_051), "failed", "131051"),
        (error(400, 130_429), "pending", "130429"),
    ] {
        number.api.lock().unwrap().next = vec![refusal];
        number.writes("81", "How long does delivery take?").await;
        let line = number.last_delivery().await;
        assert_eq!(line["status"], status, "{line}");
        assert!(line["error"].as_str().unwrap().contains(why), "{line}");
    }
    // It is told later and later, until it is taken.
    number.api.lock().unwrap().next = vec![
        error(400, 80_007),
        said(503, "Service Unavailable"),
        error(401, 190),
    ];
    let before = number.sent().len();
    for (later_s, status) in [(10, "pending"), (60, "pending"), (400, "pending")] {
        number.deliver(later_s).await;
        assert_eq!(number.last_delivery().await["status"], status);
        assert_eq!(
            number.deliver(later_s + 1).await,
            0,
            "not at once: {later_s}"
        );
    }
    number.deliver(4_000).await;
    let line = number.last_delivery().await;
    assert_eq!(line["status"], "delivered", "{line}");
    assert_eq!(line["attempts"], 5, "{line}");
    assert_eq!(number.sent().len(), before + 1);
}

#[tokio::test]
async fn what_is_refused_after_it_was_taken_is_said_in_the_log() {
    let number = Number::set_up().await;
    number.writes("81", "I want to talk to a person").await;
    let id = number.claims().await;
    number
        .admin
        .says(&id, "Hello.")
        .await
        .expect(StatusCode::OK);
    number.deliver(0).await;
    assert_eq!(number.last_delivery().await["status"], "delivered");
    let tells = async |name: &str, status: &str, code: i64| {
        let text = json!({ "type": "text", "text": { "body": "" } });
        let mut change = number.change("81", &text);
        change.as_object_mut().unwrap().remove("messages");
        change["statuses"] = json!([{
            "id": name, "status": status, "recipient_id": "81", "timestamp": "1795305600",
            "errors": [{ "code": code, "title": "Re-engagement message" }],
        }]);
        number.sends(&change).await.expect(StatusCode::OK);
    };
    let last = format!("wamid.out{}", number.sent().len());
    tells("wamid.of-somebody-else", "failed", 131_047).await;
    tells(&last, "delivered", 0).await;
    assert_eq!(number.last_delivery().await["status"], "delivered");
    for _ in 0..2 {
        tells(&last, "failed", 131_047).await;
    }
    let line = number.last_delivery().await;
    assert_eq!(line["status"], "failed", "{line}");
    assert!(
        line["error"].as_str().unwrap().contains("24 hours"),
        "{line}"
    );
}

#[tokio::test]
async fn long_words_go_in_parts() {
    let number = Number::set_up().await;
    number.writes("81", "I want to talk to a person").await;
    let id = number.claims().await;
    number.deliver(0).await;
    let before = number.sent().len();
    let words = format!("{} end", "😀 ".repeat(1_500).trim_end());
    number.admin.says(&id, &words).await.expect(StatusCode::OK);
    number.api.lock().unwrap().next = vec![
        said(200, r#"{"messages":[{"id":"wamid.x"}]}"#),
        error(400, 131_056),
    ];
    number.deliver(0).await;
    assert_eq!(number.sent().len(), before);
    number.deliver(60).await;
    let parts = number.texts().split_off(before);
    assert_eq!(
        parts.len(),
        1,
        "the part that had arrived is not sent again"
    );
    assert!(parts[0].ends_with("end"), "{parts:?}");
}

#[tokio::test]
async fn a_number_is_set_up_whole_or_not_at_all() {
    let number = Number::set_up().await;
    let opens = super::opens();
    for (name, value) in [
        ("phone_number_id", json!("../x")),
        ("phone_number_id", json!("")),
        ("app_secret", Value::Null),
    ] {
        let mut messenger = opens.clone();
        messenger[name] = value;
        let told = number
            .admin
            .posts("/v1/staff/webhooks", json!({ "messenger": messenger }))
            .await;
        told.problem(400, "bad-request");
    }
    let told = number
        .admin
        .posts("/v1/staff/webhooks", json!({ "messenger": opens }))
        .await;
    let made = told.expect(StatusCode::CREATED);
    assert_eq!(made["webhook"]["url"], "https://graph.facebook.com/v23.0");
}
