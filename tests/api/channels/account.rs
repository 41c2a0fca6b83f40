//! A shop with an account of a messenger whose API a stub speaks: what the tests of every messenger begin with.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::StatusCode;
use mondo::client::Destinations;
use mondo::pipeline::{Engine, Thresholds};
use mondo::relay::Relay;
use mondo::staff::Role;
use serde_json::{Value, json};

use super::exchange::Exchange;
use crate::actors::{Shop, Told, Visitor, engine, engine_with};
use crate::colleagues::Colleague;
use crate::hooking::relay;
use crate::listener::{Heard, Listener, Said};

/// The API of a messenger as its documentation describes it, as far as mondo uses it.
pub trait Api: Default + Send + 'static {
    /// Replies to a request, and keeps what it brings.
    fn reply(&mut self, heard: &Heard) -> Said;
}

/// A shop with an account of a messenger.
pub struct Account<A> {
    pub shop: Shop,
    pub relay: Relay,
    pub admin: Colleague,
    pub api: Arc<Mutex<A>>,
    pub door: Visitor,
    /// Where the messenger hands in what happens.
    pub path: String,
    /// What was replied when it was set up.
    pub made: Value,
    pub server: Listener,
    /// Everything that went over the wire.
    pub exchange: Exchange,
    counted: Mutex<i64>,
}

impl<A: Api> Account<A> {
    /// Sets it up as the staff API has it; `messenger` is what opens the account.
    pub async fn set_up(messenger: Value) -> Self {
        Self::asking(engine(), messenger).await
    }

    /// Does the same in a shop that is not sure of one word.
    pub async fn unsure(messenger: Value) -> Self {
        Self::asking(engine_with(Thresholds::default()), messenger).await
    }

    async fn asking(engine: Arc<Engine>, messenger: Value) -> Self {
        let shop = Shop::open_at("https://help.example.com", engine, |desk| {
            desk.with_destinations(Destinations::Any)
        })
        .await;
        let relay = relay(&shop);
        let admin = shop.colleague("Ada", Role::Admin).await;
        let api: Arc<Mutex<A>> = Arc::default();
        let exchange = Exchange::default();
        let (answering, noting) = (Arc::clone(&api), exchange.clone());
        let server = Listener::answering(move |heard| {
            let said = answering.lock().unwrap().reply(heard);
            noting.went_out(heard, &said);
            said
        })
        .await;
        let body = json!({ "url": server.address, "description": "bot", "messenger": messenger });
        let told = admin.posts("/v1/staff/webhooks", body).await;
        let made = told.expect(StatusCode::CREATED);
        assert_eq!(made["webhook"]["kind"], messenger["kind"]);
        let listed = admin.gets("/v1/staff/webhooks").await.text;
        let shown = messenger.as_object().unwrap().iter();
        let secrets = shown.filter(|(name, _)| is_secret(name));
        let made_up = made["secret"].as_str();
        for secret in secrets
            .filter_map(|(_, value)| value.as_str())
            .chain(made_up)
        {
            assert!(!listed.contains(secret), "{listed}");
            exchange.hides(secret);
        }
        Self {
            door: shop.visitor(""),
            path: made["webhook"]["events_path"].as_str().unwrap().to_owned(),
            shop,
            relay,
            admin,
            api,
            made,
            server,
            exchange,
            counted: Mutex::new(0),
        }
    }

    /// Counts what happens, so that each event has a name of its own.
    pub fn next_number(&self) -> i64 {
        let mut counted = self.counted.lock().unwrap();
        *counted += 1;
        *counted
    }

    /// Hands in what has happened.
    pub async fn posts(&self, headers: &[(&str, &str)], body: String) -> Told {
        self.posts_to(&self.path, headers, body).await
    }

    /// Hands it in at an address of its own, such as one with a query.
    pub async fn posts_to(&self, path: &str, headers: &[(&str, &str)], body: String) -> Told {
        let mut request = self.door.request("POST", path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        self.exchange.sends(&self.door, request).await
    }

    /// Asks what a messenger asks when it is told where to hand things in.
    pub async fn gets(&self, path: &str) -> Told {
        let request = self.door.request("GET", path);
        let request = request.body(Body::empty()).unwrap();
        self.exchange.sends(&self.door, request).await
    }

    /// Delivers what is due so many seconds from now, and counts the attempts.
    pub async fn deliver(&self, later_s: i64) -> usize {
        let moment = self.shop.app.now().later_by(later_s * 1_000);
        self.relay.deliver_due(moment).await.unwrap()
    }

    /// The conversation of the first ticket.
    pub async fn conversation(&self) -> String {
        let listed = self.admin.gets("/v1/staff/tickets").await;
        let listed = listed.expect(StatusCode::OK);
        listed["tickets"][0]["conversation"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Takes the conversation of the first ticket.
    pub async fn claims(&self) -> String {
        let id = self.conversation().await;
        self.admin.acts(&id, "claim").await.expect(StatusCode::OK);
        id
    }

    /// Says something with a file.
    pub async fn sends_file(&self, id: &str, name: &str, content: &[u8], text: &str) {
        let attached = self.admin.attaches(id, name, content).await;
        let attached = attached.expect(StatusCode::CREATED)["id"].clone();
        let body = json!({ "text": text, "attachments": [attached] });
        let path = format!("/v1/staff/conversations/{id}/messages");
        self.admin.posts(&path, body).await.expect(StatusCode::OK);
    }

    /// What was said in a conversation, as staff see it.
    pub async fn messages(&self, id: &str) -> Vec<Value> {
        let path = format!("/v1/staff/conversations/{id}");
        let view = self.admin.gets(&path).await.expect(StatusCode::OK);
        view["messages"].as_array().unwrap().clone()
    }

    /// What the visitor has said there.
    pub async fn said_by_visitor(&self, id: &str) -> Vec<Value> {
        let mut messages = self.messages(id).await;
        messages.retain(|message| message["author"] == "visitor");
        messages
    }

    /// The newest line of the delivery log.
    pub async fn last_delivery(&self) -> Value {
        let id = self.made["webhook"]["id"].as_str().unwrap();
        let path = format!("/v1/staff/webhooks/{id}/deliveries");
        let log = self.admin.gets(&path).await.expect(StatusCode::OK);
        log["deliveries"][0].clone()
    }
}

/// Tells whether a part of what opens an account is to be hidden.
fn is_secret(name: &str) -> bool {
    ["token", "secret", "key"]
        .iter()
        .any(|word| name.ends_with(word))
}

/// Lays values over those of an object.
pub fn with(mut value: Value, others: &Value) -> Value {
    for (name, other) in others.as_object().unwrap() {
        value[name] = other.clone();
    }
    value
}
