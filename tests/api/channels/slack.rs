//! There and back with an app of Slack.

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use hmac::{Hmac, KeyInit as _, Mac as _};
use mondo::client::Destinations;
use mondo::pipeline::Thresholds;
use mondo::relay::Relay;
use mondo::staff::Role;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::actors::{Shop, Told, Visitor, encoded, engine_with, png};
use crate::colleagues::Colleague;
use crate::hooking::relay;
use crate::listener::{Heard, Listener, Said, said};

const TOKEN: &str = "xoxb-our-token";
const SECRET: &str = "our-signing-secret";

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

impl Api {
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
struct App {
    shop: Shop,
    relay: Relay,
    admin: Colleague,
    api: Arc<Mutex<Api>>,
    door: Visitor,
    path: String,
    server: Listener,
    events: Mutex<usize>,
}

impl App {
    async fn set_up() -> Self {
        let shop = Shop::open_asking(engine_with(Thresholds::default()), |desk| {
            desk.with_destinations(Destinations::Any)
        })
        .await;
        let relay = relay(&shop);
        let admin = shop.colleague("Ada", Role::Admin).await;
        let api: Arc<Mutex<Api>> = Arc::default();
        let answering = Arc::clone(&api);
        let server = Listener::answering(move |heard| answering.lock().unwrap().reply(heard)).await;
        let messenger = json!({ "kind": "slack", "token": TOKEN, "signing_secret": SECRET });
        let body = json!({ "url": server.address, "messenger": messenger });
        let made = admin
            .posts("/v1/staff/webhooks", body)
            .await
            .expect(StatusCode::CREATED);
        assert_eq!(made["webhook"]["kind"], "slack");
        assert_eq!(made["secret"], Value::Null);
        Self {
            door: shop.visitor(""),
            path: made["webhook"]["events_path"].as_str().unwrap().to_owned(),
            shop,
            relay,
            admin,
            api,
            server,
            events: Mutex::new(0),
        }
    }

    async fn sends(&self, body: String) -> Told {
        let now_s = self.shop.app.now().as_millis() / 1_000;
        self.sends_at(now_s, SECRET, body).await
    }

    async fn sends_at(&self, now_s: i64, secret: &str, body: String) -> Told {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("v0:{now_s}:{body}").as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        let request = self
            .door
            .request("POST", &self.path)
            .header("x-slack-request-timestamp", now_s)
            .header("x-slack-signature", format!("v0={signature}"));
        self.door.sends(request.body(body.into()).unwrap()).await
    }

    fn event(&self, what: Value) -> Value {
        let mut events = self.events.lock().unwrap();
        *events += 1;
        let mut event = json!({
            "type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "ts": "1.1",
        });
        for (name, value) in what.as_object().unwrap() {
            event[name] = value.clone();
        }
        json!({ "type": "event_callback", "team_id": "T1", "event_id": format!("Ev{}", *events), "event": event })
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

    async fn deliver(&self, later_s: i64) {
        let moment = self.shop.app.now().later_by(later_s * 1_000);
        self.relay.deliver_due(moment).await.unwrap();
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

    let listed = app
        .admin
        .gets("/v1/staff/tickets")
        .await
        .expect(StatusCode::OK);
    let id = listed["tickets"][0]["conversation"]
        .as_str()
        .unwrap()
        .to_owned();
    app.admin.acts(&id, "claim").await.expect(StatusCode::OK);
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
    let path = format!("/v1/staff/conversations/{id}");
    let view = app.admin.gets(&path).await.expect(StatusCode::OK);
    let messages = view["messages"].as_array().unwrap();
    let own: Vec<&Value> = messages
        .iter()
        .filter(|one| one["author"] == "visitor")
        .collect();
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
    let attached = app.admin.attaches(&id, "shelf.png", &picture).await;
    let attached = attached.expect(StatusCode::CREATED)["id"].clone();
    let body = json!({ "text": "a <b> & c", "attachments": [attached] });
    let told = app.admin.posts(&format!("{path}/messages"), body).await;
    told.expect(StatusCode::OK);
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
    let log = async || {
        let webhooks = app.admin.gets("/v1/staff/webhooks").await;
        let id = webhooks.expect(StatusCode::OK)["webhooks"][0]["id"].clone();
        let path = format!("/v1/staff/webhooks/{}/deliveries", id.as_str().unwrap());
        let log = app.admin.gets(&path).await.expect(StatusCode::OK);
        log["deliveries"][0].clone()
    };
    for (error, status) in [
        ("channel_not_found", "dropped"),
        ("msg_too_long", "failed"),
        ("token_revoked", "pending"),
    ] {
        refuses(error);
        app.takes(json!({ "text": "How long does delivery take?" }))
            .await;
        let line = log().await;
        assert_eq!(line["status"], status, "{error}");
        assert!(line["error"].as_str().unwrap().contains(error), "{line}");
    }
    app.deliver(60).await;
    assert_eq!(
        log().await["status"],
        "delivered",
        "once the operator has put it right"
    );
}
