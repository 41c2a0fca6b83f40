//! There and back with an app of Discord.

use std::ops::Deref;
use std::sync::Mutex;

use axum::http::StatusCode;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::account::{Account, with};
use crate::actors::{Told, png};
use crate::hiding::{nothing_leaked, planted};
use crate::listener::{Heard, Said, said};

const APPLICATION: &str = "1100000000000000001";

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn opens() -> Value {
    let public_key = hex::encode(pair(7).public_key().as_ref());
    json!({ "kind": "discord", "application_id": APPLICATION, "public_key": public_key })
}

/// The API as its documentation describes it, as far as mondo uses it.
#[derive(Default)]
struct Api {
    /// What was sent after a reply: the token it was sent by, and the message.
    sent: Vec<(String, Value)>,
    /// Files that were sent, as forms.
    uploads: Vec<Vec<u8>>,
    /// Replies that were put off and have come.
    late: Option<UnboundedSender<Value>>,
    /// Tokens that have ended.
    ended: Vec<String>,
    /// What the next message gets instead.
    next: Vec<Said>,
}

impl super::account::Api for Api {
    fn reply(&mut self, heard: &Heard) -> Said {
        if heard.path == "/attachments/1/2/lid.png" {
            return (StatusCode::OK, Vec::new(), png(640, 480));
        }
        let rest = heard
            .path
            .strip_prefix(&format!("/webhooks/{APPLICATION}/"));
        let Some(rest) = rest else {
            return said(404, r#"{"message":"404: Not Found","code":0}"#);
        };
        let (token, rest) = rest.split_at(rest.find(['/', '?']).unwrap());
        if self.ended.iter().any(|ended| ended == token) {
            return said(401, r#"{"message":"Invalid Webhook Token","code":50027}"#);
        }
        if !self.next.is_empty() {
            return self.next.remove(0);
        }
        let mut body = heard.json();
        if heard.header("content-type").starts_with("multipart/") {
            let form = String::from_utf8_lossy(&heard.body).into_owned();
            assert!(form.contains("name=\"payload_json\""), "{form}");
            assert!(form.contains("name=\"files[0]\"; filename="), "{form}");
            self.uploads.push(heard.body.clone());
            body = json!({ "content": "<file>", "flags": 64 });
        }
        keeps_to_limits(&body);
        match (heard.method.as_str(), rest) {
            ("PATCH", "/messages/@original") => self.late.as_ref().unwrap().send(body).unwrap(),
            ("POST", "?wait=true") => self.sent.push((token.to_owned(), body)),
            other => panic!("{other:?}"),
        }
        said(200, &json!({ "id": "1", "type": 20 }).to_string())
    }
}

/// Checks a message by the documented limits.
fn keeps_to_limits(said: &Value) {
    let length = |value: &Value| value.as_str().unwrap().chars().count();
    assert!((1..=2_000).contains(&length(&said["content"])), "{said}");
    assert_eq!(said["flags"], 64, "for nobody else of the channel: {said}");
    let rows = said["components"].as_array();
    let rows = rows.map_or(&[][..], Vec::as_slice);
    assert!(rows.len() <= 5, "{said}");
    for row in rows {
        let buttons = row["components"].as_array().unwrap();
        assert!((1..=5).contains(&buttons.len()), "{said}");
        for button in buttons {
            assert!((1..=80).contains(&length(&button["label"])), "{button}");
            assert!(
                (1..=100).contains(&length(&button["custom_id"])),
                "{button}"
            );
        }
    }
}

/// A shop with an app of Discord.
struct App {
    account: Account<Api>,
    asked: Mutex<usize>,
}

impl Deref for App {
    type Target = Account<Api>;

    fn deref(&self) -> &Account<Api> {
        &self.account
    }
}

impl App {
    async fn set_up() -> Self {
        Self::of(Account::set_up(opens()).await)
    }

    async fn unsure() -> Self {
        Self::of(Account::unsure(opens()).await)
    }

    fn of(account: Account<Api>) -> Self {
        assert_eq!(account.made["secret"], Value::Null, "Discord brings a key");
        for number in 1..=9 {
            account.exchange.hides(&format!("aW50ZXJhY3Rpb24-{number}"));
        }
        Self {
            account,
            asked: Mutex::new(0),
        }
    }

    /// An interaction with a token of its own.
    fn interaction(&self, user: &str, kind: u64, data: &Value) -> Value {
        let number = {
            let mut asked = self.asked.lock().unwrap();
            *asked += 1;
            *asked
        };
        json!({
            "id": format!("120000000000000000{number}"), "application_id": APPLICATION, "type": kind,
            "token": format!("aW50ZXJhY3Rpb24-{number}"), "version": 1, "locale": "ko", "data": data,
            "guild_id": "1", "channel_id": "2", "member": { "user": { "id": user, "username": "u" }, "roles": [] },
        })
    }

    async fn sends(&self, body: &Value) -> Told {
        let now_s = self.shop.app.now().as_millis() / 1_000;
        self.sends_signed(7, now_s, body).await
    }

    async fn sends_signed(&self, seed: u8, at_s: i64, body: &Value) -> Told {
        let (body, timestamp) = (body.to_string(), at_s.to_string());
        let signature = pair(seed).sign(format!("{timestamp}{body}").as_bytes());
        let signature = hex::encode(signature.as_ref());
        let headers = [
            ("x-signature-ed25519", signature.as_str()),
            ("x-signature-timestamp", timestamp.as_str()),
        ];
        self.posts(&headers, body).await
    }

    /// Does something, and returns what is replied.
    async fn does(&self, interaction: &Value) -> Value {
        let told = self.sends(interaction).await;
        let reply = told.expect(StatusCode::OK);
        assert_eq!(reply["type"], 4, "{reply}");
        keeps_to_limits(&reply["data"]);
        reply["data"].clone()
    }

    async fn command(&self, user: &str, name: &str) -> Value {
        let data = json!({ "id": "1", "type": 1, "name": name });
        self.does(&self.interaction(user, 2, &data)).await
    }

    async fn asks(&self, user: &str, question: &str) -> Value {
        let data = asked(question);
        self.does(&self.interaction(user, 2, &data)).await
    }

    async fn presses(&self, user: &str, button: &Value) -> Value {
        let data = json!({ "component_type": 2, "custom_id": button["custom_id"] });
        self.does(&self.interaction(user, 3, &data)).await
    }

    fn sent(&self) -> Vec<String> {
        let api = self.api.lock().unwrap();
        let text = |(_, said): &(String, Value)| said["content"].as_str().unwrap().to_owned();
        api.sent.iter().map(text).collect()
    }
}

fn asked(question: &str) -> Value {
    let options = json!([{ "name": "question", "type": 3, "value": question }]);
    json!({ "id": "1", "type": 1, "name": "ask", "options": options })
}

fn buttons(said: &Value) -> Vec<Value> {
    let rows = said["components"].as_array().cloned().unwrap_or_default();
    let buttons = rows
        .iter()
        .flat_map(|row| row["components"].as_array().unwrap());
    buttons.cloned().collect()
}

fn content(said: &Value) -> &str {
    said["content"].as_str().unwrap()
}

#[tokio::test]
async fn a_user_is_answered_handed_over_and_back() {
    let app = App::set_up().await;
    let said = app.asks("u1", "배송은 얼마나 걸려요?").await;
    assert!(
        content(&said).contains("이틀") || content(&said).contains("2일"),
        "{said}"
    );
    assert_eq!(app.deliver(2).await, 0, "what was replied is not sent too");

    // The reply has room for one message; what follows is sent by the token of the request.
    let said = app.asks("u1", "상담원 연결해 주세요").await;
    assert!(content(&said).contains("상담원"), "{said}");
    app.deliver(2).await;
    let sent = app.sent();
    assert!(sent[0].contains("M-000001"), "{sent:?}");
    let said = app.command("u1", "status").await;
    assert!(content(&said).contains("다음 차례"), "{said}");
    let said = app.presses("u1", &buttons(&said)[0]).await;
    assert!(content(&said).contains("다음 차례"), "{said}");

    let id = app.claims().await;
    let words = "안녕하세요, 확인하겠습니다.";
    app.admin.says(&id, words).await.expect(StatusCode::OK);
    app.deliver(2).await;
    let sent = app.sent();
    assert!(sent[1].contains("Ada"), "{sent:?}");
    assert_eq!(sent[2..], [words]);
    let token = app.api.lock().unwrap().sent[2].0.clone();
    assert_eq!(token, "aW50ZXJhY3Rpb24-4", "the newest");

    // After a quarter of an hour nothing can be sent; it waits for the next request, and troubles nobody.
    let later = app.shop.app.now().later_by(15 * 60_000);
    app.shop.set_clock(later);
    app.admin
        .says(&id, "아직 계세요?")
        .await
        .expect(StatusCode::OK);
    assert_eq!(app.deliver(2).await, 0);
    let now = app.shop.app.now();
    let next = app.shop.store.reader().next_delivery(now).await.unwrap();
    assert_eq!(next, None, "nothing to look for");
    assert_eq!(app.shop.store.backlog().await.unwrap().deliveries, 0);
    let said = app.asks("u1", "네").await;
    assert_eq!(content(&said), "아직 계세요?");
    let said = app.asks("u1", "감사합니다").await;
    assert!(
        content(&said).contains("M-000001") && content(&said).contains("Ada"),
        "with nothing to say, it is said who answers: {said}"
    );

    app.admin.acts(&id, "return").await.expect(StatusCode::OK);
    app.deliver(2).await;
    let said = app.asks("u1", "배송은 얼마나 걸려요?").await;
    assert!(
        content(&said).contains("이틀") || content(&said).contains("2일"),
        "{said}"
    );
}

#[tokio::test]
async fn options_are_buttons() {
    let app = App::unsure().await;
    let mut vague = app.interaction("u1", 2, &asked("tea"));
    vague["locale"] = json!("en-US");
    let said = app.does(&vague).await;
    let offered = buttons(&said);
    assert!(offered.len() >= 3, "options and a person: {offered:?}");
    let chosen = app.presses("u1", &offered[1]).await;
    assert!(
        content(&chosen).contains("Our only site is tea.example"),
        "{chosen}"
    );
    // Addresses can be followed, and nothing else is a mark.
    assert!(
        content(&chosen).contains("https://help.example.com/help/en/fake-shops"),
        "{chosen}"
    );
    let person = app.presses("u1", offered.last().unwrap()).await;
    app.deliver(2).await;
    let told = format!("{person} {:?}", app.sent());
    assert!(told.contains("M-000001"), "{told}");
    // A message without a server is of the user alone.
    let mut direct = app.interaction("x", 2, &asked("hello"));
    direct.as_object_mut().unwrap().remove("member");
    direct["user"] = json!({ "id": "u2" });
    let said = app.does(&direct).await;
    assert!(!content(&said).is_empty());
}

#[tokio::test]
async fn files_go_both_ways_and_a_limit_is_waited_for() {
    let app = App::set_up().await;
    app.asks("u1", "상담원 연결해 주세요").await;
    let id = app.claims().await;
    app.deliver(2).await;
    let with_file = |address: &str| {
        let options = json!([
            { "name": "question", "type": 3, "value": "뚜껑이에요" },
            { "name": "picture", "type": 11, "value": "9" },
        ]);
        let file = json!({ "id": "9", "filename": "lid.png", "size": 90, "url": address });
        let resolved = json!({ "attachments": { "9": file } });
        let data = with(
            asked(""),
            &json!({ "options": options, "resolved": resolved }),
        );
        app.interaction("u1", 2, &data)
    };
    let ours = format!("{}/attachments/1/2/lid.png", app.server.address);
    app.does(&with_file(&ours)).await;
    let refused = app
        .does(&with_file("https://evil.example/attachments/1/2/lid.png"))
        .await;
    assert!(content(&refused).contains("파일"), "{refused}");
    let own = app.said_by_visitor(&id).await;
    let carried: Vec<&Value> = own
        .iter()
        .filter(|one| one["attachments"][0]["width"] == 640)
        .collect();
    assert_eq!(carried.len(), 1, "{own:?}");
    assert_eq!(carried[0]["text"], "뚜껑이에요");

    let before = app.sent().len();
    let picture = png(320, 200);
    app.sends_file(&id, "shelf.png", &picture, "*여기* @everyone")
        .await;
    let limited = r#"{"message":"You are being rate limited.","retry_after":29.3,"global":false}"#;
    app.api.lock().unwrap().next = vec![said(429, limited)];
    app.deliver(2).await;
    app.deliver(30).await;
    assert_eq!(app.sent().len(), before, "not before its time");
    app.deliver(40).await;
    let sent = app.sent().split_off(before);
    assert_eq!(sent, ["\\*여기\\* @everyone", "<file>"]);
    let api = app.api.lock().unwrap();
    assert_eq!(
        api.sent[before].1["allowed_mentions"],
        json!({ "parse": [] }),
        "nobody is called"
    );
    let upload = &api.uploads[0];
    assert!(upload.windows(picture.len()).any(|part| part == picture));
}

#[tokio::test]
async fn only_discord_is_believed_and_each_interaction_once() {
    let app = App::set_up().await;
    let now_s = app.shop.app.now().as_millis() / 1_000;
    let ping =
        json!({ "id": "1", "application_id": APPLICATION, "type": 1, "token": "t", "version": 1 });
    let told = app.sends(&ping).await.expect(StatusCode::OK);
    assert_eq!(told, json!({ "type": 1 }));
    for (seed, at_s) in [(8, now_s), (7, now_s - 600), (7, now_s + 600)] {
        let told = app.sends_signed(seed, at_s, &ping).await;
        told.problem(401, "sign-in-needed");
    }
    let told = app.posts(&[], ping.to_string()).await;
    told.problem(401, "sign-in-needed");
    let told = app.sends(&json!({ "no": "interaction" })).await;
    told.problem(400, "bad-request");
    let question = app.interaction("u1", 2, &asked("배송은 얼마나 걸려요?"));
    for _ in 0..3 {
        app.does(&question).await;
    }
    app.asks("u1", "상담원 연결해 주세요").await;
    let id = app.conversation().await;
    assert_eq!(app.said_by_visitor(&id).await.len(), 2);
    // What is no button of ours does nothing.
    let other = json!({ "component_type": 2, "custom_id": "other" });
    app.does(&app.interaction("u1", 3, &other)).await;
    assert_eq!(app.said_by_visitor(&id).await.len(), 2);
    for (name, value) in [
        ("application_id", json!("../x")),
        ("public_key", json!("zz")),
        ("public_key", json!("AB".repeat(32))),
    ] {
        let mut messenger = opens();
        messenger[name] = value;
        let body = json!({ "messenger": messenger });
        let told = app.admin.posts("/v1/staff/webhooks", body).await;
        told.problem(400, "bad-request");
    }
}

#[tokio::test]
async fn what_takes_longer_comes_later() {
    let app = App::set_up().await;
    let (sender, mut late) = unbounded_channel();
    app.api.lock().unwrap().late = Some(sender);
    let file = json!({
        "id": "9", "filename": "lid.png", "size": 90,
        "url": format!("{}/attachments/1/2/lid.png", app.server.address),
    });
    let data = json!({
        "name": "ask", "options": [
            { "name": "question", "type": 3, "value": "배송은 얼마나 걸려요?" },
            { "name": "picture", "type": 11, "value": "9" },
        ],
        "resolved": { "attachments": { "9": file } },
    });
    // The picture takes its time: more than Discord waits.
    let gate = app.server.holds().await;
    let told = app.sends(&app.interaction("u1", 2, &data)).await;
    let told = told.expect(StatusCode::OK);
    assert_eq!(told, json!({ "type": 5, "data": { "flags": 64 } }));
    drop(gate);
    let said = late.recv().await.unwrap();
    assert!(
        content(&said).contains("이틀") || content(&said).contains("2일"),
        "{said}"
    );
}

#[tokio::test]
async fn what_nobody_needs_to_know_is_hidden_there() {
    let app = App::set_up().await;
    let said = app.asks("u41", &planted("wired")).await;
    app.deliver(2).await;
    let told = format!("{said} {:?}", app.sent());
    assert!(!told.contains("4111"), "{told}");
    nothing_leaked(&app.shop, "a command of Discord");
}

#[tokio::test]
async fn discord_is_as_recorded() {
    let app = App::set_up().await;
    let ping =
        json!({ "id": "1", "application_id": APPLICATION, "type": 1, "token": "t", "version": 1 });
    app.sends(&ping).await;
    app.asks("u1", "배송은 얼마나 걸려요?").await;
    let said = app.asks("u1", "상담원 연결해 주세요").await;
    app.deliver(2).await;
    app.presses("u1", &buttons(&said)[0]).await;
    let id = app.claims().await;
    app.sends_file(&id, "shelf.png", &png(320, 200), "안녕하세요.")
        .await;
    app.deliver(2).await;
    app.exchange.is_as_recorded("discord");
}
