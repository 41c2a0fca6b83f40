//! The exchanges of the channels that need no account elsewhere, as they are kept for people to read.

use axum::body::Body;
use axum::http::StatusCode;
use mondo::staff::Role;
use serde_json::{Value, json};

use super::Messenger;
use super::exchange::Exchange;
use crate::actors::{Told, Visitor, encoded, png};
use crate::hooking::shop;

/// A visitor of a site, whose browser is listened to.
struct Watched<'a> {
    visitor: &'a Visitor,
    exchange: Exchange,
}

impl Watched<'_> {
    async fn gets(&self, path: &str) -> Told {
        let request = self.visitor.request("GET", path);
        let request = request.body(Body::empty()).unwrap();
        self.exchange.sends(self.visitor, request).await
    }

    async fn posts(&self, path: &str, body: Vec<u8>) -> Value {
        let request = self.visitor.request("POST", path);
        let request = request.body(body.into()).unwrap();
        let told = self.exchange.sends(self.visitor, request).await;
        assert!(told.status.is_success(), "{}", told.text);
        told.json()
    }

    async fn says(&self, body: Value) -> Value {
        let path = self.visitor.path("messages");
        self.posts(&path, body.to_string().into_bytes()).await
    }
}

#[tokio::test]
async fn web_is_as_recorded() {
    let (shop, _relay) = shop().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let mut visitor = shop.visitor("ko");
    let exchange = Exchange::default();
    let request = visitor.request("POST", "/v1/conversations");
    let request = request
        .body(json!({ "page": "ko" }).to_string().into())
        .unwrap();
    let opened = exchange.sends(&visitor, request).await;
    let opened = opened.expect(StatusCode::CREATED);
    let secret = opened["visitor_secret"].as_str().unwrap();
    exchange.hides(secret);
    visitor.conversation = opened["id"].as_str().unwrap().to_owned();
    visitor.secret = Some(secret.to_owned());
    let watched = Watched {
        visitor: &visitor,
        exchange,
    };
    watched
        .says(json!({ "text": "배송은 얼마나 걸려요?" }))
        .await;
    let file = format!("attachments?name={}", encoded("lid.png"));
    let file = watched.posts(&visitor.path(&file), png(640, 480)).await;
    let words = json!({ "text": "상담원 연결해 주세요", "attachments": [file["id"]] });
    watched.says(words).await;
    let id = &visitor.conversation;
    admin.acts(id, "claim").await.expect(StatusCode::OK);
    admin.says(id, "안녕하세요.").await.expect(StatusCode::OK);
    let read = watched.gets(&format!("/v1/conversations/{id}")).await;
    read.expect(StatusCode::OK);
    watched.exchange.is_as_recorded("web");
}

#[tokio::test]
async fn webhook_is_as_recorded() {
    let (shop, relay) = shop().await;
    let admin = shop.colleague("Ada", Role::Admin).await;
    let messenger = Messenger::set_up(&shop, &admin).await;
    let deliver = async || relay.deliver_due(shop.app.now()).await.unwrap();
    let writes = |text: &str| json!({ "external_id": "chat-7", "text": text, "locale": "ko-KR" });
    let first = messenger
        .hands_in("m1", writes("배송은 얼마나 걸려요?"))
        .await;
    let id = first.expect(StatusCode::OK)["conversation"].clone();
    deliver().await;
    messenger
        .hands_in("m2", writes("상담원 연결해 주세요"))
        .await;
    deliver().await;
    let id = id.as_str().unwrap();
    admin.acts(id, "claim").await.expect(StatusCode::OK);
    admin.says(id, "안녕하세요.").await.expect(StatusCode::OK);
    deliver().await;
    messenger.exchange.is_as_recorded("webhook");
}
