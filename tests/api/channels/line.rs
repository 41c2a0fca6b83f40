//! There and back with an official account of LINE.

use std::ops::Deref;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::account::{Account, with};
use crate::actors::{Told, png};
use crate::listener::{Heard, Said, said};

const TOKEN: &str = "our-access-token";
const SECRET: &str = "our-channel-secret";

fn opens() -> Value {
    json!({ "kind": "line", "token": TOKEN, "channel_secret": SECRET })
}

/// The Messaging API as its documentation describes it, as far as mondo uses it.
#[derive(Default)]
struct Api {
    /// What visitors were sent: by which way, and the messages.
    sent: Vec<(&'static str, Value)>,
    /// Tokens that were used.
    used: Vec<String>,
    /// Keys of pushes that were taken.
    keys: Vec<String>,
    /// How many replies to pushes get lost on the way back.
    lost: usize,
}

impl super::account::Api for Api {
    fn reply(&mut self, heard: &Heard) -> Said {
        if heard.header("authorization") != format!("Bearer {TOKEN}") {
            return said(401, r#"{"message":"Authentication failed"}"#);
        }
        let body = heard.json();
        let messages = body["messages"].clone();
        match heard.path.as_str() {
            "/v2/bot/message/4711/content" => (StatusCode::OK, Vec::new(), png(640, 480)),
            "/v2/bot/message/reply" => {
                let token = body["replyToken"].as_str().unwrap().to_owned();
                if token.starts_with("expired") || self.used.contains(&token) {
                    return said(400, r#"{"message":"Invalid reply token"}"#);
                }
                if let Some(refused) = fault_in(&messages) {
                    return refused;
                }
                self.used.push(token);
                self.sent.push(("reply", messages));
                said(200, r#"{"sentMessages":[]}"#)
            }
            "/v2/bot/message/push" => {
                assert!(body["to"].as_str().unwrap().starts_with('U'));
                let key = heard.header("x-line-retry-key").to_owned();
                assert_eq!(key.len(), 36, "a UUID: {key}");
                if self.keys.contains(&key) {
                    return said(409, r#"{"message":"The retry key is already accepted"}"#);
                }
                if let Some(refused) = fault_in(&messages) {
                    return refused;
                }
                self.keys.push(key);
                self.sent.push(("push", messages));
                if self.lost > 0 {
                    self.lost -= 1;
                    return said(500, "");
                }
                said(200, r#"{"sentMessages":[]}"#)
            }
            _ => said(404, r#"{"message":"Not found"}"#),
        }
    }
}

/// What is wrong with messages by the documented limits.
fn fault_in(messages: &Value) -> Option<Said> {
    let refused = |why: &str| Some(said(400, &json!({ "message": why }).to_string()));
    let messages = messages.as_array().unwrap();
    if messages.is_empty() || messages.len() > 5 {
        return refused("Size must be between 1 and 5");
    }
    for message in messages {
        let units = |value: &Value| value.as_str().unwrap_or_default().encode_utf16().count();
        let fits = match message["type"].as_str().unwrap() {
            "text" => (1..=5_000).contains(&units(&message["text"])),
            "image" => ["originalContentUrl", "previewImageUrl"]
                .iter()
                .all(|name| message[*name].as_str().unwrap().starts_with("https://")),
            _ => false,
        };
        if !fits {
            return refused("The property, text, is invalid");
        }
        let items = message["quickReply"]["items"].as_array();
        let items = items.map_or(&[][..], Vec::as_slice);
        if items.len() > 13 {
            return refused("Too many items");
        }
        for item in items {
            let action = &item["action"];
            if !(1..=20).contains(&units(&action["label"])) || units(&action["data"]) > 300 {
                return refused("The property, label, is invalid");
            }
        }
    }
    None
}

/// A shop with an account of LINE.
struct Official(Account<Api>);

impl Deref for Official {
    type Target = Account<Api>;

    fn deref(&self) -> &Account<Api> {
        &self.0
    }
}

impl Official {
    async fn set_up() -> Self {
        let account = Account::set_up(opens()).await;
        assert_eq!(account.made["secret"], Value::Null, "LINE brings its own");
        Self(account)
    }

    /// An event of one visitor, with names of its own.
    fn event(&self, visitor: &str, kind: &str, what: Value) -> Value {
        let number = self.next_number();
        let event = json!({
            "type": kind, "mode": "active", "timestamp": 1_795_305_600_000_i64,
            "source": { "type": "user", "userId": visitor },
            "webhookEventId": format!("event-{number}"),
            "deliveryContext": { "isRedelivery": false },
            "replyToken": format!("token-{number}"),
        });
        with(event, &what)
    }

    fn text(&self, visitor: &str, text: &str) -> Value {
        let message = json!({ "id": "1", "type": "text", "text": text, "quoteToken": "q" });
        self.event(visitor, "message", json!({ "message": message }))
    }

    async fn sends(&self, events: &[Value]) -> Told {
        let body = json!({ "destination": "Ubot", "events": events }).to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        self.sends_signed(&signature, body).await
    }

    async fn sends_signed(&self, signature: &str, body: String) -> Told {
        self.posts(&[("x-line-signature", signature)], body).await
    }

    async fn takes(&self, events: &[Value]) {
        self.sends(events).await.expect(StatusCode::OK);
        self.deliver(0).await;
    }

    /// Everything that was sent, as the way and the first text.
    fn sent(&self) -> Vec<(&'static str, String)> {
        let api = self.api.lock().unwrap();
        let texts = api.sent.iter().map(|(way, messages)| {
            (
                *way,
                messages[0]["text"].as_str().unwrap_or_default().to_owned(),
            )
        });
        texts.collect()
    }
}

#[tokio::test]
async fn a_reply_is_a_reply_and_the_rest_is_pushed() {
    let account = Official::set_up().await;
    // What the console of LINE sends to try the address.
    account.sends(&[]).await.expect(StatusCode::OK);
    account
        .takes(&[account.event("U1", "follow", json!({}))])
        .await;
    account
        .takes(&[account.text("U1", "배송은 얼마나 걸려요?")])
        .await;
    let sent = account.sent();
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(sent.iter().all(|(way, _)| *way == "reply"), "{sent:?}");
    assert!(
        sent[1].1.contains("이틀") || sent[1].1.contains("2일"),
        "{sent:?}"
    );

    // Two messages follow one event: a token is used once.
    account
        .takes(&[account.text("U1", "상담원 연결해 주세요")])
        .await;
    let sent = account.sent();
    assert_eq!((sent[2].0, sent[3].0), ("reply", "push"), "{sent:?}");
    assert!(sent[3].1.contains("M-000001"), "{sent:?}");
    let id = account.claims().await;
    account.api.lock().unwrap().lost = 1;
    let words = "안녕하세요, 확인하겠습니다.";
    account.admin.says(&id, words).await.expect(StatusCode::OK);
    for later_s in [0, 60, 600] {
        account.deliver(later_s).await;
    }
    let sent = account.sent();
    let told: Vec<&str> = sent[4..].iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(told.len(), 2, "a lost reply repeats nothing: {told:?}");
    assert!(told[0].contains("Ada"), "{told:?}");
    assert_eq!(told[1], words);

    // What lay for too long, or comes again, has a token that is worth nothing.
    account
        .admin
        .acts(&id, "return")
        .await
        .expect(StatusCode::OK);
    account.deliver(0).await;
    let mut late = account.text("U1", "배송은 얼마나 걸려요?");
    late["replyToken"] = json!("expired-1");
    account.takes(&[late]).await;
    let mut again = account.text("U1", "배송은 얼마나 걸려요?");
    again["deliveryContext"]["isRedelivery"] = json!(true);
    account.takes(&[again]).await;
    let slow = account.text("U1", "배송은 얼마나 걸려요?");
    account.sends(&[slow]).await.expect(StatusCode::OK);
    account.deliver(90).await;
    let sent = account.sent();
    let ways: Vec<&str> = sent[7..].iter().map(|(way, _)| *way).collect();
    assert_eq!(ways, ["push", "push", "push"], "{sent:?}");
}

#[tokio::test]
async fn events_are_believed_by_their_signature_and_taken_once() {
    let account = Official::set_up().await;
    let body = json!({ "events": [account.text("U1", "hello")] }).to_string();
    for signature in ["", "AAAA", "not base64!", &STANDARD.encode([0; 32])] {
        account
            .sends_signed(signature, body.clone())
            .await
            .problem(401, "sign-in-needed");
    }
    let mut events = vec![
        account.text("U1", "How long does delivery take?"),
        account.text("U2", "hello"),
    ];
    account.takes(&events).await;
    for event in &mut events {
        event["deliveryContext"]["isRedelivery"] = json!(true);
    }
    account.takes(&events).await;
    assert_eq!(account.sent().len(), 2, "{:?}", account.sent());

    // Groups, rooms, and what another program answers.
    let mut group = account.text("U1", "hello");
    group["source"] = json!({ "type": "group", "groupId": "C1", "userId": "U1" });
    let mut room = account.text("U1", "hello");
    room["source"] = json!({ "type": "room", "roomId": "R1" });
    let mut standby = account.text("U1", "hello");
    standby["mode"] = json!("standby");
    let unsent = account.event("U1", "unsend", json!({ "unsend": { "messageId": "1" } }));
    account.takes(&[group, room, standby, unsent]).await;
    assert_eq!(account.sent().len(), 2, "{:?}", account.sent());
}

#[tokio::test]
async fn buttons_stickers_and_goodbyes() {
    let account = Official::set_up().await;
    let sticker = json!({ "message": { "id": "2", "type": "sticker", "packageId": "1" } });
    account.takes(&[account.text("U1", "こんにちは")]).await;
    account
        .takes(&[account.event("U1", "message", sticker)])
        .await;
    let sent = account.sent();
    assert!(
        sent[1].1.contains("文章と画像"),
        "in their language: {sent:?}"
    );
    let greeting = account.api.lock().unwrap().sent[0].1.clone();
    let button = &greeting[0]["quickReply"]["items"][0]["action"];
    assert_eq!(button["label"], "担当者に相談する");
    let pressed = json!({ "postback": { "data": button["data"] } });
    account
        .takes(&[account.event("U1", "postback", pressed)])
        .await;
    let asked = account.api.lock().unwrap().sent[2].1.clone();
    assert!(
        asked[0]["text"].as_str().unwrap().contains("M-000001"),
        "{asked}"
    );
    let button = &asked[0]["quickReply"]["items"][0]["action"];
    assert_eq!(button["label"], "対応状況を確認する");
    let pressed = json!({ "postback": { "data": button["data"] } });
    account
        .takes(&[account.event("U1", "postback", pressed)])
        .await;
    let sent = account.sent();
    assert!(sent[3].1.contains("次がお客様"), "{sent:?}");

    let mut goodbye = account.event("U1", "unfollow", json!({}));
    goodbye.as_object_mut().unwrap().remove("replyToken");
    account.sends(&[goodbye]).await.expect(StatusCode::OK);
    let id = account.conversation().await;
    let last = account.messages(&id).await.pop().unwrap();
    assert!(
        last["text"]
            .as_str()
            .unwrap()
            .contains("ブロックまたは退出"),
        "{last}"
    );
}

#[tokio::test]
async fn pictures_go_both_ways() {
    let account = Official::set_up().await;
    account
        .takes(&[account.text("U1", "상담원 연결해 주세요")])
        .await;
    let id = account.claims().await;
    let ours = json!({ "message": {
        "id": "4711", "type": "image", "contentProvider": { "type": "line" },
    }});
    let elsewhere = json!({ "message": {
        "id": "4712", "type": "image",
        "contentProvider": { "type": "external", "originalContentUrl": "https://127.0.0.1/x" },
    }});
    account
        .takes(&[
            account.event("U1", "message", ours),
            account.event("U1", "message", elsewhere),
        ])
        .await;
    let messages = account.messages(&id).await;
    let files: Vec<&Value> = messages
        .iter()
        .flat_map(|message| message["attachments"].as_array().unwrap())
        .collect();
    assert_eq!(files.len(), 1, "what lies elsewhere is not fetched");
    assert_eq!(files[0]["width"], 640);

    let picture = png(320, 200);
    for (name, content) in [
        ("shelf.png", picture.clone()),
        ("note.txt", b"hello".to_vec()),
    ] {
        account.sends_file(&id, name, &content, "Here.").await;
    }
    account.deliver(0).await;
    let sent = account.api.lock().unwrap().sent.clone();
    let [(_, with_picture), (_, with_note)] = &sent[sent.len() - 2..] else {
        panic!("{sent:?}");
    };
    let address = with_picture[1]["originalContentUrl"].as_str().unwrap();
    let path = address.strip_prefix("https://help.example.com").unwrap();
    let shown = account.door.gets(path).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.bytes, picture, "LINE fetches it without signing in");
    let text = with_note[1]["text"].as_str().unwrap();
    assert!(
        text.starts_with("note.txt\nhttps://help.example.com/"),
        "{text}"
    );
    // A link is its file's alone, and works for a week.
    account
        .door
        .gets(&format!("{path}0"))
        .await
        .problem(404, "not-found");
    let later = account.shop.app.now().later_by(8 * 24 * 60 * 60 * 1_000);
    account.shop.set_clock(later);
    account.door.gets(path).await.problem(404, "not-found");
}

#[tokio::test]
async fn line_is_as_recorded() {
    let account = Official::set_up().await;
    account
        .takes(&[account.event("U1", "follow", json!({}))])
        .await;
    account
        .takes(&[account.text("U1", "배송은 얼마나 걸려요?")])
        .await;
    account
        .takes(&[account.text("U1", "상담원 연결해 주세요")])
        .await;
    let id = account.claims().await;
    let picture = json!({ "message": { "id": "4711", "type": "image", "contentProvider": { "type": "line" } } });
    account
        .takes(&[account.event("U1", "message", picture)])
        .await;
    account.api.lock().unwrap().lost = 1;
    account
        .sends_file(&id, "shelf.png", &png(320, 200), "안녕하세요.")
        .await;
    account.deliver(0).await;
    account.deliver(60).await;
    account.exchange.is_as_recorded("line");
}
