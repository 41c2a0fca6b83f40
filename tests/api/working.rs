//! Proof of work: beyond what is served to strangers without, each solves a puzzle, and whoever is vouched for does not.

use std::num::NonZeroU32;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mondo::http::{ClientLimits, HttpSettings, ProofOfWork};
use mondo::staff::Role;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::actors::{Shop, Told, Visitor};

const STRANGER: &str = "203.0.113.7";

async fn shop_under_attack() -> Shop {
    let limits = ClientLimits {
        proof_of_work: ProofOfWork {
            above_per_minute: 2,
            digests: NonZeroU32::new(500).unwrap(),
        },
        ..ClientLimits::none()
    };
    let settings = HttpSettings {
        limits,
        ..HttpSettings::default()
    };
    Shop::open_with(settings).await
}

/// Does what the widget and the clients of ALTCHA do.
fn solved(challenge: &Value) -> String {
    let salt = challenge["salt"].as_str().unwrap();
    let most = challenge["maxnumber"].as_u64().unwrap();
    let number = (0..=most)
        .find(|number| {
            hex::encode(Sha256::digest(format!("{salt}{number}"))) == challenge["challenge"]
        })
        .unwrap();
    let mut solution = challenge.clone();
    solution["number"] = number.into();
    STANDARD.encode(solution.to_string())
}

async fn opens(visitor: &Visitor, proof: Option<&str>) -> Told {
    let request = visitor
        .request("POST", "/v1/conversations")
        .header("content-type", "application/json");
    let request = match proof {
        Some(proof) => request.header("mondo-proof", proof),
        None => request,
    };
    visitor.sends(request.body("{}".into()).unwrap()).await
}

#[tokio::test]
async fn strangers_beyond_the_measure_work_and_get_in() {
    let shop = shop_under_attack().await;
    let visitor = shop.visitor("ko").at(STRANGER);
    for _ in 0..2 {
        opens(&visitor, None).await.expect(StatusCode::CREATED);
    }
    let refused = opens(&visitor, None).await;
    let problem = refused.problem(429, "work-needed");
    assert!(problem["detail"].as_str().unwrap().contains("Mondo-Proof"));
    assert!(problem["message"].as_str().unwrap().contains("잠시 후"));
    assert_eq!(refused.header("retry-after"), "1");
    let solution = solved(&problem["challenge"]);
    opens(&visitor, Some(&solution))
        .await
        .expect(StatusCode::CREATED);

    // Once: whoever comes again works again, wherever from.
    let neighbour = shop.visitor("ko").at("192.0.2.9");
    for wrong in [&solution, "nonsense", ""] {
        opens(&neighbour, Some(wrong))
            .await
            .problem(429, "work-needed");
    }
    for (path, body) in [
        ("/v1/ask", json!({ "text": "how long does shipping take" })),
        ("/v1/conversations", json!({})),
    ] {
        let told = visitor.posts(path, body).await;
        told.problem(429, "work-needed");
    }
    let letter = visitor
        .request("POST", "/help/ko/write")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("text=a&contact=a%40example.com&key=0123456789abcdef".into());
    let told = visitor.sends(letter.unwrap()).await;
    assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn an_open_conversation_goes_on_and_programs_with_a_key_are_never_asked() {
    let shop = shop_under_attack().await;
    let mut visitor = shop.visitor("en").at(STRANGER);
    visitor.opens().await;
    let stranger = shop.visitor("en").at(STRANGER);
    opens(&stranger, None).await.expect(StatusCode::CREATED);
    opens(&stranger, None).await.problem(429, "work-needed");
    visitor.says("how long does shipping take").await;

    let ada = shop.colleague("Ada", Role::Admin).await;
    let wanted = json!({ "name": "asker", "scopes": ["suggestions.read"] });
    let made = ada.posts("/v1/staff/keys", wanted).await;
    let made = made.expect(StatusCode::CREATED);
    let mut program = shop.visitor("en").at(STRANGER);
    program.token = made["token"].as_str().map(str::to_owned);
    for _ in 0..4 {
        program.asks("how long does shipping take").await;
    }
}

#[tokio::test]
async fn nobody_works_unless_the_operator_asks_for_it() {
    let shop = Shop::open_with(HttpSettings::default()).await;
    let visitor = shop.visitor("en").at(STRANGER);
    for _ in 0..20 {
        opens(&visitor, Some("nonsense"))
            .await
            .expect(StatusCode::CREATED);
    }
}
