//! There and back with a bot of Telegram.

mod limits;

use std::ops::Deref;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::account::{Account, with};
use crate::actors::{Told, png};
use crate::hiding::{nothing_leaked, planted};
use crate::listener::{Heard, Said, said};

const TOKEN: &str = "123456:our-Bot_token";

fn opens() -> Value {
    json!({ "kind": "telegram", "token": TOKEN })
}

/// The API for bots as its documentation describes it, as far as mondo uses it.
#[derive(Default)]
struct Api {
    /// What chats were sent: the chat, the method, the body where it is JSON.
    sent: Vec<(String, String, Value)>,
    /// Pictures that were uploaded.
    uploads: Vec<Vec<u8>>,
    /// What the next message gets instead.
    next: Vec<Said>,
}

fn refused(status: u16, description: &str, parameters: Value) -> Said {
    let body = json!({
        "ok": false, "error_code": status, "description": description, "parameters": parameters,
    });
    said(status, &body.to_string())
}

impl super::account::Api for Api {
    fn reply(&mut self, heard: &Heard) -> Said {
        if let Some(file) = heard.path.strip_prefix(&format!("/file/bot{TOKEN}/")) {
            return match file {
                "photos/file_1.png" => (StatusCode::OK, Vec::new(), png(640, 480)),
                "documents/log.txt" => said(200, "a log of plain words"),
                _ => said(404, ""),
            };
        }
        let Some(method) = heard.path.strip_prefix(&format!("/bot{TOKEN}/")) else {
            return refused(401, "Unauthorized", json!({}));
        };
        let body = heard.json();
        if method == "getFile" {
            let path = match body["file_id"].as_str() {
                Some("large-photo") => "photos/file_1.png",
                Some("log") => "documents/log.txt",
                Some("astray") => "../../etc/passwd",
                _ => return refused(400, "Bad Request: invalid file_id", json!({})),
            };
            let result = json!({ "file_id": body["file_id"], "file_path": path });
            return said(200, &json!({ "ok": true, "result": result }).to_string());
        }
        if !self.next.is_empty() {
            return self.next.remove(0);
        }
        let chat = match method {
            "sendMessage" => {
                let text = body["text"].as_str().unwrap_or_default();
                if text.is_empty() || text.encode_utf16().count() > 4_096 {
                    return refused(400, "Bad Request: message is too long", json!({}));
                }
                let rows = body["reply_markup"]["inline_keyboard"].as_array();
                for button in rows
                    .into_iter()
                    .flatten()
                    .flat_map(|row| row.as_array().unwrap())
                {
                    let data = button["callback_data"].as_str().unwrap();
                    if data.is_empty() || data.len() > 64 {
                        return refused(400, "Bad Request: BUTTON_DATA_INVALID", json!({}));
                    }
                }
                body["chat_id"].as_str().unwrap().to_owned()
            }
            "sendPhoto" | "sendDocument" => {
                let form = String::from_utf8_lossy(&heard.body).into_owned();
                let kind = heard.header("content-type");
                let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
                let fields: Vec<&str> = form.split(&format!("--{boundary}")).collect();
                assert_eq!(
                    fields.len(),
                    4,
                    "two fields between three boundaries: {form}"
                );
                let (_, chat) = fields[1].split_once("\r\n\r\n").unwrap();
                self.uploads.push(heard.body.clone());
                chat.trim().to_owned()
            }
            _ => return refused(404, "Not Found", json!({})),
        };
        self.sent.push((chat, method.to_owned(), body));
        let result = json!({ "ok": true, "result": { "message_id": self.sent.len() } });
        said(200, &result.to_string())
    }
}

/// A shop with a bot of Telegram.
struct Bot {
    account: Account<Api>,
    secret: String,
}

impl Deref for Bot {
    type Target = Account<Api>;

    fn deref(&self) -> &Account<Api> {
        &self.account
    }
}

impl Bot {
    async fn set_up() -> Self {
        Self::with(Account::set_up(opens()).await)
    }

    async fn unsure() -> Self {
        Self::with(Account::unsure(opens()).await)
    }

    fn with(account: Account<Api>) -> Self {
        let secret = account.made["secret"].as_str().unwrap().to_owned();
        // What Telegram takes as `secret_token`.
        assert!((1..=256).contains(&secret.len()), "{secret}");
        assert!(secret.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        Self { account, secret }
    }

    /// Sends an update under the next number.
    async fn update(&self, kind: &str, what: Value) -> Value {
        self.numbered(self.next_number(), kind, what)
            .await
            .expect(StatusCode::OK)
    }

    async fn numbered(&self, number: i64, kind: &str, what: Value) -> Told {
        let mut update = json!({ "update_id": number });
        update[kind] = what;
        self.sends(&self.secret, update).await
    }

    async fn sends(&self, secret: &str, update: Value) -> Told {
        let headers = [("x-telegram-bot-api-secret-token", secret)];
        self.posts(&headers, update.to_string()).await
    }

    async fn writes(&self, chat: i64, language: &str, text: &str) {
        self.update("message", message(chat, language, json!({ "text": text })))
            .await;
        self.deliver(0).await;
    }

    async fn presses(&self, chat: i64, button: &Value) {
        let query = json!({
            "id": "q1", "from": { "id": chat, "is_bot": false, "language_code": "en" },
            "message": { "message_id": 1, "chat": { "id": chat, "type": "private" } },
            "data": button["callback_data"],
        });
        let replied = self.update("callback_query", query).await;
        assert_eq!(replied["method"], "answerCallbackQuery");
        assert_eq!(replied["callback_query_id"], "q1");
        self.deliver(0).await;
    }

    /// The texts a chat was sent, in order.
    fn texts(&self, chat: i64) -> Vec<String> {
        let api = self.api.lock().unwrap();
        let own = api.sent.iter().filter(|(to, ..)| *to == chat.to_string());
        own.filter(|(_, method, _)| method == "sendMessage")
            .map(|(.., body)| body["text"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The buttons under the last message.
    fn buttons(&self) -> Vec<Value> {
        let api = self.api.lock().unwrap();
        let (.., body) = api.sent.last().unwrap();
        let rows = body["reply_markup"]["inline_keyboard"].as_array();
        rows.into_iter()
            .flatten()
            .map(|row| row[0].clone())
            .collect()
    }
}

fn message(chat: i64, language: &str, content: Value) -> Value {
    let message = json!({
        "message_id": 1, "date": 1_795_305_600,
        "chat": { "id": chat, "type": "private" },
        "from": { "id": chat, "is_bot": false, "language_code": language },
    });
    with(message, &content)
}

#[tokio::test]
async fn a_visitor_is_answered_handed_over_and_back() {
    let bot = Bot::set_up().await;
    bot.writes(7, "ko", "/start").await;
    bot.writes(7, "ko", "배송은 얼마나 걸려요?").await;
    let texts = bot.texts(7);
    assert!(texts[0].contains("안녕하세요"), "{texts:?}");
    assert!(
        texts[1].contains("이틀") || texts[1].contains("2일"),
        "{texts:?}"
    );
    assert!(
        texts[1].contains("https://help.example.com/help/ko/"),
        "the whole article is a link away: {texts:?}"
    );
    bot.writes(7, "ko", "/status").await;
    assert!(
        bot.texts(7)[2].contains("챗봇이 답변"),
        "{:?}",
        bot.texts(7)
    );

    bot.writes(7, "ko", "/person").await;
    assert!(bot.texts(7)[3].contains("M-000001"), "{:?}", bot.texts(7));
    let standing = bot.buttons();
    assert_eq!(standing[0]["text"], "진행 상황 보기");
    bot.presses(7, &standing[0]).await;
    let said = bot.texts(7)[4].clone();
    assert!(
        said.contains("M-000001") && said.contains("다음 차례"),
        "{said}"
    );

    let id = bot.claims().await;
    bot.admin
        .says(&id, "안녕하세요, 확인하겠습니다.")
        .await
        .expect(StatusCode::OK);
    bot.writes(7, "ko", "네, 감사합니다").await;
    bot.writes(7, "ko", "/status").await;
    let texts = bot.texts(7);
    let said: Vec<&str> = texts[5..].iter().map(String::as_str).collect();
    assert!(said[0].contains("Ada"), "who has joined: {said:?}");
    assert_eq!(said[1], "안녕하세요, 확인하겠습니다.");
    assert!(
        said[2].contains("M-000001") && said[2].contains("Ada"),
        "{said:?}"
    );
    assert_eq!(
        said.len(),
        3,
        "with a person there, the bot says nothing: {said:?}"
    );

    bot.admin.acts(&id, "return").await.expect(StatusCode::OK);
    bot.writes(7, "ko", "배송은 얼마나 걸려요?").await;
    let texts = bot.texts(7);
    let back = &texts[8..];
    assert!(back[0].contains("챗봇"), "{back:?}");
    assert!(
        back[1].contains("이틀") || back[1].contains("2일"),
        "{back:?}"
    );
    let kept = bot.messages(&id).await;
    let kept = kept.iter().filter(|message| message["author"] != "visitor");
    let kept: Vec<&str> = kept
        .map(|message| message["text"].as_str().unwrap())
        .collect();
    assert_eq!(
        texts.len(),
        kept.len(),
        "each told once: {texts:?} {kept:?}"
    );
}

#[tokio::test]
async fn options_are_buttons_and_work_later_too() {
    let bot = Bot::unsure().await;
    bot.writes(7, "en", "tea").await;
    let buttons = bot.buttons();
    assert!(buttons.len() >= 3, "options and a person: {buttons:?}");
    assert_eq!(buttons.last().unwrap()["text"], "Talk to a person");
    bot.presses(7, &buttons[1]).await;
    let answered = bot.texts(7).last().unwrap().clone();
    assert!(
        answered.contains("Our only site is tea.example"),
        "{answered}"
    );
    // The message with the buttons stays where it is; an option that was not chosen can be chosen then.
    bot.presses(7, &buttons[0]).await;
    assert_ne!(*bot.texts(7).last().unwrap(), answered);
    let before = bot.texts(7).len();
    for other in ["o:1:1", "o:019a9f6e-1c00-7000-8000-000000000000:1", "x", ""] {
        bot.presses(7, &json!({ "callback_data": other })).await;
    }
    assert_eq!(
        bot.texts(7).len(),
        before,
        "what is no button of ours does nothing"
    );
    bot.presses(7, buttons.last().unwrap()).await;
    assert!(bot.texts(7).last().unwrap().contains("M-000001"));
}

#[tokio::test]
async fn pictures_go_both_ways() {
    let bot = Bot::set_up().await;
    let photo = json!({ "photo": [
        { "file_id": "small-photo", "file_unique_id": "a", "width": 64, "height": 48, "file_size": 900 },
        { "file_id": "large-photo", "file_unique_id": "b", "width": 640, "height": 480, "file_size": 9_000 },
    ]});
    // The bot answers words: the picture waits for them.
    bot.update("message", message(7, "en", photo.clone())).await;
    bot.deliver(0).await;
    assert!(
        bot.texts(7)[0].contains("what it is about"),
        "{:?}",
        bot.texts(7)
    );
    bot.writes(7, "en", "How long does delivery take?").await;
    let mut captioned = photo.clone();
    captioned["caption"] = json!("the lid");
    bot.writes(7, "en", "/person").await;
    let id = bot.claims().await;
    bot.update("message", message(7, "en", captioned)).await;
    // With a person there, a file needs no words; what is no file there is told.
    let log = json!({ "document": { "file_id": "log", "file_name": "app.log", "file_size": 20 } });
    bot.update("message", message(7, "en", log)).await;
    for id in ["gone", "astray"] {
        let lost = json!({ "document": { "file_id": id, "file_name": "x", "file_size": 20 } });
        bot.update("message", message(7, "en", lost)).await;
    }
    let huge = json!({ "document": { "file_id": "log", "file_size": 900_000_000_u64 } });
    bot.update("message", message(7, "en", huge)).await;
    bot.deliver(0).await;
    let refusals = bot.texts(7);
    let refusals = refusals
        .iter()
        .filter(|text| text.contains("could not take this file"));
    assert_eq!(refusals.count(), 3);

    let own = bot.said_by_visitor(&id).await;
    let names: Vec<(&str, usize)> = own
        .iter()
        .map(|message| {
            let files = message["attachments"].as_array().unwrap().len();
            (message["text"].as_str().unwrap(), files)
        })
        .collect();
    assert_eq!(
        names,
        [("How long does delivery take?", 1), ("the lid", 1), ("", 1)]
    );
    assert_eq!(own[2]["attachments"][0]["name"], "app.log");
    assert_eq!(own[0]["attachments"][0]["width"], 640);

    let picture = png(320, 200);
    bot.sends_file(&id, "shelf.png", &picture, "Here it is.")
        .await;
    bot.deliver(0).await;
    let api = bot.api.lock().unwrap();
    let methods: Vec<&str> = api
        .sent
        .iter()
        .map(|(_, method, _)| method.as_str())
        .collect();
    assert_eq!(methods[methods.len() - 2..], ["sendMessage", "sendPhoto"]);
    let upload = &api.uploads[0];
    assert!(upload.windows(picture.len()).any(|part| part == picture));
}

#[tokio::test]
async fn what_nobody_needs_to_know_is_hidden_in_a_messenger() {
    let bot = Bot::set_up().await;
    bot.writes(41, "en", &planted("wired")).await;
    for text in bot.texts(41) {
        assert!(!text.contains("4111"), "{text}");
    }
    nothing_leaked(&bot.shop, "a message by Telegram");
}
