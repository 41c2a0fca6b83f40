//! Tickets that also live in Chatwoot or Zendesk: there and back, against servers that speak their documented APIs.

mod chatwoot;
mod zendesk;

use axum::http::StatusCode;
use hmac::{Hmac, KeyInit as _, Mac as _};
use mondo::relay::Relay;
use mondo::staff::Role;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::actors::{Shop, Visitor};
use crate::colleagues::Colleague;
use crate::hooking::shop;
use crate::listener::{Heard, Listener, Said};

fn mac(secret: &str, parts: &[&str]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    for part in parts {
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}

/// A shop whose one ticket, of a visitor who writes Korean, is to live in a help desk too.
struct Mirrored {
    shop: Shop,
    relay: Relay,
    admin: Colleague,
    visitor: Visitor,
    server: Listener,
}

impl Mirrored {
    /// Sets everything up with a help desk that replies like this; nothing is told yet.
    async fn open(account: Value, reply: impl Fn(&Heard) -> Said + Send + Sync + 'static) -> Self {
        let (shop, relay) = shop().await;
        let admin = shop.colleague("Ada", Role::Admin).await;
        let bridge = shop.colleague("Bridge", Role::Agent).await;
        let server = Listener::answering(reply).await;
        set_up(&admin, &bridge, &server.address, account).await;
        let visitor = handed_over(&shop).await;
        Self {
            shop,
            relay,
            admin,
            visitor,
            server,
        }
    }
}

async fn set_up(admin: &Colleague, bridge: &Colleague, address: &str, help_desk: Value) {
    let kind = help_desk["kind"].clone();
    let body = json!({ "url": address, "help_desk": help_desk });
    let made = admin
        .posts("/v1/staff/webhooks", body)
        .await
        .expect(StatusCode::CREATED);
    assert_eq!(made["webhook"]["kind"], kind);
    let body = json!({
        "name": "other", "format": kind, "agent": bridge.id, "secret": "their-secret", "webhook": made["webhook"]["id"],
    });
    admin
        .posts("/v1/staff/sources", body)
        .await
        .expect(StatusCode::CREATED);
    let listed =
        admin.gets("/v1/staff/webhooks").await.text + &admin.gets("/v1/staff/sources").await.text;
    assert!(
        !listed.contains("their-") && !listed.contains("our-token"),
        "{listed}"
    );
}

/// A visitor who has asked something and then for a person.
async fn handed_over(shop: &Shop) -> Visitor {
    let mut visitor = shop.visitor("ko");
    visitor.opens().await;
    visitor.says("배송은 얼마나 걸려요?").await;
    let ask = json!({ "reason": "아직 안 왔어요", "contact": "mina@example.com" });
    visitor
        .posts(&visitor.path("escalate"), ask)
        .await
        .expect(StatusCode::OK);
    visitor
}

fn agents_words(seen: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    seen["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["author"] == "agent")
        .map(|message| (text(&message["speaker"]), text(&message["text"])))
        .collect()
}
