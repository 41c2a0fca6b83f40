//! Whose conversations are: tokens of hosts, secrets of anonymous visitors, and everybody else.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use mondo::conversation::{Tier, Timestamp};
use mondo::identity::{
    IdentityMode, IdentitySettings, InvalidIdentity, KeyLine, Keyring, RefusedToken,
};
use mondo::staff::Role;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::actors::{Shop, Told, Visitor};

const SECRET: &str = "a secret of the host, long enough to be one";
const OLD_SECRET: &str = "the secret of last year, soon to be taken away";
/// The moment the shop opens, in seconds.
const OPENING: i64 = 1_795_305_600;

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn settings(mode: IdentityMode) -> IdentitySettings {
    let public = STANDARD.encode(signing_key().verifying_key().as_bytes());
    IdentitySettings {
        mode,
        keys: vec![
            KeyLine::new(format!("new:HS256:{SECRET}")),
            KeyLine::new(format!("old:HS256:{OLD_SECRET}")),
            KeyLine::new(format!("curve:EdDSA:{public}")),
        ],
        audience: "mondo".to_owned(),
        leeway_seconds: 60,
    }
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn hs256(secret: &[u8], header: &Value, claims: &Value) -> String {
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(signed.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{signed}.{signature}")
}

fn eddsa(header: &Value, claims: &Value) -> String {
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let signature = signing_key().sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn claims(subject: &str) -> Value {
    json!({ "sub": subject, "aud": "mondo", "exp": OPENING + 600 })
}

fn token(subject: &str) -> String {
    let header = json!({ "alg": "HS256", "kid": "new" });
    hs256(SECRET.as_bytes(), &header, &claims(subject))
}

#[test]
fn a_token_is_believed_when_everything_about_it_is_right() {
    let keyring = Keyring::new(&settings(IdentityMode::Optional)).unwrap();
    let header = |alg: &str, kid: &str| json!({ "alg": alg, "kid": kid, "typ": "JWT" });
    let with = |changes: Value| {
        let mut all = claims("ada");
        for (name, value) in changes.as_object().unwrap() {
            all[name] = value.clone();
        }
        all
    };
    let signed = |claims: Value| hs256(SECRET.as_bytes(), &header("HS256", "new"), &claims);
    let public = signing_key().verifying_key();
    let none = |alg: &str| {
        format!(
            "{}.{}.",
            encoded(&header(alg, "new")),
            encoded(&claims("ada"))
        )
    };
    let tampered = {
        let whole = signed(claims("ada"));
        let parts: Vec<&str> = whole.split('.').collect();
        format!("{}.{}.{}", parts[0], encoded(&claims("bob")), parts[2])
    };
    let good = Ok(());
    let table: Vec<(&str, String, Result<(), RefusedToken>)> = vec![
        ("plain", token("ada"), good),
        (
            "the old key",
            hs256(
                OLD_SECRET.as_bytes(),
                &header("HS256", "old"),
                &claims("ada"),
            ),
            good,
        ),
        (
            "Ed25519",
            eddsa(&header("EdDSA", "curve"), &claims("ada")),
            good,
        ),
        (
            "audience in a list",
            signed(with(json!({ "aud": ["x", "mondo"] }))),
            good,
        ),
        (
            "within the leeway",
            signed(with(json!({ "exp": OPENING - 59 }))),
            good,
        ),
        (
            "a clock ahead",
            signed(with(json!({ "iat": OPENING + 59, "nbf": OPENING + 59 }))),
            good,
        ),
        (
            "past the leeway",
            signed(with(json!({ "exp": OPENING - 61 }))),
            Err(RefusedToken::Expired),
        ),
        (
            "not yet",
            signed(with(json!({ "nbf": OPENING + 90 }))),
            Err(RefusedToken::NotYet),
        ),
        (
            "issued in the future",
            signed(with(json!({ "iat": OPENING + 90 }))),
            Err(RefusedToken::NotYet),
        ),
        (
            "for another",
            signed(with(json!({ "aud": "shop" }))),
            Err(RefusedToken::Audience),
        ),
        (
            "no audience",
            signed(json!({ "sub": "ada", "exp": OPENING + 9 })),
            Err(RefusedToken::Claims),
        ),
        (
            "no end",
            signed(json!({ "sub": "ada", "aud": "mondo" })),
            Err(RefusedToken::Claims),
        ),
        (
            "no subject",
            signed(json!({ "aud": "mondo", "exp": OPENING + 9 })),
            Err(RefusedToken::Claims),
        ),
        (
            "empty subject",
            signed(with(json!({ "sub": "  " }))),
            Err(RefusedToken::Claims),
        ),
        (
            "unknown tier",
            signed(with(json!({ "tier": "gold" }))),
            Err(RefusedToken::Claims),
        ),
        (
            "text as time",
            signed(with(json!({ "exp": "tomorrow" }))),
            Err(RefusedToken::Claims),
        ),
        (
            "unknown key",
            hs256(SECRET.as_bytes(), &header("HS256", "lost"), &claims("ada")),
            Err(RefusedToken::UnknownKey),
        ),
        (
            "no key named",
            hs256(
                SECRET.as_bytes(),
                &json!({ "alg": "HS256" }),
                &claims("ada"),
            ),
            Err(RefusedToken::UnknownKey),
        ),
        (
            "another key's secret",
            hs256(
                OLD_SECRET.as_bytes(),
                &header("HS256", "new"),
                &claims("ada"),
            ),
            Err(RefusedToken::Signature),
        ),
        (
            "the public key as secret",
            hs256(public.as_bytes(), &header("HS256", "curve"), &claims("ada")),
            Err(RefusedToken::Algorithm),
        ),
        ("none", none("none"), Err(RefusedToken::Algorithm)),
        ("no signature", none("HS256"), Err(RefusedToken::Signature)),
        ("changed", tampered, Err(RefusedToken::Signature)),
        (
            "an extension",
            hs256(
                SECRET.as_bytes(),
                &json!({ "alg": "HS256", "kid": "new", "crit": ["b64"] }),
                &claims("ada"),
            ),
            Err(RefusedToken::Malformed),
        ),
        ("no token", "a.b.c".to_owned(), Err(RefusedToken::Malformed)),
        (
            "endless",
            format!("{}.b.c", "a".repeat(9_000)),
            Err(RefusedToken::Malformed),
        ),
    ];
    for (name, token, expected) in table {
        let told = keyring.identify(&token, Timestamp::from_millis(OPENING * 1_000));
        assert_eq!(told.map(|_| ()), expected, "{name}");
    }
    let all = json!({ "name": " Ada ", "email": "ada@example.com", "locale": "ja-JP", "tier": "premium" });
    let identity = keyring
        .identify(&signed(with(all)), Timestamp::from_millis(OPENING * 1_000))
        .unwrap();
    assert_eq!(identity.subject, "ada");
    assert_eq!(identity.name.as_deref(), Some("Ada"));
    assert_eq!(identity.email.as_deref(), Some("ada@example.com"));
    assert_eq!(identity.tier, Some(Tier::Premium));
}

#[test]
fn a_key_that_is_taken_away_opens_nothing_any_more() {
    let mut settings = settings(IdentityMode::Optional);
    settings.keys.remove(1);
    let keyring = Keyring::new(&settings).unwrap();
    let header = json!({ "alg": "HS256", "kid": "old" });
    let token = hs256(OLD_SECRET.as_bytes(), &header, &claims("ada"));
    let told = keyring.identify(&token, Timestamp::from_millis(OPENING * 1_000));
    assert_eq!(told, Err(RefusedToken::UnknownKey));
}

#[test]
fn settings_that_protect_nobody_are_refused_and_no_secret_is_shown() {
    let check = |keys: &[&str], audience: &str, expected: Result<(), InvalidIdentity>| {
        let settings = IdentitySettings {
            mode: IdentityMode::Enforced,
            keys: keys.iter().map(|line| KeyLine::new(*line)).collect(),
            audience: audience.to_owned(),
            leeway_seconds: 60,
        };
        let shown = format!("{settings:?} {:?}", Keyring::new(&settings));
        assert!(!shown.contains(SECRET), "{shown}");
        assert_eq!(Keyring::new(&settings).map(|_| ()), expected, "{keys:?}");
    };
    let good = format!("a:HS256:{SECRET}");
    let name = || "a".to_owned();
    check(&[&good], "mondo", Ok(()));
    check(&[], "mondo", Err(InvalidIdentity::NoKeys));
    check(&[&good], " ", Err(InvalidIdentity::NoAudience));
    check(
        &[&good, &good],
        "x",
        Err(InvalidIdentity::Twice { name: name() }),
    );
    check(
        &["a:HS256:short"],
        "x",
        Err(InvalidIdentity::ShortSecret { name: name() }),
    );
    check(
        &["a:EdDSA:AAAA"],
        "x",
        Err(InvalidIdentity::PublicKey { name: name() }),
    );
    check(&["a:none:"], "x", Err(InvalidIdentity::Line { number: 1 }));
    check(&[SECRET], "x", Err(InvalidIdentity::Line { number: 1 }));
    // As it stands in the PEM file of a public key.
    let mut pem = vec![
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ];
    pem.extend_from_slice(signing_key().verifying_key().as_bytes());
    check(&[&format!("a:EdDSA:{}", STANDARD.encode(pem))], "x", Ok(()));
}

/// Every route to one conversation, as the API describes them, so that a new one is not forgotten.
fn routes() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(&mondo::http::openapi_json()).unwrap();
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        if path.starts_with("/v1/conversations/{id}") {
            for method in methods.as_object().unwrap().keys() {
                routes.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    assert!(routes.len() >= 10, "{routes:?}");
    routes
}

async fn reaches(who: &Visitor, method: &str, path: &str, conversation: &str) -> Told {
    let path = path
        .replace("{id}", conversation)
        .replace("{message}", conversation);
    let request = who.request(method, &path);
    let response = who.connects(request.body("{}".into()).unwrap()).await;
    // A stream that is followed has no end.
    let kind = response.headers().get("content-type");
    if kind.is_some_and(|kind| kind == "text/event-stream") {
        let (parts, _) = response.into_parts();
        return Told {
            status: parts.status,
            headers: parts.headers,
            text: String::new(),
            bytes: Vec::new(),
        };
    }
    Told::read(response).await
}

#[tokio::test]
async fn every_route_lets_the_owner_pass_and_nobody_else() {
    let shop = Shop::open_believing(settings(IdentityMode::Optional)).await;
    let mut anonymous = shop.visitor("en");
    anonymous.opens().await;
    let mut stranger = shop.visitor("en");
    stranger.opens().await;
    let mut ada = shop.visitor("en");
    ada.token = Some(token("ada"));
    assert_eq!(ada.opens().await["visitor_secret"], Value::Null);
    let mut bob = shop.visitor("en");
    bob.token = Some(token("bob"));
    let mut late = shop.visitor("en");
    let ended = json!({ "sub": "ada", "aud": "mondo", "exp": OPENING - 90 });
    late.token = Some(hs256(
        SECRET.as_bytes(),
        &json!({ "alg": "HS256", "kid": "new" }),
        &ended,
    ));
    let nobody = shop.visitor("en");
    let anonymous_id = &anonymous.conversation;
    let ada_id = &ada.conversation;
    const UNKNOWN: &str = "019a9f6e-1c00-7000-8000-000000000000";
    for (method, path) in routes() {
        let place = format!("{method} {path}");
        for (who, id) in [
            (&stranger, anonymous_id),
            (&stranger, ada_id),
            (&nobody, anonymous_id),
            (&nobody, ada_id),
            (&bob, ada_id),
            (&bob, anonymous_id),
            (&ada, anonymous_id),
        ] {
            let refused = reaches(who, &method, &path, id).await;
            let problem = refused.problem(404, "not-found");
            let unknown = reaches(who, &method, &path, UNKNOWN).await;
            let detail = unknown.problem(404, "not-found")["detail"].clone();
            assert_eq!(
                problem["detail"].as_str().unwrap().replace(id, UNKNOWN),
                detail,
                "{place}: nothing tells whether it exists"
            );
        }
        for id in [anonymous_id, ada_id] {
            let refused = reaches(&late, &method, &path, id).await;
            refused.problem(401, "token-expired");
        }
        // Claiming what is one's own already is the one thing that is not to be done.
        if path.ends_with("/claim") {
            continue;
        }
        for owner in [&anonymous, &ada] {
            let told = reaches(owner, &method, &path, &owner.conversation).await;
            let is_stranger = told.status == StatusCode::UNAUTHORIZED
                || told.text.contains("there is no conversation");
            assert!(!is_stranger, "{place}: {}", told.text);
        }
    }
    let whole = ada.rereads().await;
    assert_eq!(whole["id"], *ada_id, "the owner reads on");
}

#[tokio::test]
async fn the_secret_is_given_once_and_kept_only_as_a_digest() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let secret = visitor.secret.clone().unwrap();
    assert!(secret.len() >= 32, "{secret}");
    assert!(!visitor.rereads().await.to_string().contains(&secret));
    let file = std::fs::read_dir(shop.folder.path())
        .unwrap()
        .flat_map(|entry| std::fs::read(entry.unwrap().path()))
        .any(|bytes| {
            bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        });
    assert!(!file, "the database does not hold it");
}

#[tokio::test]
async fn a_lost_reply_is_repeated_with_a_fresh_secret_until_something_was_said() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    let open = |visitor: &Visitor| {
        visitor
            .request("POST", "/v1/conversations")
            .header("idempotency-key", "the-same-key")
            .body("{}".into())
            .unwrap()
    };
    let lost = visitor
        .sends(open(&visitor))
        .await
        .expect(StatusCode::CREATED);
    let opened = visitor
        .sends(open(&visitor))
        .await
        .expect(StatusCode::CREATED);
    assert_eq!(lost["id"], opened["id"]);
    visitor.conversation = opened["id"].as_str().unwrap().to_owned();
    visitor.secret = opened["visitor_secret"].as_str().map(str::to_owned);
    visitor.says("When is the shop open?").await;
    // Whoever guesses the key learns nothing of a conversation that has begun.
    let guesser = shop.visitor("en");
    let told = guesser.sends(open(&guesser)).await;
    told.problem(409, "idempotency-conflict");
}

#[tokio::test]
async fn an_anonymous_conversation_is_claimed_with_both_proofs_only() {
    let shop = Shop::open_believing(settings(IdentityMode::Optional)).await;
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.says("When is the shop open?").await;
    let secret = visitor.secret.clone();
    let claim = visitor.path("claim");
    let with = |token: Option<String>, secret: Option<String>| {
        let mut one = shop.visitor("en");
        one.conversation.clone_from(&visitor.conversation);
        (one.token, one.secret) = (token, secret);
        one
    };
    for one in [
        with(Some(token("ada")), None),
        with(None, secret.clone()),
        with(Some(token("ada")), Some("0".repeat(64))),
    ] {
        one.posts(&claim, json!({})).await.problem(404, "not-found");
    }
    let both = with(Some(token("ada")), secret.clone());
    let told = both.posts(&claim, json!({})).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);

    let whole = with(Some(token("ada")), None).rereads().await;
    assert_eq!(whole["messages"].as_array().unwrap().len(), 2);
    let path = format!("/v1/conversations/{}", visitor.conversation);
    visitor.gets(&path).await.problem(404, "not-found");
    let thief = with(Some(token("bob")), secret);
    thief
        .posts(&claim, json!({}))
        .await
        .problem(404, "not-found");

    let agent = shop.colleague("aoi", Role::Agent).await;
    let seen = agent
        .gets(&format!("/v1/staff/conversations/{}", visitor.conversation))
        .await
        .expect(StatusCode::OK);
    assert_eq!(seen["account"]["subject"], "ada");
}

#[tokio::test]
async fn what_the_host_says_of_a_visitor_reaches_the_ticket() {
    let shop = Shop::open_believing(settings(IdentityMode::Optional)).await;
    let sora = shop.colleague("Sora", Role::Agent).await;
    let auditor = shop.colleague("Otto", Role::Auditor).await;
    let token_of = |tier: Option<&str>| {
        let mut all = claims("ada");
        if let Some(tier) = tier {
            all["tier"] = json!(tier);
        }
        let header = json!({ "alg": "HS256", "kid": "new" });
        Some(hs256(SECRET.as_bytes(), &header, &all))
    };
    let read = async |visitor: &Visitor| {
        let queue = sora.gets("/v1/staff/queue").await.expect(StatusCode::OK);
        let entries = queue["entries"].as_array().unwrap().clone();
        let mine = |entry: &&Value| entry["conversation"] == visitor.conversation.as_str();
        let entry = entries.iter().find(mine).unwrap();
        (entry["tier"].clone(), entry["priority"].clone())
    };
    for (tier, expected, priority) in [
        (None, "unverified", "low"),
        (Some("verified"), "verified", "normal"),
        (Some("premium"), "premium", "normal"),
    ] {
        let mut visitor = shop.visitor("en");
        visitor.token = token_of(tier);
        visitor.opens().await;
        visitor.says("when do you open").await;
        visitor.wants_a_person("").await;
        assert_eq!(read(&visitor).await, (json!(expected), json!(priority)));
        if tier.is_some() {
            continue;
        }
        // The host checks the account meanwhile: the open ticket follows, and the log says who said so.
        visitor.token = token_of(Some("verified"));
        visitor.rereads().await;
        visitor.rereads().await;
        assert_eq!(read(&visitor).await, (json!("verified"), json!("normal")));
        let log = auditor.gets("/v1/staff/log").await.expect(StatusCode::OK);
        let lines = log["lines"].as_array().unwrap();
        let told: Vec<&Value> = lines
            .iter()
            .filter(|line| line["actor"] == "host")
            .collect();
        assert_eq!(told.len(), 1, "{log}");
        assert_eq!(told[0]["detail"]["to"], "verified");
    }

    // An anonymous visitor with a ticket signs in.
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    visitor.says("when do you open").await;
    visitor.wants_a_person("").await;
    assert_eq!(read(&visitor).await, (json!("unverified"), json!("low")));
    visitor.token = token_of(Some("premium"));
    let told = visitor.posts(&visitor.path("claim"), json!({})).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.text);
    assert_eq!(read(&visitor).await, (json!("premium"), json!("normal")));
}

#[tokio::test]
async fn an_enforced_server_has_no_anonymous_conversation() {
    let shop = Shop::open_believing(settings(IdentityMode::Enforced)).await;
    let mut visitor = shop.visitor("ko");
    let told = visitor.posts("/v1/conversations", json!({})).await;
    let problem = told.problem(401, "identity-needed");
    assert!(
        problem["message"].as_str().unwrap().contains("로그인"),
        "{problem}"
    );
    visitor.asks("영업시간이 어떻게 되나요?").await;
    visitor.token = Some("a.b.c".to_owned());
    let told = visitor.posts("/v1/conversations", json!({})).await;
    told.problem(401, "token-refused");
    visitor.token = Some(token("ada"));
    visitor.opens().await;
    visitor.says("영업시간이 어떻게 되나요?").await;
}

#[tokio::test]
async fn staff_and_programs_reach_every_conversation_as_far_as_they_may() {
    let shop = Shop::open_believing(settings(IdentityMode::Enforced)).await;
    let mut ada = shop.visitor("en");
    ada.token = Some(token("ada"));
    ada.opens().await;
    let admin = shop.colleague("Root", Role::Admin).await;
    let path = format!("/v1/conversations/{}", ada.conversation);
    admin.gets(&path).await.expect(StatusCode::OK);
    let key = async |scope: &str| {
        let ask = json!({ "name": "p", "scopes": [scope] });
        let made = admin.posts("/v1/staff/keys", ask).await;
        let token = made.expect(StatusCode::CREATED)["token"].clone();
        shop.program(token.as_str().unwrap())
    };
    let reader = key("conversations.read").await;
    reader.gets(&path).await.expect(StatusCode::OK);
    let messages = format!("{path}/messages");
    let said = json!({ "text": "When is the shop open?" });
    let told = reader.posts(&messages, said.clone()).await;
    told.problem(404, "not-found");
    let writer = key("conversations.work").await;
    writer.posts(&messages, said).await.expect(StatusCode::OK);
    let unknown = shop.program("no such key");
    unknown.gets(&path).await.problem(401, "sign-in-needed");
}
