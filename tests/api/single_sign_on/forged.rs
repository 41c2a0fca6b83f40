//! What is not believed: each of the checks of OpenID Connect Core 3.1.3.7, by a token that fails it alone; and attempts
//! that are somebody else's.

use axum::http::StatusCode;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::*;

impl Door {
    /// Comes back with a token that is changed and signed like this.
    async fn enters_with(&self, forge: impl FnOnce(&Known, Value, Value) -> String) -> String {
        let under_way = self.leaves("", "").await;
        {
            let mut known = self.provider.known.lock().unwrap();
            let (header, claims) = (known.header(), known.claims(&self.provider.server.address));
            known.forged = Some(forge(&known, header, claims));
        }
        let told = self.comes_back(&under_way, "").await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text);
        let page = told.header("location").to_owned();
        assert_eq!(page == "/console", !session_in(&told).is_empty());
        page
    }
}

const UNBELIEVED: &str = "/console/sign-in?refused=unbelieved";

/// Signs as the provider does.
fn signed(known: &Known, header: &Value, claims: &Value) -> String {
    token(header, claims, &known.keys.last().unwrap().1)
}

#[tokio::test]
async fn each_claim_must_be_what_it_must_be() {
    let door = Door::open().await;
    door.provider.knows(ada());
    let now_s = door.shop.app.now().as_millis() / 1_000;
    let right = door.enters_with(|known, header, claims| signed(known, &header, &claims));
    assert_eq!(right.await, "/console");
    for (name, value) in [
        ("iss", json!("http://127.0.0.1:1")),
        ("iss", json!(format!("{}/", door.provider.server.address))),
        ("iss", Value::Null),
        ("aud", json!("other")),
        ("aud", json!([])),
        ("aud", json!(["mondo", "other"])),
        ("aud", Value::Null),
        ("azp", json!("other")),
        ("exp", json!(now_s - 120)),
        ("exp", json!("never")),
        ("exp", Value::Null),
        ("iat", json!(now_s + 600)),
        ("iat", json!(now_s - 3_600)),
        ("iat", Value::Null),
        ("nbf", json!(now_s + 600)),
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("sub", Value::Null),
    ] {
        let page = door
            .enters_with(|known, header, mut claims| {
                claims[name] = value.clone();
                signed(known, &header, &claims)
            })
            .await;
        assert_eq!(page, UNBELIEVED, "{name}: {value}");
    }
    for (name, value) in [
        ("aud", json!(["mondo"])),
        ("azp", json!("mondo")),
        // By SHA-512, as the signature is Ed25519's.
        ("at_hash", json!(half_hash("access"))),
        ("exp", json!(now_s - 30)),
        ("iat", json!(now_s + 30)),
    ] {
        let page = door
            .enters_with(|known, header, mut claims| {
                claims[name] = value.clone();
                signed(known, &header, &claims)
            })
            .await;
        assert_eq!(page, "/console", "{name}: {value}");
    }
}

#[tokio::test]
async fn details_beside_a_token_must_be_the_same_persons() {
    let door = Door::open().await;
    let mut person = ada();
    person["groups"] = Value::Null;
    door.provider.knows(person);
    let beside = |subject: &str| json!({ "sub": subject, "groups": ["desk-admins"] });
    door.provider.known.lock().unwrap().beside = beside("u-2");
    assert_eq!(door.enters().await.0, UNBELIEVED);
    door.provider.known.lock().unwrap().beside = beside("u-1");
    let (page, session) = door.enters().await;
    assert_eq!(page, "/console");
    let who = door.who(&session).await.expect(StatusCode::OK);
    assert_eq!(who["agent"]["role"], "admin");
}

fn half_hash(text: &str) -> String {
    let hash = sha2::Sha512::digest(text);
    URL_SAFE_NO_PAD.encode(&hash[..32])
}

#[tokio::test]
async fn a_signature_counts_by_the_key_and_the_algorithm_of_the_provider() {
    let door = Door::open().await;
    door.provider.knows(ada());
    let (_, stranger) = key("first", 9);
    let page = door.enters_with(|_, header, claims| token(&header, &claims, &stranger));
    assert_eq!(page.await, UNBELIEVED, "another key under the same name");
    // Nothing at all, and what a client could have signed itself.
    for algorithm in ["none", "HS256", "RS256", "ES256", "PS256", ""] {
        let page = door
            .enters_with(|known, mut header, claims| {
                header["alg"] = json!(algorithm);
                let signed = format!("{}.{}", encoded(&header), encoded(&claims));
                let public = known.keys[0].1.verifying_key().to_bytes();
                let signature = match algorithm {
                    "none" | "" => Vec::new(),
                    _ => {
                        let mut mac = Hmac::<Sha256>::new_from_slice(&public).unwrap();
                        mac.update(signed.as_bytes());
                        mac.finalize().into_bytes().to_vec()
                    }
                };
                format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
            })
            .await;
        assert_eq!(page, UNBELIEVED, "{algorithm}");
    }
    let page = door.enters_with(|known, mut header, claims| {
        header["crit"] = json!(["exp"]);
        signed(known, &header, &claims)
    });
    assert_eq!(
        page.await,
        UNBELIEVED,
        "an extension that must be understood"
    );
    let page = door.enters_with(|known, header, claims| {
        let token = signed(known, &header, &claims);
        let (rest, signature) = token.rsplit_once('.').unwrap();
        let (head, _) = rest.split_once('.').unwrap();
        let mut other = claims.clone();
        other["sub"] = json!("u-1-admin");
        format!("{head}.{}.{signature}", encoded(&other))
    });
    assert_eq!(
        page.await,
        UNBELIEVED,
        "other claims under the same signature"
    );
    for broken in ["", "a.b", "a.b.c", "..", &"x".repeat(20_000)] {
        let page = door.enters_with(|_, _, _| broken.to_owned()).await;
        assert_eq!(page, UNBELIEVED, "{broken:.10}");
    }
}

#[tokio::test]
async fn keys_are_read_anew_when_the_provider_changes_them() {
    let door = Door::open().await;
    door.provider.knows(ada());
    assert_eq!(door.enters().await.0, "/console");
    assert_eq!(door.enters().await.0, "/console");
    assert_eq!(door.provider.known.lock().unwrap().looks, 1);
    door.provider.known.lock().unwrap().keys = vec![key("second", 2)];
    // Not at every word of anybody: a name of a key is easily made up.
    assert_eq!(door.enters().await.0, UNBELIEVED);
    assert_eq!(door.provider.known.lock().unwrap().looks, 1);
    let now = door.shop.app.now();
    door.shop.set_clock(now.later_by(30_000));
    assert_eq!(door.enters().await.0, "/console");
    assert_eq!(door.provider.known.lock().unwrap().looks, 2);
    // The old key is worth nothing any more.
    let (_, old) = key("first", 1);
    door.shop.set_clock(now.later_by(90_000));
    let page = door.enters_with(|_, mut header, claims| {
        header["kid"] = json!("first");
        token(&header, &claims, &old)
    });
    assert_eq!(page.await, UNBELIEVED);
    // A token may leave the name out where only one key can be meant.
    let page = door.enters_with(|known, mut header, claims| {
        header.as_object_mut().unwrap().remove("kid");
        signed(known, &header, &claims)
    });
    assert_eq!(page.await, "/console");
}

#[tokio::test]
async fn an_attempt_is_one_browsers_for_a_while() {
    let door = Door::open().await;
    door.provider.knows(ada());
    let refused = "/console/sign-in?refused=unasked";
    let first = door.leaves("", "").await;
    let second = door.leaves("", "").await;
    // Without the cookie, with another attempt's, and with one that was changed.
    let path = format!(
        "/v1/staff/sso/callback?code=the-code&state={}",
        second.state
    );
    for cookie in [
        "",
        "mondo_sso=",
        &first.cookie,
        &format!("{}0", second.cookie),
    ] {
        let told = door.gets(&path, cookie).await;
        assert_eq!(told.header("location"), refused, "{cookie}");
    }
    let told = door.comes_back(&second, "").await;
    assert_eq!(told.header("location"), "/console");
    assert!(
        told.headers
            .get_all("set-cookie")
            .iter()
            .any(|cookie| cookie.to_str().unwrap().starts_with("mondo_sso=; ")),
        "the attempt is forgotten"
    );
    let late = door.leaves("", "").await;
    let now = door.shop.app.now();
    door.shop.set_clock(now.later_by(16 * 60 * 1_000));
    let told = door.comes_back(&late, "").await;
    assert_eq!(told.header("location"), refused);
    // Another provider's answer (RFC 9207), and a provider that lets nobody in.
    let mixed = door.leaves("", "").await;
    for rest in [
        "code=the-code&iss=https://other.example",
        "error=access_denied",
        "code=",
    ] {
        let path = format!("/v1/staff/sso/callback?{rest}&state={}", mixed.state);
        let told = door.gets(&path, &mixed.cookie).await;
        assert_eq!(told.header("location"), UNBELIEVED, "{rest}");
    }
    // Only pages of the console are gone to afterwards.
    let astray = door.leaves("?to=https://evil.example/", "").await;
    let told = door.comes_back(&astray, "").await;
    assert_eq!(told.header("location"), "/console");
}

#[tokio::test]
async fn without_a_provider_there_is_no_such_door() {
    let shop = Shop::open().await;
    for path in ["/v1/staff/sso", "/v1/staff/sso/callback?code=x&state=y"] {
        shop.visitor("en")
            .gets(path)
            .await
            .problem(404, "not-found");
    }
    // One that names itself otherwise is not gone to.
    let door = Door::open_with(|settings| settings.issuer.push('/')).await;
    for _ in 0..2 {
        let told = door.gets("/v1/staff/sso", "").await;
        assert_eq!(told.header("location"), UNBELIEVED);
    }
    let asked = door.provider.server.heard();
    assert_eq!(asked.len(), 1, "it is left alone for a moment: {asked:?}");
}
