//! There and back with an official account of WeChat.

mod limits;

use std::ops::Deref;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::account::Account;
use crate::actors::{Told, png};
use crate::hiding::{nothing_leaked, planted};
use crate::listener::{Heard, Said, said};

const APP_SECRET: &str = "our-app-secret";

fn opens() -> Value {
    json!({ "kind": "wechat", "app_id": "wx0123456789abcdef", "app_secret": APP_SECRET })
}

/// The interface for official accounts as its documentation describes it, as far as mondo uses it.
#[derive(Default)]
struct Api {
    /// How many tokens were lent; the newest alone is in use.
    lent: usize,
    /// Whether each token was asked for by force.
    forced: Vec<bool>,
    /// Messages that were sent.
    sent: Vec<Value>,
    /// Pictures that were handed over, as forms.
    uploads: Vec<Vec<u8>>,
    /// What the next message gets instead, as errors.
    next: Vec<i64>,
}

fn error(code: i64) -> Said {
    said(
        200,
        &json!({ "errcode": code, "errmsg": "in words rid: 1" }).to_string(),
    )
}

impl super::account::Api for Api {
    fn reply(&mut self, heard: &Heard) -> Said {
        let (path, query) = heard.path.split_once('?').unwrap_or((&heard.path, ""));
        let body = heard.json();
        match path {
            "/pic/4711" => return (StatusCode::OK, Vec::new(), png(640, 480)),
            "/cgi-bin/stable_token" => {
                if body["secret"] != APP_SECRET || body["grant_type"] != "client_credential" {
                    return error(40_125);
                }
                let is_forced = body["force_refresh"] == true;
                self.forced.push(is_forced);
                if is_forced || self.lent == 0 {
                    self.lent += 1;
                }
                let token = format!("token-{}", self.lent);
                let lent = json!({ "access_token": token, "expires_in": 7_200 });
                return said(200, &lent.to_string());
            }
            _ => {}
        }
        let token = format!("access_token=token-{}", self.lent);
        if !query.split('&').any(|pair| pair == token) {
            return error(40_001);
        }
        match path {
            "/cgi-bin/media/upload" => {
                let form = String::from_utf8_lossy(&heard.body).into_owned();
                assert!(query.contains("type=image"), "{query}");
                assert!(form.contains("name=\"media\"; filename="), "{form}");
                self.uploads.push(heard.body.clone());
                let media = format!("media-{}", self.uploads.len());
                said(
                    200,
                    &json!({ "type": "image", "media_id": media, "created_at": 1 }).to_string(),
                )
            }
            "/cgi-bin/message/custom/send" => {
                if !self.next.is_empty() {
                    return error(self.next.remove(0));
                }
                let kind = body["msgtype"].as_str().unwrap();
                let text = match kind {
                    "text" => &body["text"]["content"],
                    "msgmenu" => &body["msgmenu"]["head_content"],
                    _ => &body["image"]["media_id"],
                };
                let text = text.as_str().unwrap();
                if text.is_empty() || text.len() > 2_048 {
                    return error(45_002);
                }
                // What is no plain UTF-8 is shown to visitors as it stands.
                assert!(!String::from_utf8_lossy(&heard.body).contains("\\u"));
                self.sent.push(body);
                error(0)
            }
            _ => error(40_066),
        }
    }
}

/// A shop with an official account.
struct Followed {
    account: Account<Api>,
    token: String,
}

impl Deref for Followed {
    type Target = Account<Api>;

    fn deref(&self) -> &Account<Api> {
        &self.account
    }
}

impl Followed {
    async fn set_up() -> Self {
        Self::of(Account::set_up(opens()).await)
    }

    async fn unsure() -> Self {
        Self::of(Account::unsure(opens()).await)
    }

    fn of(account: Account<Api>) -> Self {
        let token = account.made["secret"].as_str().unwrap().to_owned();
        assert!(
            (3..=32).contains(&token.len()),
            "what WeChat takes: {token}"
        );
        for lent in 1..=9 {
            account.exchange.hides(&format!("token-{lent}"));
        }
        Self { account, token }
    }

    /// What WeChat adds to the address, signed by a token.
    fn signed(&self, token: &str, at_s: i64) -> String {
        let (timestamp, nonce) = (at_s.to_string(), "486452656");
        let mut parts = [token, &timestamp, nonce];
        parts.sort_unstable();
        let digest = ring::digest::digest(
            &ring::digest::SHA1_FOR_LEGACY_USE_ONLY,
            parts.concat().as_bytes(),
        );
        let signature = hex::encode(digest);
        format!("signature={signature}&timestamp={timestamp}&nonce={nonce}")
    }

    fn now_s(&self) -> i64 {
        self.shop.app.now().as_millis() / 1_000
    }

    async fn sends(&self, body: String) -> Told {
        let signed = self.signed(&self.token, self.now_s());
        let path = format!("{}?{signed}&openid=o1", self.path);
        self.posts_to(&path, &[("content-type", "text/xml")], body)
            .await
    }

    /// A message as WeChat sends it, under a number of its own.
    fn message(&self, visitor: &str, kind: &str, what: &str) -> String {
        let number = 24_000_000_000 + self.next_number();
        wrapped(visitor, kind, &format!("{what}<MsgId>{number}</MsgId>"))
    }

    fn text(&self, visitor: &str, text: &str) -> String {
        self.message(
            visitor,
            "text",
            &format!("<Content><![CDATA[{text}]]></Content>"),
        )
    }

    /// Says something, and returns what is replied at once; nothing where it is said that all is well.
    async fn writes(&self, visitor: &str, text: &str) -> Option<String> {
        let body = self.text(visitor, text);
        self.replied(body).await
    }

    async fn replied(&self, body: String) -> Option<String> {
        let told = self.sends(body).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text);
        if told.text == "success" {
            return None;
        }
        assert!(
            told.header("content-type").starts_with("text/xml"),
            "{}",
            told.text
        );
        let (_, content) = told.text.split_once("<Content><![CDATA[").unwrap();
        let (content, _) = content.split_once("]]></Content>").unwrap();
        assert!(content.len() <= 2_048);
        Some(content.to_owned())
    }

    /// Presses a line of a menu.
    async fn presses(&self, visitor: &str, line: &Value) -> Option<String> {
        let what = format!(
            "<Content><![CDATA[{}]]></Content><bizmsgmenuid>{}</bizmsgmenuid>",
            line["content"].as_str().unwrap(),
            line["id"].as_str().unwrap()
        );
        let body = self.message(visitor, "text", &what);
        self.replied(body).await
    }

    /// What was sent by the customer service interface, in order.
    fn sent(&self) -> Vec<String> {
        let api = self.api.lock().unwrap();
        let text = |body: &Value| {
            let head = &body["msgmenu"]["head_content"];
            let text = body["text"]["content"].as_str().or(head.as_str());
            text.unwrap_or("<picture>").to_owned()
        };
        api.sent.iter().map(text).collect()
    }

    /// The lines of the last menu.
    fn menu(&self) -> Vec<Value> {
        let api = self.api.lock().unwrap();
        let list = &api.sent.last().unwrap()["msgmenu"]["list"];
        list.as_array().unwrap().clone()
    }
}

fn wrapped(visitor: &str, kind: &str, what: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[gh_mondo]]></ToUserName><FromUserName><![CDATA[{visitor}]]></FromUserName>\
         <CreateTime>1795305600</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{what}</xml>"
    )
}

fn event(visitor: &str, event: &str, key: &str) -> String {
    let what = format!("<Event><![CDATA[{event}]]></Event><EventKey><![CDATA[{key}]]></EventKey>");
    wrapped(visitor, "event", &what)
}

#[tokio::test]
async fn a_follower_is_answered_handed_over_and_back() {
    let account = Followed::set_up().await;
    let greeting = account.replied(event("o1", "subscribe", "")).await.unwrap();
    assert!(greeting.contains("Hello"), "{greeting}");
    let answer = account.writes("o1", "配送需要多久？").await.unwrap();
    assert!(
        answer.contains("2天") || answer.contains("两天") || answer.contains("2 天"),
        "{answer}"
    );
    account.deliver(2).await;
    assert_eq!(account.sent(), [""; 0], "what was replied is not sent too");

    // What has a button under it goes by the interface.
    assert_eq!(account.writes("o1", "转人工客服").await, None);
    assert_eq!(account.deliver(0).await, 0, "the reply goes first");
    account.deliver(2).await;
    let sent = account.sent();
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(sent[1].contains("M-000001"), "{sent:?}");
    let standing = account.menu();
    assert_eq!(standing[0]["content"], "查询处理进度");
    assert_eq!(account.presses("o1", &standing[0]).await, None);
    account.deliver(2).await;
    assert!(account.sent()[2].contains("下一位"), "{:?}", account.sent());

    let id = account.claims().await;
    let words = "您好，我来处理。";
    account.admin.says(&id, words).await.expect(StatusCode::OK);
    account.deliver(2).await;
    let sent = account.sent();
    assert!(sent[3].contains("Ada"), "{sent:?}");
    assert_eq!(sent[4..], [words]);
    assert_eq!(
        account.writes("o1", "好的").await,
        None,
        "with a person there, the bot says nothing"
    );
    account
        .admin
        .acts(&id, "return")
        .await
        .expect(StatusCode::OK);
    account.deliver(2).await;
    let back = account.writes("o1", "配送需要多久？").await;
    assert_eq!(back, Some(answer));
    let api = account.api.lock().unwrap();
    assert_eq!(api.forced, [false], "one token for all of it");
    assert!(api.sent.iter().all(|body| body["touser"] == "o1"));
}

#[tokio::test]
async fn options_are_a_menu() {
    let account = Followed::unsure().await;
    assert_eq!(account.writes("o1", "tea").await, None);
    account.deliver(2).await;
    let menu = account.menu();
    assert!(menu.len() >= 3, "options and a person: {menu:?}");
    let answer = account.presses("o1", &menu[1]).await.unwrap();
    assert!(answer.contains("Every first Saturday"), "{answer}");
    // The same by a menu of the account itself, whose buttons were given our codes.
    assert_eq!(account.replied(event("o1", "CLICK", "p")).await, None);
    account.deliver(2).await;
    assert!(account.sent().last().unwrap().contains("M-000001"));
    let before = account.sent().len();
    // What is no button of ours is let be.
    assert_eq!(account.replied(event("o1", "CLICK", "other")).await, None);
    assert_eq!(
        account
            .replied(event("o1", "VIEW", "https://a.example"))
            .await,
        None
    );
    account.deliver(2).await;
    assert_eq!(account.sent().len(), before);
}

#[tokio::test]
async fn pictures_go_both_ways() {
    let account = Followed::set_up().await;
    account.writes("o1", "转人工客服").await;
    let id = account.claims().await;
    account.deliver(2).await;
    let picture = |address: &str| {
        let what = format!("<PicUrl><![CDATA[{address}]]></PicUrl><MediaId>m1</MediaId>");
        account.message("o1", "image", &what)
    };
    let ours = picture(&format!("{}/pic/4711", account.server.address));
    assert_eq!(account.replied(ours).await, None);
    let refused = account
        .replied(picture("https://evil.example/pic/4711"))
        .await;
    account.deliver(2).await;
    let said = format!("{refused:?} {:?}", account.sent());
    assert!(said.contains("文件"), "{said}");
    let own = account.said_by_visitor(&id).await;
    let with_file = own
        .iter()
        .filter(|one| one["attachments"][0]["width"] == 640);
    assert_eq!(with_file.count(), 1, "{own:?}");

    let shelf = png(320, 200);
    account
        .sends_file(&id, "shelf.png", &shelf, "在这里。")
        .await;
    account
        .sends_file(&id, "note.txt", b"hello", "还有。")
        .await;
    account.deliver(2).await;
    let sent = account.sent();
    let last = &sent[sent.len() - 4..];
    assert_eq!(last[..3], ["在这里。", "<picture>", "还有。"]);
    assert!(
        last[3].starts_with("note.txt\nhttps://help.example.com/"),
        "{last:?}"
    );
    let api = account.api.lock().unwrap();
    let upload = &api.uploads[0];
    assert!(upload.windows(shelf.len()).any(|part| part == shelf));
}

#[tokio::test]
async fn what_nobody_needs_to_know_is_hidden_there() {
    let account = Followed::set_up().await;
    let replied = account.writes("o41", &planted("wired")).await;
    account.deliver(2).await;
    let said = format!("{replied:?} {:?}", account.sent());
    assert!(!said.contains("4111"), "{said}");
    nothing_leaked(&account.shop, "a message by WeChat");
}

#[tokio::test]
async fn wechat_is_as_recorded() {
    let account = Followed::set_up().await;
    let signed = account.signed(&account.token, account.now_s());
    let path = format!("{}?{signed}&echostr=5838479218127813673", account.path);
    account.gets(&path).await;
    account.replied(event("o1", "subscribe", "")).await;
    account.writes("o1", "配送需要多久？").await;
    account.writes("o1", "转人工客服").await;
    account.deliver(2).await;
    let id = account.claims().await;
    let what = format!(
        "<PicUrl><![CDATA[{}/pic/4711]]></PicUrl><MediaId>m1</MediaId>",
        account.server.address
    );
    let picture = account.message("o1", "image", &what);
    account.replied(picture).await;
    account.api.lock().unwrap().lent += 1;
    account
        .sends_file(&id, "shelf.png", &png(320, 200), "您好。")
        .await;
    account.deliver(2).await;
    account.exchange.is_as_recorded("wechat");
}
