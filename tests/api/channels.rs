//! A channel: visitors write from elsewhere, and are told there what the bot and people say, once and in order.

mod account;
mod discord;
pub mod exchange;
mod kakao;
mod line;
mod recorded;
mod slack;
mod telegram;
mod wechat;
mod whatsapp;

use std::sync::Mutex;

use axum::http::StatusCode;
use mondo::client::Destinations;
use mondo::pipeline::Thresholds;
use mondo::signing::{SignedRequest, SigningSecret, verify_standard};
use mondo::staff::Role;
use mondo::time::Timestamp;
use serde_json::{Value, json};

use self::exchange::Exchange;
use crate::actors::{Shop, Told, Visitor, engine_with};
use crate::colleagues::Colleague;
use crate::hooking::{relay, shop};
use crate::listener::{Heard, Listener, said};

/// A program that stands between the shop and a messenger.
struct Messenger {
    shop: Visitor,
    place: Listener,
    path: String,
    secret: SigningSecret,
    now_s: i64,
    taken: Mutex<Vec<Heard>>,
    /// Everything that went over the wire.
    exchange: Exchange,
}

impl Messenger {
    async fn set_up(shop: &Shop, admin: &Colleague) -> Self {
        let exchange = Exchange::default();
        let noting = exchange.clone();
        let place = Listener::answering(move |heard| {
            let said = said(204, "");
            noting.went_out(heard, &said);
            said
        })
        .await;
        let body = json!({ "url": place.address, "description": "pigeons", "channel": true });
        let made = admin
            .posts("/v1/staff/webhooks", body)
            .await
            .expect(StatusCode::CREATED);
        assert_eq!(made["webhook"]["kind"], "channel");
        let id = made["webhook"]["id"].as_str().unwrap();
        Self {
            shop: shop.visitor(""),
            path: format!("/v1/channels/{id}/messages"),
            secret: SigningSecret::parse(made["secret"].as_str().unwrap()).unwrap(),
            now_s: shop.app.now().as_millis() / 1_000,
            place,
            taken: Mutex::default(),
            exchange,
        }
    }

    /// Everything it was sent so far, the newest last.
    fn all(&self) -> Vec<Heard> {
        let mut taken = self.taken.lock().unwrap();
        taken.extend(self.place.heard());
        taken.clone()
    }

    async fn hands_in(&self, id: &str, body: Value) -> Told {
        self.hands_in_signed(id, &self.secret, body).await
    }

    async fn hands_in_signed(&self, id: &str, secret: &SigningSecret, body: Value) -> Told {
        let body = body.to_string();
        let signature = secret.sign(id, self.now_s, body.as_bytes());
        let request = self
            .shop
            .request("POST", &self.path)
            .header("webhook-id", id)
            .header("webhook-timestamp", self.now_s)
            .header("webhook-signature", signature);
        let request = request.body(body.into()).unwrap();
        self.exchange.sends(&self.shop, request).await
    }

    fn is_signed(&self, heard: &Heard) -> bool {
        let signed = SignedRequest {
            id: heard.header("webhook-id"),
            timestamp: heard.header("webhook-timestamp"),
            signatures: heard.header("webhook-signature"),
            body: &heard.body,
        };
        let sent_s: i64 = heard.header("webhook-timestamp").parse().unwrap();
        let now = Timestamp::from_millis(sent_s * 1_000);
        verify_standard(std::slice::from_ref(&self.secret), signed, now).is_ok()
    }

    /// What one visitor there has been shown, as author and text.
    fn shown_to(&self, external_id: &str) -> Vec<(String, String)> {
        let heard = self.all();
        assert!(heard.iter().all(|one| self.is_signed(one)));
        let bodies = heard.iter().map(Heard::json);
        bodies
            .filter(|body| body["external_id"] == external_id)
            .map(|body| {
                let text = |name: &str| body["message"][name].as_str().unwrap().to_owned();
                (text("author"), text("text"))
            })
            .collect()
    }
}

#[tokio::test]
async fn visitors_elsewhere_are_answered_there_by_bot_and_people() {
    let (shop, relay) = shop().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let messenger = Messenger::set_up(&shop, &admin).await;
    // Another visitor, on the web: nothing of theirs goes there.
    let mut stranger = shop.visitor("en");
    stranger.opens().await;
    stranger.says("How long does delivery take?").await;

    let question =
        json!({ "external_id": "chat-7", "text": "배송은 얼마나 걸려요?", "locale": "ko-KR" });
    let first = messenger.hands_in("m1", question.clone()).await;
    let first = first.expect(StatusCode::OK);
    assert_eq!(first["state"], "bot");
    // The messenger did not hear our reply, and sends it again.
    let again = messenger.hands_in("m1", question).await;
    assert_eq!(again.expect(StatusCode::OK), first);
    let other = json!({ "external_id": "chat-8", "text": "茶葉怎麼退貨？" });
    let other = messenger.hands_in("m2", other).await.expect(StatusCode::OK);
    assert_ne!(other["conversation"], first["conversation"]);

    relay.deliver_due(shop.app.now()).await.unwrap();
    let shown = messenger.shown_to("chat-7");
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!(shown[0].0, "bot");
    assert!(
        shown[0].1.contains("이틀") || shown[0].1.contains("2일"),
        "{shown:?}"
    );
    let shown = messenger.shown_to("chat-8");
    assert!(shown[0].1.contains("全額退款"), "{shown:?}");

    // A person is asked for, takes over, and answers; the place is out of order for a while.
    let wish = json!({ "external_id": "chat-7", "text": "상담원 연결해 주세요" });
    let waiting = messenger.hands_in("m3", wish).await.expect(StatusCode::OK);
    assert_eq!(waiting["state"], "queued");
    let id = first["conversation"].as_str().unwrap();
    admin.acts(id, "claim").await.expect(StatusCode::OK);
    messenger.place.says_next(said(503, ""));
    admin
        .says(id, "안녕하세요, 확인하겠습니다.")
        .await
        .expect(StatusCode::OK);
    let thanks = json!({ "external_id": "chat-7", "text": "네, 감사합니다" });
    let with_person = messenger
        .hands_in("m4", thanks)
        .await
        .expect(StatusCode::OK);
    assert_eq!(with_person["state"], "agent");
    for seconds in [0, 60, 3_600] {
        relay
            .deliver_due(shop.app.now().later_by(seconds * 1_000))
            .await
            .unwrap();
    }
    let shown = messenger.shown_to("chat-7");
    let authors: Vec<&str> = shown.iter().map(|(author, _)| author.as_str()).collect();
    let last = shown.last().unwrap();
    assert_eq!(
        last,
        &("agent".to_owned(), "안녕하세요, 확인하겠습니다.".to_owned())
    );
    assert!(!authors.contains(&"visitor"), "{authors:?}");
    let texts: Vec<&String> = shown.iter().map(|(_, text)| text).collect();
    let view = admin.gets(&format!("/v1/staff/conversations/{id}")).await;
    let view = view.expect(StatusCode::OK);
    let kept: Vec<&str> = view["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["author"] != "visitor")
        .map(|message| message["text"].as_str().unwrap())
        .collect();
    let told_once: Vec<&str> = texts.iter().map(|text| text.as_str()).collect();
    let mut without_repeats = told_once.clone();
    without_repeats.dedup();
    assert_eq!(without_repeats, kept, "in order, and none left out");
}

#[tokio::test]
async fn options_are_chosen_by_their_number() {
    // A shop that is not sure of one word.
    let shop = Shop::open_asking(engine_with(Thresholds::default()), |desk| {
        desk.with_destinations(Destinations::Any)
    })
    .await;
    let relay = relay(&shop);
    let admin = shop.colleague("Ada", Role::Admin).await;
    let messenger = Messenger::set_up(&shop, &admin).await;
    let vague = json!({ "external_id": "7", "text": "tea", "locale": "en" });
    messenger.hands_in("v1", vague).await.expect(StatusCode::OK);
    relay.deliver_due(shop.app.now()).await.unwrap();
    let asked = messenger.all().last().unwrap().json();
    let options = asked["message"]["options"].as_array().unwrap().clone();
    assert!(options.len() >= 2, "{asked}");
    let chosen = json!({ "external_id": "7", "text": "2" });
    messenger
        .hands_in("v2", chosen)
        .await
        .expect(StatusCode::OK);
    relay.deliver_due(shop.app.now()).await.unwrap();
    let answered = messenger.all().last().unwrap().json();
    let text = answered["message"]["text"].as_str().unwrap();
    assert_eq!(options[1]["article"], "fake-shops", "{asked}");
    assert!(text.contains("Our only site is tea.example"), "{answered}");
    assert_eq!(
        answered["message"]["link"],
        "https://help.example.com/help/en/fake-shops"
    );
}

#[tokio::test]
async fn what_is_not_a_channels_own_is_refused() {
    let (shop, _relay) = shop().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let messenger = Messenger::set_up(&shop, &admin).await;
    let words = |text: &str| json!({ "external_id": "7", "text": text });
    let forged = SigningSecret::generate();
    messenger
        .hands_in_signed("m1", &forged, words("hello"))
        .await
        .problem(401, "sign-in-needed");
    for (body, field) in [
        (
            json!({ "external_id": " ", "text": "hello" }),
            "external_id",
        ),
        (json!({ "external_id": "7" }), "body"),
        (words("  "), "text"),
    ] {
        let told = messenger.hands_in("m2", body).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{}", told.text);
        assert!(told.text.contains(field), "{field}: {}", told.text);
    }
    // A channel hears what its visitors are to read, and nothing else.
    let body =
        json!({ "url": messenger.place.address, "channel": true, "events": ["ticket.created"] });
    admin
        .posts("/v1/staff/webhooks", body)
        .await
        .problem(422, "content-refused");
    // No door of the web opens a channel's conversation.
    let opened = messenger.hands_in("m3", words("hello")).await;
    let opened = opened.expect(StatusCode::OK);
    let path = format!(
        "/v1/conversations/{}",
        opened["conversation"].as_str().unwrap()
    );
    shop.visitor("en")
        .gets(&path)
        .await
        .problem(404, "not-found");
}
