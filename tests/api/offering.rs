//! What is offered before anybody asks, and after an answer.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use mondo::staff::Role;
use serde_json::{Value, json};

use crate::actors::Shop;
use crate::learning::shop_without;

const OPEN: &str = "When is the shop open?";
const WRAP: &str = "Do you wrap gifts?";
/// What others asked is read again after that.
const AGAIN_MS: i64 = 11 * 60 * 1_000;

async fn starters(shop: &Shop, query: &str) -> Vec<String> {
    let told = shop
        .visitor("en")
        .gets(&format!("/v1/welcome?{query}"))
        .await;
    let told = told.expect(StatusCode::OK);
    let starters = told["starters"].as_array().unwrap().iter();
    let names = starters.map(|one| one["article"].as_str().unwrap().to_owned());
    names.collect()
}

fn offered_after(said: &Value) -> Vec<&str> {
    let offered = said["reply"]["reply"]["answer"]["follow_ups"].as_array();
    let offered = offered.unwrap_or_else(|| panic!("{said:#}")).iter();
    offered
        .map(|one| one["article"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn what_three_others_asked_next_is_offered() {
    let shop = shop_without(&[]).await;
    let reading = "lang=en&article=opening-hours";
    for number in 1..=3 {
        assert!(
            !starters(&shop, reading)
                .await
                .starts_with(&["gift-wrapping".to_owned()])
        );
        let mut visitor = shop.visitor("en");
        visitor.opens().await;
        let said = visitor.says(OPEN).await;
        assert!(offered_after(&said).is_empty(), "{number}: {said:#}");
        visitor.says(WRAP).await;
        shop.moment.fetch_add(AGAIN_MS, Ordering::Relaxed);
    }
    let told = starters(&shop, reading).await;
    assert_eq!(told[0], "gift-wrapping", "{told:?}");
    assert!(
        !told.contains(&"opening-hours".to_owned()),
        "that is being read: {told:?}"
    );
    assert_eq!(
        starters(&shop, "lang=en").await[..2],
        ["gift-wrapping", "opening-hours"]
    );
    let mut visitor = shop.visitor("en");
    visitor.opens().await;
    let said = visitor.says(OPEN).await;
    assert_eq!(offered_after(&said), ["gift-wrapping"]);
    // It is taken like any other option.
    let next = visitor
        .chooses("gift-wrapping")
        .await
        .expect(StatusCode::OK);
    assert_eq!(next["reply"]["reply"]["decision"], "answer");
    let lead = shop.colleague("Mei", Role::Lead).await;
    let told = lead.gets("/v1/staff/insights/outcomes?days=7").await;
    let told = told.expect(StatusCode::OK);
    let mut total = told["total"].as_array().unwrap().iter();
    let taken = total
        .find(|one| one["outcome"] == "follow_up_taken")
        .unwrap();
    assert_eq!(
        (&taken["count"], &taken["share"]["total"]),
        (&json!(1), &json!(7))
    );
}

#[tokio::test]
async fn while_an_incident_is_on_its_matters_come_first() {
    let shop = shop_without(&[]).await;
    let lead = shop.colleague("Mei", Role::Lead).await;
    let before = starters(&shop, "lang=en").await;
    let expires = shop.app.now().later_by(3_600_000).to_string();
    let texts =
        json!({ "en": "Late.", "zh": "延迟。", "ja": "遅れています。", "ko": "지연됩니다." });
    let incident = json!({ "incident": "INC-1", "texts": texts, "categories": ["safety"], "bump": 0, "expires": expires });
    lead.posts("/v1/staff/surges", incident)
        .await
        .expect(StatusCode::CREATED);
    let during = starters(&shop, "lang=en").await;
    let snapshot = shop.engine.snapshot();
    let category = |name: &str| {
        let mut articles = snapshot.knowledge().articles.iter();
        articles
            .find(|one| one.id.as_str() == name)
            .unwrap()
            .category
            .clone()
    };
    assert_eq!(category(&during[0]), "safety", "{before:?} {during:?}");
    assert!(during.len() >= before.len(), "{before:?} {during:?}");
    lead.deletes("/v1/staff/surges/INC-1").await;
    assert_eq!(starters(&shop, "lang=en").await, before);
}
