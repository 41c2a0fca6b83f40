//! Whose conversations are: of those a host vouches for, of anonymous visitors with their secret, and of nobody else.

use axum::http::StatusCode;
use mondo::identity::IdentityMode;
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::{Shop, Told, Visitor};
use crate::tokens::{OPENING, SECRET, claims, hs256, settings, token};

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

/// A key as programs draw it.
const DRAWN: &str = "3f1c9b6e-8d2a-4c57-9a0e-b7d45f612c83";

async fn opens_under(who: &Visitor, key: &str) -> Told {
    let request = who
        .request("POST", "/v1/conversations")
        .header("idempotency-key", key);
    who.sends(request.body("{}".into()).unwrap()).await
}

#[tokio::test]
async fn three_openings_under_one_key_lock_nobody_out() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    let (first, second, third) = tokio::join!(
        opens_under(&visitor, DRAWN),
        opens_under(&visitor, DRAWN),
        opens_under(&visitor, DRAWN),
    );
    let opened = [first, second, third].map(|told| told.expect(StatusCode::CREATED));
    for other in &opened {
        assert_eq!(other["id"], opened[0]["id"]);
        assert_eq!(other["visitor_secret"], opened[0]["visitor_secret"]);
    }
    let mut visitor = shop.visitor("en");
    visitor.conversation = opened[0]["id"].as_str().unwrap().to_owned();
    visitor.secret = opened[0]["visitor_secret"].as_str().map(str::to_owned);
    visitor.says("When is the shop open?").await;
}

#[tokio::test]
async fn a_lost_reply_is_repeated_until_something_was_said() {
    let shop = Shop::open().await;
    let mut visitor = shop.visitor("en");
    let lost = opens_under(&visitor, DRAWN)
        .await
        .expect(StatusCode::CREATED);
    let shop = shop.reopen().await;
    let mut again = shop.visitor("en");
    let opened = opens_under(&again, DRAWN).await.expect(StatusCode::CREATED);
    assert_eq!(lost["id"], opened["id"]);
    assert_eq!(
        lost["visitor_secret"], opened["visitor_secret"],
        "also after a restart"
    );
    again.conversation = opened["id"].as_str().unwrap().to_owned();
    again.secret = opened["visitor_secret"].as_str().map(str::to_owned);
    again.says("When is the shop open?").await;
    // Whoever has seen the key somewhere learns nothing of a conversation that has begun.
    let told = opens_under(&shop.visitor("en"), DRAWN).await;
    told.problem(409, "idempotency-conflict");
    // Nor does the key of one conversation open another.
    visitor = shop.visitor("en");
    let other = opens_under(&visitor, "a5d0e7c2-41b9-4f38-8c6d-0e92f7b1d364").await;
    let other = other.expect(StatusCode::CREATED);
    assert_ne!(other["visitor_secret"], opened["visitor_secret"]);
    visitor.conversation = opened["id"].as_str().unwrap().to_owned();
    visitor.secret = other["visitor_secret"].as_str().map(str::to_owned);
    visitor
        .gets(&format!("/v1/conversations/{}", visitor.conversation))
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn whoever_guesses_a_key_gets_a_conversation_of_their_own() {
    let shop = Shop::open().await;
    for guessable in [
        "the-same-key",
        "order-4711",
        "00000000-0000-4000-8000-000000000001",
    ] {
        let mut visitor = shop.visitor("en");
        let opened = opens_under(&visitor, guessable)
            .await
            .expect(StatusCode::CREATED);
        let guesser = shop.visitor("en");
        let guessed = opens_under(&guesser, guessable)
            .await
            .expect(StatusCode::CREATED);
        assert_ne!(opened["id"], guessed["id"], "{guessable}");
        assert_ne!(
            opened["visitor_secret"], guessed["visitor_secret"],
            "{guessable}"
        );
        // And the first visitor is not locked out.
        visitor.conversation = opened["id"].as_str().unwrap().to_owned();
        visitor.secret = opened["visitor_secret"].as_str().map(str::to_owned);
        visitor.rereads().await;
    }
}

#[tokio::test]
async fn a_key_is_worth_nothing_once_an_account_has_claimed_its_conversation() {
    let shop = Shop::open_believing(settings(IdentityMode::Optional)).await;
    let mut visitor = shop.visitor("en");
    let opened = opens_under(&visitor, DRAWN)
        .await
        .expect(StatusCode::CREATED);
    visitor.conversation = opened["id"].as_str().unwrap().to_owned();
    visitor.secret = opened["visitor_secret"].as_str().map(str::to_owned);
    visitor.token = Some(token("ada"));
    let claimed = visitor.posts(&visitor.path("claim"), json!({})).await;
    assert_eq!(claimed.status, StatusCode::NO_CONTENT);
    let told = opens_under(&shop.visitor("en"), DRAWN).await;
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
