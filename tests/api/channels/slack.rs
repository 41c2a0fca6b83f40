//! There and back with an app of Slack.

use std::ops::Deref;

use axum::http::StatusCode;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::account::{Account, with};
use crate::actors::{Told, encoded, png};
use crate::listener::{Heard, Said, said};

const TOKEN: &str = "xoxb-our-token";
const SECRET: &str = "our-signing-secret";

fn opens() -> Value {
    json!({ "kind": "slack", "token": TOKEN, "signing_secret": SECRET })
}

/// The Web API as its documentation describes it, as far as mondo uses it.
#[derive(Default)]
struct Api {
    /// Messages that were posted.
    posted: Vec<Value>,
    /// Files that were put in their place, and shown.
    put: Vec<Vec<u8>>,
    shown: Vec<Value>,
    /// What the next message gets instead.
    next: Vec<Said>,
}

impl super::account::Api for Api {
    fn reply(&mut self, heard: &Heard) -> Said {
        if heard.path == "/upload/v1/F1" {
            self.put.push(heard.body.clone());
            return said(200, "OK - 1234");
        }
        if heard.header("authorization") != format!("Bearer {TOKEN}") {
            return said(200, r#"{"ok":false,"error":"invalid_auth"}"#);
        }
        let body = heard.json();
        let answer = match heard.path.as_str() {
            "/files-pri/T1-F1/download/shelf.png" => {
                return (StatusCode::OK, Vec::new(), png(640, 480));
            }
            "/api/chat.postMessage" => {
                if !self.next.is_empty() {
                    return self.next.remove(0);
                }
                if let Some(error) = fault_in(&body) {
                    return said(200, &json!({ "ok": false, "error": error }).to_string());
                }
                self.posted.push(body);
                json!({ "ok": true, "ts": "1.2" })
            }
            "/api/files.getUploadURLExternal" => {
                let form = String::from_utf8(heard.body.clone()).unwrap();
                assert!(
                    form.contains("filename=") && form.contains("length="),
                    "{form}"
                );
                let address = format!("http://{}/upload/v1/F1", heard.header("host"));
                json!({ "ok": true, "upload_url": address, "file_id": "F1" })
            }
            "/api/files.completeUploadExternal" => {
                self.shown.push(body);
                json!({ "ok": true })
            }
            _ => json!({ "ok": false, "error": "unknown_method" }),
        };
        said(200, &answer.to_string())
    }
}

/// What is wrong with a message by the documented limits.
fn fault_in(body: &Value) -> Option<&'static str> {
    let length = |value: &Value| value.as_str().unwrap_or_default().chars().count();
    if length(&body["text"]) == 0 || length(&body["text"]) > 4_000 {
        return Some("msg_too_long");
    }
    for block in body["blocks"].as_array().into_iter().flatten() {
        let buttons = block["elements"].as_array().map_or(&[][..], Vec::as_slice);
        let fits = |button: &Value| {
            length(&button["text"]["text"]) <= 75 && length(&button["value"]) <= 2_000
        };
        let named: std::collections::BTreeSet<_> = buttons
            .iter()
            .map(|button| button["action_id"].as_str())
            .collect();
        let is_whole = named.len() == buttons.len() && buttons.len() <= 25;
        if !is_whole || !buttons.iter().all(fits) || length(&block["text"]["text"]) > 3_000 {
            return Some("invalid_blocks");
        }
    }
    None
}

/// A shop with an app of Slack.
struct App(Account<Api>);

impl Deref for App {
    type Target = Account<Api>;

    fn deref(&self) -> &Account<Api> {
        &self.0
    }
}

impl App {
    async fn set_up() -> Self {
        let account = Account::unsure(opens()).await;
        assert_eq!(account.made["secret"], Value::Null);
        Self(account)
    }

    async fn sends(&self, body: String) -> Told {
        let now_s = self.shop.app.now().as_millis() / 1_000;
        self.sends_at(now_s, SECRET, body).await
    }

    async fn sends_at(&self, now_s: i64, secret: &str, body: String) -> Told {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("v0:{now_s}:{body}").as_bytes());
        let signature = format!("v0={}", hex::encode(mac.finalize().into_bytes()));
        let headers = [
            ("x-slack-request-timestamp", now_s.to_string()),
            ("x-slack-signature", signature),
        ];
        let headers = headers
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        self.posts(&headers, body).await
    }

    fn event(&self, what: Value) -> Value {
        let number = self.next_number();
        let event = json!({
            "type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "ts": "1.1",
        });
        let event = with(event, &what);
        json!({ "type": "event_callback", "team_id": "T1", "event_id": format!("Ev{number}"), "event": event })
    }

    async fn takes(&self, what: Value) {
        let body = self.event(what).to_string();
        self.sends(body).await.expect(StatusCode::OK);
        self.deliver(0).await;
    }

    async fn presses(&self, button: &Value) {
        let payload = json!({
            "type": "block_actions", "trigger_id": format!("t{}", button["value"]), "user": { "id": "U1" },
            "channel": { "id": "D1" }, "actions": [{ "action_id": button["action_id"], "value": button["value"] }],
        });
        let body = format!("payload={}", encoded(&payload.to_string()));
        self.sends(body).await.expect(StatusCode::OK);
        self.deliver(0).await;
    }

    fn texts(&self) -> Vec<String> {
        let api = self.api.lock().unwrap();
        let texts = api
            .posted
            .iter()
            .map(|body| body["text"].as_str().unwrap().to_owned());
        texts.collect()
    }

    fn buttons(&self) -> Vec<Value> {
        let api = self.api.lock().unwrap();
        let blocks = api.posted.last().unwrap()["blocks"].clone();
        blocks[1]["elements"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }
}

#[tokio::test]
async fn colleagues_are_answered_handed_over_and_sent_pictures() {
    let app = App::set_up().await;
    app.takes(json!({ "text": "tea" })).await;
    let buttons = app.buttons();
    assert!(buttons.len() >= 3, "options and a person: {buttons:?}");
    app.presses(&buttons[1]).await;
    assert!(
        app.texts()[1].contains("Every first Saturday"),
        "{:?}",
        app.texts()
    );
    app.takes(json!({ "text": "!person" })).await;
    assert!(app.texts()[2].contains("M-000001"), "{:?}", app.texts());
    app.presses(&app.buttons()[0]).await;
    assert!(app.texts()[3].contains("you are next"), "{:?}", app.texts());

    let id = app.claims().await;
    let file = |address: String| {
        json!({
            "subtype": "file_share", "text": "the <b> &amp; the lid",
            "files": [{ "id": "F1", "name": "shelf.png", "size": 90, "url_private_download": address }],
        })
    };
    app.takes(file(format!(
        "{}/files-pri/T1-F1/download/shelf.png",
        app.server.address
    )))
    .await;
    // Our token is shown to Slack alone.
    app.takes(file("https://evil.example/shelf.png".to_owned()))
        .await;
    let own = app.said_by_visitor(&id).await;
    let with_file = own
        .iter()
        .find(|one| one["attachments"][0]["width"] == 640)
        .unwrap();
    assert_eq!(with_file["text"], "the  & the lid");
    let carried = own.iter().filter(|one| {
        one["attachments"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    });
    assert_eq!(carried.count(), 1);

    let picture = png(320, 200);
    app.sends_file(&id, "shelf.png", &picture, "a <b> & c")
        .await;
    app.api.lock().unwrap().next = vec![(
        StatusCode::TOO_MANY_REQUESTS,
        vec![("retry-after", "30".to_owned())],
        Vec::new(),
    )];
    app.deliver(0).await;
    app.deliver(29).await;
    assert!(
        !app.texts().last().unwrap().contains("a &lt;b&gt;"),
        "not before its time"
    );
    app.deliver(31).await;
    assert_eq!(app.texts().last().unwrap(), "a &lt;b&gt; &amp; c");
    let api = app.api.lock().unwrap();
    assert_eq!(api.put, [picture]);
    assert_eq!(api.shown[0]["channel_id"], "D1");
    assert_eq!(
        api.shown[0]["files"][0],
        json!({ "id": "F1", "title": "shelf.png" })
    );
}

#[tokio::test]
async fn only_slack_is_believed_and_each_event_once() {
    let app = App::set_up().await;
    let asked = json!({ "type": "url_verification", "challenge": "3eZbrw1aB" }).to_string();
    let told = app.sends(asked.clone()).await.expect(StatusCode::OK);
    assert_eq!(told["challenge"], "3eZbrw1aB");
    let now_s = app.shop.app.now().as_millis() / 1_000;
    for (at, secret) in [
        (now_s - 600, SECRET),
        (now_s + 600, SECRET),
        (now_s, "other"),
    ] {
        let told = app.sends_at(at, secret, asked.clone()).await;
        told.problem(401, "sign-in-needed");
    }
    let event = app
        .event(json!({ "text": "How long does delivery take?" }))
        .to_string();
    for _ in 0..3 {
        app.sends(event.clone()).await.expect(StatusCode::OK);
    }
    // What is said in channels, by bots and by Slack itself is let be.
    for what in [
        json!({ "text": "hello", "channel": "C1", "channel_type": "channel" }),
        json!({ "text": "hello", "channel": "G1", "channel_type": "mpim" }),
        json!({ "text": "hello", "bot_id": "B1" }),
        json!({ "text": "hello", "subtype": "bot_message" }),
        json!({ "subtype": "message_deleted" }),
        json!({ "type": "app_mention", "text": "hello" }),
        json!({ "subtype": "message_changed", "message": { "text": "a" }, "previous_message": { "text": "a" } }),
    ] {
        app.takes(what).await;
    }
    app.deliver(0).await;
    assert_eq!(app.texts().len(), 1, "{:?}", app.texts());
    let edited = json!({
        "subtype": "message_changed", "message": { "text": "Is tea-example.test yours?" },
        "previous_message": { "text": "Is it yours?" },
    });
    app.takes(edited).await;
    let texts = app.texts().join("\n");
    assert!(
        texts.contains("tea-example.test"),
        "the list is asked: {texts}"
    );
}

#[tokio::test]
async fn errors_of_slack_are_told_apart() {
    let app = App::set_up().await;
    let refuses = |error: &str| {
        let body = json!({ "ok": false, "error": error }).to_string();
        app.api.lock().unwrap().next = vec![said(200, &body)];
    };
    for (error, status) in [
        ("channel_not_found", "dropped"),
        ("msg_too_long", "failed"),
        ("token_revoked", "pending"),
    ] {
        refuses(error);
        app.takes(json!({ "text": "How long does delivery take?" }))
            .await;
        let line = app.last_delivery().await;
        assert_eq!(line["status"], status, "{error}");
        assert!(line["error"].as_str().unwrap().contains(error), "{line}");
    }
    app.deliver(60).await;
    assert_eq!(
        app.last_delivery().await["status"],
        "delivered",
        "once the operator has put it right"
    );
}

#[tokio::test]
async fn slack_is_as_recorded() {
    let app = App::set_up().await;
    app.takes(json!({ "text": "tea" })).await;
    app.presses(&app.buttons()[1]).await;
    app.takes(json!({ "text": "!person" })).await;
    let id = app.claims().await;
    let address = format!("{}/files-pri/T1-F1/download/shelf.png", app.server.address);
    app.takes(json!({
        "subtype": "file_share", "text": "",
        "files": [{ "id": "F1", "name": "shelf.png", "size": 90, "url_private_download": address }],
    }))
    .await;
    app.sends_file(&id, "shelf.png", &png(320, 200), "Here.")
        .await;
    app.api.lock().unwrap().next = vec![said(200, r#"{"ok":false,"error":"ratelimited"}"#)];
    app.deliver(0).await;
    app.deliver(60).await;
    app.exchange.is_as_recorded("slack");
}
