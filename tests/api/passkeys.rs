//! Passkeys: made, shown at the door and before what is hard to undo, taken once, and worth nothing at another site.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use mondo::desk::{Desk, DeskSettings, StaffSettings};
use mondo::http::AppState;
use mondo::staff::Role;
use mondo::time::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::actors::{OPENING, Shop, engine, shop_settings, store_on};
use crate::colleagues::Colleague;

const ADDRESS: &str = "https://desk.example.com";

async fn shop() -> Shop {
    let mut settings = shop_settings();
    settings.site.address = ADDRESS.to_owned();
    Shop::open_with(settings).await
}

/// A security key in software: it does what the standard asks of one (Web Authentication, sections 6.1 and 6.5).
struct SecurityKey {
    secret: SigningKey,
    id: Vec<u8>,
    count: u32,
}

fn written(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl SecurityKey {
    fn new(seed: u8) -> Self {
        Self {
            secret: SigningKey::from_bytes(&[seed; 32]),
            id: vec![seed; 16],
            count: 0,
        }
    }

    /// What the browser adds: what was asked, and where.
    fn client_data(kind: &str, options: &Value, origin: &str) -> Vec<u8> {
        json!({ "type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn data(&mut self, site: &str, flags: u8) -> Vec<u8> {
        self.count += 1;
        let mut data = Sha256::digest(site.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    fn makes(&mut self, question: &Value, origin: &str) -> Value {
        let options = &question["public_key"];
        let mut data = self.data(options["rp"]["id"].as_str().unwrap(), 0b0100_0001);
        data.extend([0; 16]);
        data.extend((self.id.len() as u16).to_be_bytes());
        data.extend(&self.id);
        // COSE: an octet key pair (1: 1) for EdDSA (3: -8) on Ed25519 (-1: 6), and its public half (-2).
        data.extend([0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20]);
        data.extend(self.secret.verifying_key().as_bytes());
        // CBOR: three entries, `fmt` "none", `attStmt` of nothing, `authData`.
        let mut attestation = vec![0xa3, 0x63];
        attestation.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend(data);
        json!({
            "id": written(&self.id),
            "attestation": written(&attestation),
            "client_data": written(&Self::client_data("webauthn.create", options, origin)),
            "transports": ["usb", "telepathy"],
        })
    }

    fn shows(&mut self, question: &Value, origin: &str) -> Value {
        let options = &question["public_key"];
        let data = self.data(options["rpId"].as_str().unwrap(), 0b0000_0001);
        let client_data = Self::client_data("webauthn.get", options, origin);
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        json!({
            "id": written(&self.id),
            "authenticator_data": written(&data),
            "client_data": written(&client_data),
            "signature": written(&self.secret.sign(&signed).to_bytes()),
            "user_handle": null,
        })
    }
}

const QUESTION: &str = "/v1/staff/account/passkeys/question";
const PASSKEYS: &str = "/v1/staff/account/passkeys";
const DOOR: &str = "/v1/staff/session";

async fn adds(sora: &Colleague, key: &mut SecurityKey) -> Value {
    let question = sora.posts(QUESTION, json!({})).await.expect(StatusCode::OK);
    let made = key.makes(&question, ADDRESS);
    sora.posts(PASSKEYS, made).await.expect(StatusCode::CREATED)
}

/// What the door asks of whoever has the password.
async fn asked_at_door(sora: &Colleague) -> Value {
    let who = json!({ "email": sora.email, "password": sora.password });
    let told = sora.posts("/v1/staff/session/passkey", who).await;
    told.expect(StatusCode::OK)
}

fn shown(sora: &Colleague, passkey: &Value) -> Value {
    json!({ "email": sora.email, "password": sora.password, "passkey": passkey })
}

#[tokio::test]
async fn a_passkey_opens_the_door_once_for_each_question() {
    let shop = shop().await;
    let mut sora = shop.colleague("Sora", Role::Agent).await;
    let mut key = SecurityKey::new(7);
    let added = adds(&sora, &mut key).await;
    assert!(added["recovery_codes"].as_array().unwrap().len() >= 8);
    let listed = sora.gets(PASSKEYS).await.expect(StatusCode::OK);
    assert_eq!(listed["passkeys"][0]["id"], added["passkey"]["id"]);

    // The password alone is not enough any more, and says so as for a code.
    let told = sora.signs_in(None).await.problem(401, "sign-in-needed");
    assert_eq!(told["field"], "code");
    let question = asked_at_door(&sora).await;
    assert_eq!(
        question["public_key"]["allowCredentials"][0]["transports"],
        json!(["usb"])
    );
    let passkey = key.shows(&question, ADDRESS);
    sora.posts(DOOR, shown(&sora, &passkey))
        .await
        .expect(StatusCode::OK);
    sora.posts(DOOR, shown(&sora, &passkey))
        .await
        .problem(401, "sign-in-needed");
    let listed = sora.gets(PASSKEYS).await.expect(StatusCode::OK);
    assert!(listed["passkeys"][0]["used"].is_string());

    // A code that was kept for a lost device opens it too.
    let code = added["recovery_codes"][0].as_str().unwrap().to_owned();
    sora.signs_in(Some(&code)).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn what_another_site_another_key_or_a_copy_signed_opens_nothing() {
    let shop = shop().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let kenji = shop.colleague("Kenji", Role::Agent).await;
    let mut key = SecurityKey::new(7);
    adds(&sora, &mut key).await;
    let mut other = SecurityKey::new(8);
    adds(&kenji, &mut other).await;

    let question = asked_at_door(&sora).await;
    let elsewhere = key.shows(&question, "https://desk.examp1e.com");
    sora.posts(DOOR, shown(&sora, &elsewhere))
        .await
        .problem(401, "sign-in-needed");
    // Kenji's key says that it is Sora's.
    let mut borrowed = other.shows(&question, ADDRESS);
    sora.posts(DOOR, shown(&sora, &borrowed))
        .await
        .problem(401, "sign-in-needed");
    borrowed["id"] = key.shows(&question, ADDRESS)["id"].clone();
    sora.posts(DOOR, shown(&sora, &borrowed))
        .await
        .problem(401, "sign-in-needed");
    let right = key.shows(&question, ADDRESS);
    sora.posts(DOOR, shown(&sora, &right))
        .await
        .expect(StatusCode::OK);

    // A copy of the key has fallen behind in its count.
    let mut copy = SecurityKey::new(7);
    let question = asked_at_door(&sora).await;
    let behind = copy.shows(&question, ADDRESS);
    sora.posts(DOOR, shown(&sora, &behind))
        .await
        .problem(401, "sign-in-needed");

    // Whoever does not know the password is asked nothing, and an account without passkeys says so.
    let who = json!({ "email": sora.email, "password": "a guess of twelve" });
    let told = sora.posts("/v1/staff/session/passkey", who).await;
    told.problem(401, "sign-in-needed");
    let ada = shop.hires("Ada", Role::Admin).await;
    let who = json!({ "email": ada.email, "password": ada.password });
    ada.posts("/v1/staff/session/passkey", who)
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn a_new_passkey_answers_what_was_asked_here_and_once() {
    let shop = shop().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let mut key = SecurityKey::new(7);
    let nothing =
        json!({ "public_key": { "challenge": "AAAA", "rp": { "id": "desk.example.com" } } });
    let made = key.makes(&nothing, ADDRESS);
    sora.posts(PASSKEYS, made)
        .await
        .problem(422, "content-refused");
    let question = sora.posts(QUESTION, json!({})).await.expect(StatusCode::OK);
    for origin in ["https://desk.examp1e.com", "http://desk.example.com"] {
        let made = key.makes(&question, origin);
        sora.posts(PASSKEYS, made)
            .await
            .problem(422, "content-refused");
    }
    for (field, value) in [("attestation", "oA"), ("client_data", "not base64!")] {
        let mut made = key.makes(&question, ADDRESS);
        made[field] = value.into();
        sora.posts(PASSKEYS, made)
            .await
            .problem(422, "content-refused");
    }
    let made = key.makes(&question, ADDRESS);
    sora.posts(PASSKEYS, made.clone())
        .await
        .expect(StatusCode::CREATED);
    sora.posts(PASSKEYS, made)
        .await
        .problem(422, "content-refused");

    // One key is one account's.
    let kenji = shop.colleague("Kenji", Role::Agent).await;
    let question = kenji
        .posts(QUESTION, json!({}))
        .await
        .expect(StatusCode::OK);
    let made = key.makes(&question, ADDRESS);
    kenji
        .posts(PASSKEYS, made)
        .await
        .problem(422, "content-refused");

    let path = format!("{PASSKEYS}/{}", written(&key.id));
    kenji
        .sends("DELETE", &path, None)
        .await
        .problem(404, "not-found");
    let removed = sora.sends("DELETE", &path, None).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    let me = sora.gets(DOOR).await.expect(StatusCode::OK);
    assert_eq!(me["agent"]["second_factor"], false);
}

#[tokio::test]
async fn a_passkey_proves_again_and_goes_with_a_reset() {
    let shop = shop().await;
    let mut sora = shop.colleague("Sora", Role::Agent).await;
    let mut key = SecurityKey::new(7);
    adds(&sora, &mut key).await;
    let again = "/v1/staff/session/proof";
    let password = sora.password.clone();
    let alone = json!({ "password": password });
    let told = sora
        .posts(again, alone)
        .await
        .problem(422, "content-refused");
    assert_eq!(told["field"], "code");
    let question = sora
        .posts("/v1/staff/session/proof/passkey", json!({}))
        .await;
    let question = question.expect(StatusCode::OK);
    let proof = json!({ "password": password, "passkey": key.shows(&question, ADDRESS) });
    let proved = sora.posts(again, proof.clone()).await;
    assert_eq!(proved.status, StatusCode::NO_CONTENT);
    sora.posts(again, proof)
        .await
        .problem(422, "content-refused");

    let ada = shop.colleague("Ada", Role::Admin).await;
    let reset = ada
        .posts(&format!("/v1/staff/agents/{}/reset", sora.id), json!({}))
        .await;
    let reset = reset.expect(StatusCode::OK);
    sora.password = reset["password"].as_str().unwrap().to_owned();
    sora.signs_in(None).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_role_that_needs_a_second_factor_is_content_with_a_passkey() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_on(folder.path()).await;
    let desk = Desk::new(engine(), store.clone(), DeskSettings::default());
    let desk = desk.with_staff_settings(StaffSettings {
        second_factor_roles: vec![Role::Agent],
        ..StaffSettings::default()
    });
    let mut settings = shop_settings();
    settings.site.address = ADDRESS.to_owned();
    let moment = Arc::new(AtomicI64::new(OPENING));
    let clock = {
        let moment = Arc::clone(&moment);
        Arc::new(move || Timestamp::from_millis(moment.load(Ordering::Relaxed)))
    };
    let shop = Shop {
        app: AppState::new(Arc::new(desk), settings, clock),
        store,
        engine: engine(),
        folder,
        moment,
    };
    let sora = shop.colleague("Sora", Role::Agent).await;
    let told = sora.gets("/v1/staff/queue").await;
    told.problem(403, "second-factor-needed");
    adds(&sora, &mut SecurityKey::new(7)).await;
    sora.gets("/v1/staff/queue").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn without_an_address_it_is_said_what_is_missing() {
    let shop = Shop::open().await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let told = sora.posts(QUESTION, json!({})).await;
    let told = told.problem(422, "content-refused");
    assert!(
        told["detail"]
            .as_str()
            .unwrap()
            .contains("http.site.address")
    );
}
