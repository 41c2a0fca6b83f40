//! There and back with a number of WhatsApp.

mod limits;

use std::ops::Deref;

use axum::http::StatusCode;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::account::{Account, with};
use crate::actors::{Told, png};
use crate::hiding::{nothing_leaked, planted};
use crate::listener::{Heard, Said, said};

const TOKEN: &str = "our-system-user-token";
const SECRET: &str = "our-app-secret";
const NUMBER: &str = "106540352242922";

pub(super) fn opens() -> Value {
    json!({ "kind": "whatsapp", "token": TOKEN, "phone_number_id": NUMBER, "app_secret": SECRET })
}

/// The Cloud API as its documentation describes it, as far as mondo uses it.
#[derive(Default)]
pub(super) struct Api {
    /// Messages that were sent.
    sent: Vec<Value>,
    /// Files that were handed over, as forms.
    uploads: Vec<Vec<u8>>,
    /// What the next message gets instead.
    next: Vec<Said>,
}

/// An error in the form that the Graph API has for all of them.
fn error(status: u16, code: i64) -> Said {
    let error = json!({
        "message": format!("(#{code}) something"), "type": "OAuthException", "code": code,
        "error_data": { "messaging_product": "whatsapp", "details": "in words" }, "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam",
    });
    said(status, &json!({ "error": error }).to_string())
}

impl super::account::Api for Api {
    fn reply(&mut self, heard: &Heard) -> Said {
        if heard.header("authorization") != format!("Bearer {TOKEN}") {
            return error(401, 190);
        }
        let body = heard.json();
        let media = |id: &str| {
            let url = match id {
                "4711" => format!("http://{}/media/4711", heard.header("host")),
                _ => "https://evil.example/media/4712".to_owned(),
            };
            json!({ "messaging_product": "whatsapp", "url": url, "mime_type": "image/png", "id": id, "file_size": 900 })
        };
        match heard.path.as_str() {
            "/4711" | "/4712" => said(200, &media(&heard.path[1..]).to_string()),
            "/media/4711" => (StatusCode::OK, Vec::new(), png(640, 480)),
            "/106540352242922/media" => {
                let form = String::from_utf8_lossy(&heard.body).into_owned();
                for field in ["messaging_product", "type", "file"] {
                    assert!(form.contains(&format!("name=\"{field}\"")), "{form}");
                }
                self.uploads.push(heard.body.clone());
                let id = format!("up{}", self.uploads.len());
                said(200, &json!({ "id": id }).to_string())
            }
            "/106540352242922/messages" => {
                if !self.next.is_empty() {
                    return self.next.remove(0);
                }
                if !fits(&body) {
                    return error(400, 131_009);
                }
                self.sent.push(body);
                let id = format!("wamid.out{}", self.sent.len());
                let said_back =
                    json!({ "messaging_product": "whatsapp", "messages": [{ "id": id }] });
                said(200, &said_back.to_string())
            }
            _ => error(404, 100),
        }
    }
}

/// Tells whether a message keeps to the documented limits.
fn fits(body: &Value) -> bool {
    let within = |value: &Value, most: usize| {
        let length = value.as_str().unwrap_or_default().chars().count();
        (1..=most).contains(&length)
    };
    let kind = body["type"].as_str().unwrap_or_default();
    let said = &body[kind];
    let inside = match kind {
        "text" => within(&said["body"], 4_096),
        "image" | "document" => said["id"].as_str().is_some_and(|id| id.starts_with("up")),
        "interactive" if said["type"] == "button" => {
            let buttons = said["action"]["buttons"].as_array().unwrap();
            let is_button = |button: &Value| {
                let reply = &button["reply"];
                button["type"] == "reply"
                    && within(&reply["id"], 256)
                    && within(&reply["title"], 20)
            };
            within(&said["body"]["text"], 1_024)
                && (1..=3).contains(&buttons.len())
                && buttons.iter().all(is_button)
        }
        "interactive" if said["type"] == "list" => {
            let rows = said["action"]["sections"][0]["rows"].as_array().unwrap();
            let is_row = |row: &Value| {
                let described = row.get("description");
                within(&row["id"], 200)
                    && within(&row["title"], 24)
                    && described.is_none_or(|text| within(text, 72))
            };
            within(&said["body"]["text"], 4_096)
                && within(&said["action"]["button"], 20)
                && (1..=10).contains(&rows.len())
                && rows.iter().all(is_row)
        }
        _ => false,
    };
    inside && body["messaging_product"] == "whatsapp" && body["recipient_type"] == "individual"
}

/// A shop with a number of WhatsApp.
pub(super) struct Number {
    account: Account<Api>,
    secret: String,
}

impl Deref for Number {
    type Target = Account<Api>;

    fn deref(&self) -> &Account<Api> {
        &self.account
    }
}

impl Number {
    pub(super) async fn set_up() -> Self {
        Self::of(Account::set_up(opens()).await)
    }

    async fn unsure() -> Self {
        Self::of(Account::unsure(opens()).await)
    }

    fn of(account: Account<Api>) -> Self {
        let secret = account.made["secret"].as_str().unwrap().to_owned();
        Self { account, secret }
    }

    /// A change as Meta sends it, with one message of a visitor.
    fn change(&self, from: &str, what: &Value) -> Value {
        let id = format!("wamid.in{}", self.next_number());
        let message = json!({ "from": from, "id": id, "timestamp": "1795305600" });
        let message = with(message, what);
        json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550783881", "phone_number_id": NUMBER },
            "contacts": [{ "profile": { "name": "Kerry" }, "wa_id": from }],
            "messages": [message],
        })
    }

    async fn sends(&self, value: &Value) -> Told {
        let body = json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": "102290129340398", "changes": [{ "field": "messages", "value": value }] }],
        });
        self.sends_signed(SECRET, body.to_string()).await
    }

    async fn sends_signed(&self, secret: &str, body: String) -> Told {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        let headers = [("x-hub-signature-256", signature.as_str())];
        self.posts(&headers, body).await
    }

    pub(super) async fn takes(&self, from: &str, what: Value) {
        let change = self.change(from, &what);
        self.sends(&change).await.expect(StatusCode::OK);
        self.deliver(0).await;
    }

    pub(super) async fn writes(&self, from: &str, text: &str) {
        let text = json!({ "type": "text", "text": { "body": text } });
        self.takes(from, text).await;
    }

    pub(super) async fn presses(&self, from: &str, button: &Value) {
        // Buttons and rows come back with what they were sent with.
        let kind = match button["description"].is_null() && button["row"].is_null() {
            true => "button_reply",
            false => "list_reply",
        };
        let mut shown = json!({ "type": kind });
        shown[kind] = json!({ "id": button["id"], "title": button["title"] });
        self.takes(from, json!({ "type": "interactive", "interactive": shown }))
            .await;
    }

    fn sent(&self) -> Vec<Value> {
        self.api.lock().unwrap().sent.clone()
    }

    /// What was to be read, in order.
    fn texts(&self) -> Vec<String> {
        let text = |body: Value| match body["type"].as_str().unwrap() {
            "text" => body["text"]["body"].as_str().unwrap().to_owned(),
            "interactive" => body["interactive"]["body"]["text"]
                .as_str()
                .unwrap()
                .to_owned(),
            other => format!("<{other}>"),
        };
        self.sent().into_iter().map(text).collect()
    }

    /// What can be pressed under the last message.
    pub(super) fn buttons(&self) -> Vec<Value> {
        let last = self.sent().pop().unwrap();
        let action = &last["interactive"]["action"];
        let buttons = action["buttons"].as_array().cloned().unwrap_or_default();
        let mut shown: Vec<Value> = buttons.iter().map(|one| one["reply"].clone()).collect();
        let rows = action["sections"][0]["rows"].as_array().cloned();
        shown.extend(
            rows.unwrap_or_default()
                .into_iter()
                .map(|row| with(row, &json!({ "row": true }))),
        );
        shown
    }
}

#[tokio::test]
async fn a_visitor_is_answered_handed_over_and_back() {
    let number = Number::set_up().await;
    number.writes("8210", "배송은 얼마나 걸려요?").await;
    let texts = number.texts();
    assert!(
        texts[0].contains("이틀") || texts[0].contains("2일"),
        "{texts:?}"
    );
    number.writes("8210", "상담원 연결해 주세요").await;
    let texts = number.texts();
    assert!(
        texts.last().unwrap().contains("M-000001"),
        "in the visitor's language: {texts:?}"
    );
    let standing = number.buttons();
    assert_eq!(standing[0]["title"], "진행 상황 보기");
    number.presses("8210", &standing[0]).await;
    assert!(
        number.texts().last().unwrap().contains("다음 차례"),
        "{:?}",
        number.texts()
    );

    let id = number.claims().await;
    let words = "안녕하세요, 확인하겠습니다.";
    number.admin.says(&id, words).await.expect(StatusCode::OK);
    let before = number.texts().len();
    number.writes("8210", "네, 감사합니다").await;
    let said = number.texts().split_off(before);
    assert!(said[0].contains("Ada"), "{said:?}");
    assert_eq!(
        said[1..],
        [words],
        "with a person there, the bot says nothing"
    );

    number
        .admin
        .acts(&id, "return")
        .await
        .expect(StatusCode::OK);
    number.writes("8210", "배송은 얼마나 걸려요?").await;
    let texts = number.texts();
    let back = &texts[before + 2..];
    assert!(
        back[1].contains("이틀") || back[1].contains("2일"),
        "{back:?}"
    );
    let kept = number.messages(&id).await;
    let kept = kept.iter().filter(|message| message["author"] != "visitor");
    assert_eq!(texts.len(), kept.count(), "each told once: {texts:?}");
    assert!(number.sent().iter().all(|body| body["to"] == "8210"));
}

#[tokio::test]
async fn options_are_buttons_or_a_list() {
    let number = Number::unsure().await;
    number.writes("81", "tea").await;
    let asked = number.sent().pop().unwrap();
    assert_eq!(asked["interactive"]["type"], "list", "{asked}");
    assert_eq!(asked["interactive"]["action"]["button"], "Choose");
    let rows = number.buttons();
    assert!(rows.len() >= 3, "options and a person: {rows:?}");
    // What is too long for a title stands whole below it.
    let is_cut = |row: &Value| row["title"].as_str().unwrap().ends_with('…');
    assert!(rows.iter().any(is_cut), "{rows:?}");
    for row in &rows {
        assert_eq!(is_cut(row), !row["description"].is_null(), "{row}");
    }
    number.presses("81", &rows[1]).await;
    let answered = number.texts().pop().unwrap();
    assert!(answered.contains("Every first Saturday"), "{answered}");
    // The list stays where it is; a row that was not chosen can be chosen then.
    number.presses("81", &rows[0]).await;
    assert_ne!(number.texts().pop().unwrap(), answered);
    number.presses("81", rows.last().unwrap()).await;
    assert!(number.texts().pop().unwrap().contains("M-000001"));
    assert_eq!(
        number.sent().pop().unwrap()["interactive"]["type"],
        "button",
        "one of few words is a button"
    );
    // What is no button of ours is read as what stands on it.
    let before = number.sent().len();
    let other = json!({ "id": "menu-1", "title": "How long does delivery take?" });
    number.presses("82", &other).await;
    assert!(
        number.texts()[before].contains("within 2 days"),
        "{:?}",
        number.texts()
    );
}

#[tokio::test]
async fn pictures_go_both_ways() {
    let number = Number::set_up().await;
    number.writes("81", "I want to talk to a person").await;
    let id = number.claims().await;
    let image = |media: &str| {
        let image =
            json!({ "id": media, "mime_type": "image/png", "sha256": "x", "caption": "the lid" });
        json!({ "type": "image", "image": image })
    };
    number.takes("81", image("4711")).await;
    // Our token is shown to Meta alone; and an id that is none leads nowhere.
    for media in ["4712", "../4711", "gone"] {
        number.takes("81", image(media)).await;
    }
    let own = number.said_by_visitor(&id).await;
    let with_file: Vec<&Value> = own
        .iter()
        .filter(|one| one["attachments"][0]["width"] == 640)
        .collect();
    assert_eq!(with_file.len(), 1, "{own:?}");
    assert_eq!(with_file[0]["text"], "the lid");
    let refused = number.texts();
    let refused = refused
        .iter()
        .filter(|text| text.contains("could not take this file"));
    assert_eq!(refused.count(), 3);

    let picture = png(320, 200);
    number
        .sends_file(&id, "shelf.png", &picture, "Here it is.")
        .await;
    number
        .sends_file(&id, "note.txt", b"hello", "And this.")
        .await;
    // It has no picture of this kind: the visitor gets a link.
    let gif = b"GIF89a\x10\x00\x10\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x10\x00\x10\x00\x00\x02\x0e\x84\x8f\xa9\xcb\xed\x0f\xa3\x9c\xb4\xda\x8b\xb3>\x05\x00;";
    number.sends_file(&id, "turn.gif", gif, "It turns.").await;
    number.deliver(0).await;
    let sent = number.sent();
    let last = &sent[sent.len() - 6..];
    assert_eq!(last[0]["text"]["body"], "Here it is.");
    assert_eq!(last[1]["image"], json!({ "id": "up1" }));
    assert_eq!(
        last[3]["document"],
        json!({ "id": "up2", "filename": "note.txt" })
    );
    let link = last[5]["text"]["body"].as_str().unwrap();
    assert!(
        link.starts_with("turn.gif\nhttps://help.example.com/"),
        "{link}"
    );
    let api = number.api.lock().unwrap();
    let upload = &api.uploads[0];
    assert!(upload.windows(picture.len()).any(|part| part == picture));
}

#[tokio::test]
async fn what_nobody_needs_to_know_is_hidden_there() {
    let number = Number::set_up().await;
    number.writes("41", &planted("wired")).await;
    for text in number.texts() {
        assert!(!text.contains("4111"), "{text}");
    }
    nothing_leaked(&number.shop, "a message by WhatsApp");
}

#[tokio::test]
async fn whatsapp_is_as_recorded() {
    let number = Number::set_up().await;
    let asks = format!(
        "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={}",
        number.secret
    );
    number.gets(&format!("{}?{asks}", number.path)).await;
    number.writes("8210", "배송은 얼마나 걸려요?").await;
    number.writes("8210", "상담원 연결해 주세요").await;
    number.presses("8210", &number.buttons()[0]).await;
    let id = number.claims().await;
    let image = json!({ "id": "4711", "mime_type": "image/png", "sha256": "x" });
    number
        .takes("8210", json!({ "type": "image", "image": image }))
        .await;
    number.api.lock().unwrap().next = vec![error(400, 130_429)];
    number
        .sends_file(&id, "shelf.png", &png(320, 200), "안녕하세요.")
        .await;
    number.deliver(0).await;
    number.deliver(60).await;
    number.exchange.is_as_recorded("whatsapp");
}
