//! What people at the desk are told by their browsers: sealed for one browser, signed by one sender, and only to whoever
//! asked for it.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mondo::client::Destinations;
use mondo::desk::PushSettings;
use mondo::staff::Role;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Signer};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::actors::{Shop, engine, store_on};
use crate::colleagues::Colleague;
use crate::listener::{Heard, Listener, said};

const MINUTE: i64 = 60_000;

/// A browser that can be told something once.
struct Browser {
    own: EphemeralPrivateKey,
    point: Vec<u8>,
    secret: [u8; 16],
    endpoint: String,
}

impl Browser {
    fn at(service: &Listener, name: &str) -> Self {
        let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).unwrap();
        Self {
            point: own.compute_public_key().unwrap().as_ref().to_vec(),
            own,
            secret: [7; 16],
            endpoint: format!("{}/push/{name}", service.address),
        }
    }

    fn subscription(&self) -> Value {
        json!({
            "endpoint": self.endpoint,
            "expirationTime": null,
            "keys": {
                "p256dh": URL_SAFE_NO_PAD.encode(&self.point),
                "auth": URL_SAFE_NO_PAD.encode(self.secret),
            },
        })
    }

    /// Reads a message as RFC 8291 says.
    fn reads(self, body: &[u8]) -> Value {
        let (salt, rest) = body.split_at(16);
        assert_eq!(rest[4], 65);
        let (sender, text) = rest[5..].split_at(65);
        let theirs = UnparsedPublicKey::new(&ECDH_P256, sender);
        let shared = agree_ephemeral(self.own, &theirs, |shared| {
            let between = Salt::new(HKDF_SHA256, &self.secret).extract(shared);
            expanded::<32>(&between, &[b"WebPush: info\0", &self.point, sender])
        });
        let keys = Salt::new(HKDF_SHA256, salt).extract(&shared.unwrap());
        let key = expanded::<16>(&keys, &[b"Content-Encoding: aes128gcm\0"]);
        let nonce = expanded::<12>(&keys, &[b"Content-Encoding: nonce\0"]);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut text = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = key.open_in_place(nonce, Aad::empty(), &mut text).unwrap();
        let (end, message) = opened.split_last().unwrap();
        assert_eq!(*end, 2, "the last record ends with 2");
        serde_json::from_slice(message).unwrap()
    }
}

struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn expanded<const LENGTH: usize>(key: &Prk, info: &[&[u8]]) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    let made = key.expand(info, Bytes(LENGTH)).unwrap();
    made.fill(&mut bytes).unwrap();
    bytes
}

/// A shop that tells browsers, whose contact is named.
async fn shop() -> Shop {
    let folder = TempDir::new().unwrap();
    let store = store_on(folder.path()).await;
    let settings = PushSettings {
        contact: "mailto:ops@example.com".to_owned(),
    };
    let desk = mondo::desk::Desk::new(engine(), store.clone(), Default::default())
        .with_destinations(Destinations::Any)
        .with_push(&settings)
        .await
        .unwrap();
    Shop::open_over(folder, store, |_| desk)
}

async fn subscribes(colleague: &Colleague, browser: &Browser) -> String {
    let told = colleague.posts("/v1/staff/account/push", browser.subscription());
    let told = told.await.expect(StatusCode::OK);
    told["id"].as_str().unwrap().to_owned()
}

fn check_proof(heard: &Heard, key: &Value, service: &Listener) {
    let proof = heard
        .header("authorization")
        .strip_prefix("vapid t=")
        .unwrap();
    let (token, public) = proof.split_once(", k=").unwrap();
    assert_eq!(public, key.as_str().unwrap(), "the key it subscribed with");
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    Signer::new(&ECDSA_P256_SHA256_FIXED, decoded(public))
        .verify(signed.as_bytes(), &decoded(signature))
        .unwrap();
    let claims = decoded(signed.split_once('.').unwrap().1);
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["aud"], service.address);
    assert_eq!(claims["sub"], "mailto:ops@example.com");
}

#[tokio::test]
async fn a_new_ticket_that_nobody_looks_at_is_told_to_browsers_that_want_it() {
    let service = Listener::start().await;
    let shop = shop().await;
    let sora = shop.colleague("sora", Role::Agent).await;
    let kenji = shop.colleague("kenji", Role::Agent).await;
    let key = sora
        .gets("/v1/staff/account/push")
        .await
        .expect(StatusCode::OK)["key"]
        .clone();
    let browser = Browser::at(&service, "sora");
    subscribes(&sora, &browser).await;
    let others = Browser::at(&service, "kenji");
    let id = subscribes(&kenji, &others).await;
    let path = format!("/v1/staff/account/push/{id}");
    let told = sora.deletes(&path).await;
    assert_eq!(told.status, StatusCode::NOT_FOUND, "it is not hers");
    let told = kenji.deletes(&path).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);

    let mut visitor = shop.visitor("ja");
    visitor.opens().await;
    visitor.wants_a_person("荷物が届きません").await;
    let desk = shop.app.workplace();
    let opened = shop.app.now();
    desk.run_timers(opened).await.unwrap();
    assert_eq!(
        desk.send_pushes(opened).await.unwrap(),
        0,
        "there is time yet"
    );
    let later = opened.later_by(6 * MINUTE);
    desk.run_timers(later).await.unwrap();
    assert_eq!(desk.send_pushes(later).await.unwrap(), 1);
    let heard = service.heard();
    assert_eq!(heard.len(), 1, "only to the browser that wants it");
    let heard = &heard[0];
    assert_eq!(heard.path, "/push/sora");
    assert_eq!(heard.header("content-encoding"), "aes128gcm");
    assert_eq!(
        (heard.header("ttl"), heard.header("urgency")),
        ("3600", "high")
    );
    assert!(
        heard.header("topic").len() <= 32,
        "{}",
        heard.header("topic")
    );
    check_proof(heard, &key, &service);
    let message = browser.reads(&heard.body);
    let url = format!("/console#{}", visitor.conversation);
    assert_eq!(message["url"], url);
    assert!(
        message["body"].as_str().unwrap().contains("M-000001"),
        "{message}"
    );
    assert!(
        !message.to_string().contains("荷物"),
        "no word of the visitor's"
    );

    // Told once.
    let later = later.later_by(MINUTE);
    desk.run_timers(later).await.unwrap();
    assert_eq!(desk.send_pushes(later).await.unwrap(), 0);
}

#[tokio::test]
async fn a_mention_waits_for_its_service_and_ends_with_its_browser() {
    let service = Listener::start().await;
    let shop = shop().await;
    let sora = shop.colleague("sora", Role::Agent).await;
    let kenji = shop.colleague("kenji", Role::Agent).await;
    let browser = Browser::at(&service, "kenji");
    subscribes(&kenji, &browser).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.wants_a_person("my parcel").await;
    let mention = async |text: &str| {
        let told = sora.posts("/v1/staff/tickets/M-000001/work", json!({ "note": text }));
        told.await.expect(StatusCode::OK);
    };
    mention("@kenji, please look").await;
    let desk = shop.app.workplace();
    let now = shop.app.now();
    service.says_next(said(503, "not now"));
    assert_eq!(desk.send_pushes(now).await.unwrap(), 0);
    assert_eq!(desk.send_pushes(now).await.unwrap(), 0, "it waits");
    assert_eq!(service.heard().len(), 1);
    let later = now.later_by(MINUTE);
    assert_eq!(desk.send_pushes(later).await.unwrap(), 1);
    let heard = service.heard();
    let message = browser.reads(&heard.last().unwrap().body);
    assert_eq!(message["title"], "A note mentions you");

    // A browser that has gone is not tried again.
    mention("@kenji, once more").await;
    service.says_next(said(410, ""));
    let later = later.later_by(MINUTE);
    assert_eq!(desk.send_pushes(later).await.unwrap(), 0);
    assert_eq!(service.heard().len(), 1);
    mention("@kenji, and again").await;
    assert_eq!(desk.send_pushes(later.later_by(MINUTE)).await.unwrap(), 0);
    assert!(service.heard().is_empty(), "nobody is there to be told");
}

#[tokio::test]
async fn where_nobody_runs_it_nothing_is_kept_and_bad_subscriptions_are_refused() {
    let service = Listener::start().await;
    let off = Shop::open().await;
    let sora = off.colleague("sora", Role::Agent).await;
    let told = sora
        .gets("/v1/staff/account/push")
        .await
        .expect(StatusCode::OK);
    assert_eq!(told["key"], Value::Null);
    let browser = Browser::at(&service, "sora");
    let told = sora.posts("/v1/staff/account/push", browser.subscription());
    told.await.problem(409, "moved-on");

    let shop = shop().await;
    let sora = shop.colleague("sora", Role::Agent).await;
    for (change, field) in [
        (json!({ "endpoint": "ftp://push.example/x" }), "endpoint"),
        (
            json!({ "endpoint": "https://me:secret@push.example/x" }),
            "endpoint",
        ),
        (
            json!({ "keys": { "p256dh": "AAAA", "auth": "AAAA" } }),
            "keys",
        ),
    ] {
        let mut subscription = browser.subscription();
        for (name, value) in change.as_object().unwrap() {
            subscription[name] = value.clone();
        }
        let told = sora.posts("/v1/staff/account/push", subscription).await;
        assert!(told.status.is_client_error(), "{}", told.text);
        assert!(
            told.json()["field"].as_str().unwrap().starts_with(field),
            "{}",
            told.text
        );
    }
    let contact = PushSettings {
        contact: "somebody".to_owned(),
    };
    let folder = TempDir::new().unwrap();
    let store = store_on(folder.path()).await;
    let desk = mondo::desk::Desk::new(engine(), store, Default::default());
    assert!(desk.with_push(&contact).await.is_err());
}
