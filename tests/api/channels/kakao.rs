//! There and back with a skill of KakaoTalk, which asks and is replied to.

use std::ops::Deref;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::account::{Account, with};
use crate::actors::{Told, png};
use crate::hiding::{nothing_leaked, planted};
use crate::listener::{Heard, Said, said};

/// What Kakao serves and takes: pictures of visitors, and late replies.
#[derive(Default)]
struct Api {
    /// Hears of late replies.
    late: Option<UnboundedSender<Value>>,
    /// What the next late reply gets instead.
    next: Vec<Said>,
}

impl super::account::Api for Api {
    fn reply(&mut self, heard: &Heard) -> Said {
        match heard.path.as_str() {
            "/talkm/4711.png" => (StatusCode::OK, Vec::new(), png(640, 480)),
            "/callback/1" => {
                let reply = heard.json();
                keeps_to_limits(&reply);
                if let Some(late) = &self.late {
                    late.send(reply).unwrap();
                }
                if !self.next.is_empty() {
                    return self.next.remove(0);
                }
                said(
                    200,
                    r#"{"taskId":"1","status":"SUCCESS","message":"ok","timestamp":1}"#,
                )
            }
            _ => said(404, ""),
        }
    }
}

/// Checks a reply by the documented limits.
fn keeps_to_limits(reply: &Value) {
    let length = |value: &Value| value.as_str().unwrap().encode_utf16().count();
    assert_eq!(reply["version"], "2.0", "{reply}");
    let outputs = reply["template"]["outputs"].as_array().unwrap();
    assert!((1..=3).contains(&outputs.len()), "{reply}");
    for output in outputs {
        let (kind, said) = output.as_object().unwrap().iter().next().unwrap();
        match kind.as_str() {
            "simpleText" => assert!((1..=1_000).contains(&length(&said["text"])), "{said}"),
            "simpleImage" => assert!(said["imageUrl"].as_str().unwrap().starts_with("https://")),
            "textCard" => {
                assert!(length(&said["description"]) <= 400, "{said}");
                for button in said["buttons"].as_array().unwrap() {
                    assert!(length(&button["label"]) <= 14, "{button}");
                    assert!(length(&button["webLinkUrl"]) > 0, "{button}");
                }
            }
            other => panic!("{other}"),
        }
    }
    let quick = reply["template"]["quickReplies"].as_array();
    let quick = quick.map_or(&[][..], Vec::as_slice);
    assert!(quick.len() <= 10, "{reply}");
    for button in quick {
        assert_eq!(button["action"], "message");
        assert!((1..=14).contains(&length(&button["label"])), "{button}");
    }
}

/// A shop with a skill.
struct Skill {
    account: Account<Api>,
    secret: String,
}

impl Deref for Skill {
    type Target = Account<Api>;

    fn deref(&self) -> &Account<Api> {
        &self.account
    }
}

impl Skill {
    async fn set_up() -> Self {
        Self::of(Account::set_up(json!({ "kind": "kakao" })).await)
    }

    async fn unsure() -> Self {
        Self::of(Account::unsure(json!({ "kind": "kakao" })).await)
    }

    fn of(account: Account<Api>) -> Self {
        let secret = account.made["secret"].as_str().unwrap().to_owned();
        Self { account, secret }
    }

    async fn sends(&self, secret: &str, body: Value) -> Told {
        let headers = [("x-mondo-secret", secret)];
        self.posts(&headers, body.to_string()).await
    }

    /// Asks what to say, and checks what is replied.
    async fn asks(&self, body: Value) -> Value {
        let told = self.sends(&self.secret, body).await;
        let reply = told.expect(StatusCode::OK);
        keeps_to_limits(&reply);
        reply
    }

    async fn writes(&self, visitor: &str, text: &str) -> Value {
        self.asks(request(visitor, json!({ "utterance": text })))
            .await
    }

    /// Presses a button: what is read on it is said, and what it was sent with comes beside.
    async fn presses(&self, visitor: &str, button: &Value) -> Value {
        let mut body = request(visitor, json!({ "utterance": button["messageText"] }));
        body["action"]["clientExtra"] = button["extra"].clone();
        self.asks(body).await
    }
}

/// A request as Kakao sends it.
fn request(visitor: &str, what: Value) -> Value {
    let asked = json!({
        "timezone": "Asia/Seoul", "lang": "kr", "params": { "surface": "Kakaotalk.plusfriend" },
        "block": { "id": "b1", "name": "fallback" },
        "user": { "id": visitor, "type": "botUserKey", "properties": { "botUserKey": visitor } },
    });
    json!({
        "intent": { "id": "i1", "name": "fallback" }, "userRequest": with(asked, &what),
        "bot": { "id": "bot1", "name": "tea" },
        "action": { "id": "a1", "name": "mondo", "params": {}, "detailParams": {}, "clientExtra": null },
    })
}

/// What is read in a reply, in order.
fn texts(reply: &Value) -> Vec<String> {
    let outputs = reply["template"]["outputs"].as_array().unwrap().iter();
    let text = |output: &Value| {
        let said = &output["simpleText"]["text"];
        let said = said.as_str().or(output["textCard"]["description"].as_str());
        said.unwrap_or("<picture>").to_owned()
    };
    outputs.map(text).collect()
}

fn quick(reply: &Value) -> Vec<Value> {
    let quick = reply["template"]["quickReplies"].as_array();
    quick.cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_visitor_is_answered_handed_over_and_back() {
    let skill = Skill::set_up().await;
    let reply = skill.writes("k1", "배송은 얼마나 걸려요?").await;
    let said = texts(&reply);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("이틀") || said[0].contains("2일"),
        "{said:?}"
    );

    // What is read on the button is enough, should the bot have lost what came with it.
    let reply = skill.writes("k1", "상담원 연결").await;
    let said = texts(&reply);
    assert!(said[0].contains("M-000001"), "{said:?}");
    let card = &reply["template"]["outputs"][1]["textCard"];
    let page = card["buttons"][0]["webLinkUrl"].as_str().unwrap();
    assert_eq!(card["buttons"][0]["label"], "문의 보기");
    let path = page.strip_prefix("https://help.example.com").unwrap();
    let shown = skill.door.gets(path).await;
    assert_eq!(shown.status, StatusCode::OK, "{page}");
    assert!(shown.text.contains("M-000001"), "{}", shown.text);
    let standing = quick(&reply);
    assert_eq!(standing[0]["label"], "진행 상황 보기");
    let reply = skill.presses("k1", &standing[0]).await;
    assert!(texts(&reply)[0].contains("다음 차례"), "{reply}");

    // What a person writes waits for the visitor's next words; the worker leaves it alone.
    let id = skill.claims().await;
    let words = "안녕하세요, 확인하겠습니다.";
    skill.admin.says(&id, words).await.expect(StatusCode::OK);
    assert_eq!(skill.deliver(600).await, 0);
    assert_eq!(skill.last_delivery().await["status"], "pending");
    let now = skill.shop.app.now();
    let next = skill.shop.store.reader().next_delivery(now).await.unwrap();
    assert_eq!(next, None, "nothing to look for");
    assert_eq!(skill.shop.store.backlog().await.unwrap().deliveries, 0);
    let reply = skill.writes("k1", "네?").await;
    let said = texts(&reply);
    assert!(said[0].contains("Ada"), "{said:?}");
    assert_eq!(said[1], words);
    assert!(said[2].contains("다음에 이곳에"), "{said:?}");
    assert_eq!(skill.last_delivery().await["status"], "delivered");
    // With nothing to say, it is said who answers.
    let reply = skill.writes("k1", "감사합니다").await;
    let said = texts(&reply);
    assert!(
        said[0].contains("M-000001") && said[0].contains("Ada"),
        "{said:?}"
    );

    skill.admin.acts(&id, "return").await.expect(StatusCode::OK);
    let reply = skill.writes("k1", "배송은 얼마나 걸려요?").await;
    let said = texts(&reply);
    assert!(said[0].contains("챗봇"), "{said:?}");
    assert!(
        said[1].contains("이틀") || said[1].contains("2일"),
        "{said:?}"
    );
    // Another visitor is told nothing of it.
    let reply = skill.writes("k2", "안녕하세요").await;
    assert_eq!(texts(&reply).len(), 1, "{reply}");
}

#[tokio::test]
async fn options_are_quick_replies() {
    let skill = Skill::unsure().await;
    let asks = |text: &str| request("k1", json!({ "utterance": text, "lang": "en" }));
    let reply = skill.asks(asks("tea")).await;
    let buttons = quick(&reply);
    assert!(buttons.len() >= 3, "options and a person: {buttons:?}");
    let whole = buttons[1]["messageText"].as_str().unwrap();
    assert!(whole.chars().count() > 14, "{whole}");
    let chosen = skill.presses("k1", &buttons[1]).await;
    let said = texts(&chosen);
    assert!(said[0].contains("Our only site is tea.example"), "{said:?}");
    // The same by what is read on it alone.
    let reply = skill.asks(asks("tea")).await;
    assert!(quick(&reply).len() >= 3, "{reply}");
    let chosen = skill.asks(asks(whole)).await;
    assert_eq!(texts(&chosen), said);
    let person = skill.asks(asks("Talk to a person")).await;
    assert!(texts(&person)[0].contains("M-000001"), "{person}");
}

#[tokio::test]
async fn pictures_go_both_ways_and_long_words_in_parts() {
    let skill = Skill::set_up().await;
    skill.writes("k1", "상담원 연결해 주세요").await;
    let id = skill.claims().await;
    let sends = async |address: &str| {
        let media = json!({ "media": { "type": "image", "url": address } });
        let what = json!({ "utterance": address, "params": media });
        skill.asks(request("k1", what)).await
    };
    sends(&format!("{}/talkm/4711.png", skill.server.address)).await;
    let refused = sends("https://evil.example/talkm/4711.png").await;
    let said = texts(&refused).join("\n");
    assert!(said.contains("파일"), "{said}");
    let own = skill.said_by_visitor(&id).await;
    let with_file = own
        .iter()
        .filter(|one| one["attachments"][0]["width"] == 640);
    assert_eq!(with_file.count(), 1, "{own:?}");

    let picture = png(320, 200);
    skill
        .sends_file(&id, "shelf.png", &picture, "여기요.")
        .await;
    let reply = skill.writes("k1", "네?").await;
    let address = reply["template"]["outputs"][1]["simpleImage"]["imageUrl"].clone();
    let path = address.as_str().unwrap();
    let path = &path[path.find("/v1/").unwrap()..];
    let shown = skill.door.gets(path).await;
    assert_eq!(shown.bytes, picture, "Kakao fetches it without signing in");

    // A reply has room for two parts beside the card; the rest comes by a button, and nothing twice.
    let long = format!("{}끝", "가나다라마 ".repeat(600));
    skill.admin.says(&id, &long).await.expect(StatusCode::OK);
    let mut read = Vec::new();
    let mut reply = skill.writes("k1", "네?").await;
    for _ in 0..5 {
        let said = texts(&reply);
        read.extend_from_slice(&said[..said.len() - 1]);
        let buttons = quick(&reply);
        let Some(more) = buttons.iter().find(|one| one["label"] == "이어서 읽기") else {
            break;
        };
        reply = skill.presses("k1", more).await;
    }
    assert_eq!(read.len(), 4, "{read:?}");
    assert_eq!(read.join(" "), long);
}

#[tokio::test]
async fn only_who_shows_the_secret_is_told_anything() {
    let skill = Skill::set_up().await;
    let body = request("k1", json!({ "utterance": "hello" }));
    for secret in ["", "0000", &"ab".repeat(32), "no-digits"] {
        let told = skill.sends(secret, body.clone()).await;
        told.problem(401, "sign-in-needed");
    }
    let told = skill.posts(&[], body.to_string()).await;
    told.problem(401, "sign-in-needed");
    let told = skill.sends(&skill.secret, json!({ "no": "request" })).await;
    told.problem(400, "bad-request");
    // Voices and the like get a sentence.
    let media = json!({ "media": { "type": "audio", "url": "https://kakaocdn.net/a" } });
    let what = json!({ "utterance": "", "params": media });
    let reply = skill.asks(request("k3", what)).await;
    assert!(texts(&reply)[0].contains("글과 사진"), "{reply}");
    // Nothing is asked there with GET.
    skill.gets(&skill.path).await.problem(404, "not-found");

    let path = skill.path.replace("/channels/", "/staff/webhooks/");
    let path = path.replace("/events", "");
    let paused = skill.admin.puts(&path, json!({ "active": false })).await;
    paused.expect(StatusCode::OK);
    let told = skill.sends(&skill.secret, body).await;
    let told = told.expect(StatusCode::OK);
    assert_eq!(told["template"]["outputs"], json!([]));
}

#[tokio::test]
async fn what_takes_longer_comes_later_once() {
    let skill = Skill::set_up().await;
    let (sender, mut late) = unbounded_channel();
    skill.api.lock().unwrap().late = Some(sender);
    let base = skill.server.address.clone();
    let picture = format!("{base}/talkm/4711.png");
    let media = json!({ "media": { "type": "image", "url": picture } });
    let asks = |callback: Option<&str>| {
        let what = json!({ "utterance": picture, "params": media, "callbackUrl": callback });
        request("k1", what)
    };
    // The picture takes its time: more than Kakao waits.
    let gate = skill.server.holds().await;
    let told = skill
        .sends(&skill.secret, asks(Some(&format!("{base}/callback/1"))))
        .await;
    let told = told.expect(StatusCode::OK);
    assert_eq!(told["useCallback"], true, "{told}");
    assert_eq!(told["data"]["text"], "잠시만 기다려 주세요.");
    drop(gate);
    let reply = late.recv().await.unwrap();
    assert!(texts(&reply)[0].contains("사진"), "{reply}");

    // A late reply that does not arrive waits for the next words.
    let gate = skill.server.holds().await;
    let address = format!("{base}/callback/1");
    let told = skill.sends(&skill.secret, asks(Some(&address))).await;
    assert_eq!(told.expect(StatusCode::OK)["useCallback"], true);
    skill.api.lock().unwrap().next = vec![said(500, "")];
    drop(gate);
    let lost = texts(&late.recv().await.unwrap());
    let mut found = false;
    for _ in 0..100 {
        let reply = skill.writes("k1", "네?").await;
        found |= texts(&reply).contains(&lost[0]);
        if found {
            break;
        }
    }
    assert!(found, "{lost:?}");

    // Where it cannot come later, the visitor is asked to write again.
    let gate = skill.server.holds().await;
    let what = json!({ "utterance": picture, "params": media });
    let told = skill
        .sends(&skill.secret, request("k2", what))
        .await
        .expect(StatusCode::OK);
    keeps_to_limits(&told);
    assert!(texts(&told)[0].contains("시간이 조금"), "{told}");
    drop(gate);
    let reply = skill.writes("k2", "배송은 얼마나 걸려요?").await;
    let said = texts(&reply).join("\n");
    assert!(said.contains("이틀") || said.contains("2일"), "{said}");
}

#[tokio::test]
async fn what_nobody_needs_to_know_is_hidden_there() {
    let skill = Skill::set_up().await;
    let reply = skill.writes("k41", &planted("wired")).await;
    assert!(!reply.to_string().contains("4111"), "{reply}");
    nothing_leaked(&skill.shop, "a message by KakaoTalk");
}

#[tokio::test]
async fn kakao_is_as_recorded() {
    let skill = Skill::set_up().await;
    skill.writes("k1", "배송은 얼마나 걸려요?").await;
    skill.writes("k1", "상담원 연결해 주세요").await;
    let id = skill.claims().await;
    let media = json!({ "media": { "type": "image", "url": format!("{}/talkm/4711.png", skill.server.address) } });
    let what = json!({ "utterance": "https://talk.kakaocdn.net/4711.png", "params": media });
    skill.asks(request("k1", what)).await;
    skill
        .sends_file(&id, "shelf.png", &png(320, 200), "안녕하세요.")
        .await;
    skill.writes("k1", "네?").await;
    skill.exchange.is_as_recorded("kakao");
}
