//! What one client may do: whoever does too much is held back, in their own language, and nobody else is.

use axum::body::Body;
use axum::http::StatusCode;
use mondo::http::{Allowance, ClientLimits, HttpSettings};
use mondo::staff::Role;
use serde_json::json;

use crate::actors::{Shop, Told, Visitor, png};

const STRANGER: &str = "203.0.113.7";
const NEIGHBOUR: &str = "192.0.2.9";

async fn shop_allowing(limits: ClientLimits) -> Shop {
    let settings = HttpSettings {
        limits,
        ..HttpSettings::default()
    };
    Shop::open_with(settings).await
}

fn by_address(address: Allowance) -> ClientLimits {
    ClientLimits {
        address,
        ..ClientLimits::none()
    }
}

#[track_caller]
fn is_held_back(told: &Told) {
    let problem = told.problem(429, "too-often");
    assert!(problem["detail"].as_str().unwrap().contains("http.limits."));
    let seconds: u64 = told.header("retry-after").parse().unwrap();
    assert!((1..=3_600).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn nobody_floods_the_queue_from_one_address() {
    let shop = shop_allowing(by_address(Allowance {
        conversations_per_hour: 4,
        tickets_per_hour: 2,
        ..Allowance::default()
    }))
    .await;
    let mut flood = Vec::new();
    for _ in 0..4 {
        let mut visitor = shop.visitor("ja").at(STRANGER);
        visitor.opens().await;
        flood.push(visitor);
    }
    let fifth = shop.visitor("ja").at(STRANGER);
    let told = fifth.posts("/v1/conversations", json!({})).await;
    is_held_back(&told);
    // Its body was left unread, so the connection cannot be used again, and the client is told.
    assert_eq!(told.header("connection"), "close");
    let message = told.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("もう一度お試しください"), "{message}");
    for (place, visitor) in flood.iter().enumerate() {
        let told = visitor.posts(&visitor.path("escalate"), json!({})).await;
        match place {
            0 | 1 => assert_eq!(told.status, StatusCode::OK),
            _ => is_held_back(&told),
        }
    }
    // The form without JavaScript is no way around.
    let letter = fifth
        .request("POST", "/help/ja/write")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("text=a&contact=a%40example.com&key=k"));
    let told = fifth.sends(letter.unwrap()).await;
    assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS);

    let mut neighbour = shop.visitor("ja").at(NEIGHBOUR);
    neighbour.opens().await;
    neighbour.wants_a_person("").await;
}

#[tokio::test]
async fn nobody_fills_the_disk() {
    let shop = shop_allowing(by_address(Allowance {
        questions_per_minute: 3,
        files_per_hour: 5,
        megabytes_per_hour: 1,
        ..Allowance::default()
    }))
    .await;
    let mut visitor = shop.visitor("en").at(STRANGER);
    visitor.opens().await;
    for _ in 0..3 {
        visitor.asks("how long does shipping take").await;
    }
    is_held_back(
        &visitor
            .posts("/v1/ask", json!({ "text": "shipping" }))
            .await,
    );
    is_held_back(&visitor.gets("/v1/search?q=shipping").await);
    let sends = async |visitor: &Visitor, length: &str| {
        let request = visitor
            .request("POST", &visitor.path("attachments?name=a.png"))
            .header("content-length", length)
            .body(Body::from(png(8, 8)));
        visitor.sends(request.unwrap()).await
    };
    sends(&visitor, "1000").await.expect(StatusCode::CREATED);
    is_held_back(&sends(&visitor, "2000000").await);
    let mut neighbour = shop.visitor("en").at(NEIGHBOUR);
    neighbour.opens().await;
    for _ in 0..5 {
        sends(&neighbour, "1000").await.expect(StatusCode::CREATED);
    }
    is_held_back(&sends(&neighbour, "1000").await);
}

#[tokio::test]
async fn a_conversation_is_one_visitor_wherever_they_write_from() {
    let shop = shop_allowing(ClientLimits {
        visitor: Allowance {
            questions_per_minute: 2,
            streams: 1,
            ..Allowance::default()
        },
        ..ClientLimits::none()
    })
    .await;
    let mut visitor = shop.visitor("en").at(STRANGER);
    visitor.opens().await;
    visitor.says("how long does shipping take").await;
    let visitor = visitor.at(NEIGHBOUR);
    visitor.says("how long does shipping take").await;
    let said = json!({ "text": "shipping" });
    is_held_back(&visitor.posts(&visitor.path("messages"), said).await);

    let follow = |visitor: &Visitor| {
        visitor
            .request("GET", &visitor.path("events"))
            .body(Body::empty())
            .unwrap()
    };
    let first = visitor.connects(follow(&visitor)).await;
    assert_eq!(first.status(), StatusCode::OK);
    is_held_back(&visitor.sends(follow(&visitor)).await);
    let mut other = shop.visitor("en").at(NEIGHBOUR);
    other.opens().await;
    let second = other.connects(follow(&other)).await;
    assert_eq!(second.status(), StatusCode::OK);
    drop(first);
    let again = visitor.connects(follow(&visitor)).await;
    assert_eq!(again.status(), StatusCode::OK, "it was given back");
}

#[tokio::test]
async fn programs_have_an_allowance_of_their_own_and_strangers_invent_none() {
    let shop = shop_allowing(ClientLimits {
        address: Allowance {
            questions_per_minute: 1,
            ..Allowance::default()
        },
        key: Allowance {
            questions_per_minute: 3,
            ..Allowance::default()
        },
        ..ClientLimits::none()
    })
    .await;
    let ada = shop.colleague("Ada", Role::Admin).await;
    let wanted = json!({ "name": "asker", "scopes": ["suggestions.read"] });
    let made = ada.posts("/v1/staff/keys", wanted).await;
    let made = made.expect(StatusCode::CREATED);
    let mut program = shop.visitor("en").at(STRANGER);
    program.token = made["token"].as_str().map(str::to_owned);
    for _ in 0..3 {
        program.asks("how long does shipping take").await;
    }
    is_held_back(
        &program
            .posts("/v1/ask", json!({ "text": "shipping" }))
            .await,
    );

    let mut inventive = shop.visitor("en").at(STRANGER);
    inventive.asks("how long does shipping take").await;
    for invented in ["0".repeat(64), "a.b.c".to_owned()] {
        inventive.token = Some(invented);
        is_held_back(
            &inventive
                .posts("/v1/ask", json!({ "text": "shipping" }))
                .await,
        );
    }
}
