//! The widget's files, as pages of other origins embed them.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::Value;

use mondo::http::HttpSettings;

use crate::actors::{Shop, shop_settings};

/// Fetched only when a visitor comes to what they are for, as once there is a conversation to follow, or by pages that import
/// modules or choose a colour.
const LATER: [&str; 17] = [
    "theme.js",
    "sheet.js",
    "widget.mjs",
    "after.js",
    "nudge.js",
    "files.js",
    "transcript.js",
    "article.js",
    "people.js",
    "talks.js",
    "reach.js",
    "place.js",
    "read.js",
    "hours.js",
    "stream.js",
    "lead.js",
    "work.js",
];

#[tokio::test]
async fn the_loader_is_small_and_so_is_all_that_is_needed_to_talk() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    let manifest = visitor
        .gets("/widget/v1/manifest.json")
        .await
        .expect(StatusCode::OK);
    let files = manifest["files"].as_object().unwrap();
    let size = |name: &str| files[name]["gzip"].as_u64().unwrap();
    let loader = size("widget.js");
    assert!(loader <= 3 * 1024, "the loader weighs {loader} bytes");
    let talking: u64 = files
        .keys()
        .filter(|name| !LATER.contains(&name.as_str()) && !name.starts_with("words/"))
        .map(|name| size(name))
        .sum();
    for locale in ["en", "zh-Hans", "zh-Hant", "ja", "ko"] {
        let all = talking + size(&format!("words/{locale}.json"));
        assert!(all <= 25 * 1024, "{locale}: {all} bytes");
    }
}

#[tokio::test]
async fn files_named_by_content_never_change_and_the_stable_one_leads_to_them() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    let stable = visitor.gets("/widget/v1/widget.js").await;
    let manifest = visitor.gets("/widget/v1/manifest.json").await.json();
    let pinned = manifest["files"]["widget.js"]["address"].as_str().unwrap();
    let hashed = visitor.gets(pinned).await;
    assert_eq!(stable.text, hashed.text);
    assert!(hashed.header("cache-control").contains("immutable"));
    assert!(!stable.header("cache-control").contains("immutable"));
    assert!(stable.text.contains(manifest["version"].as_str().unwrap()));
    for place in ["%VERSION%", "%OPEN%"] {
        assert!(!stable.text.contains(place), "{place} is filled");
    }
    for told in [&stable, &hashed] {
        assert_eq!(told.header("access-control-allow-origin"), "*");
        assert_eq!(told.header("cross-origin-resource-policy"), "cross-origin");
    }
    let old = visitor.gets("/widget/v1/0000000000000000/chat.js").await;
    let today = manifest["files"]["chat.js"]["address"].as_str().unwrap();
    assert_eq!(old.header("location"), today);
    assert_eq!(
        visitor.gets("/widget/v1/chat.js").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn every_client_gets_the_smallest_form_it_reads() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    for (accepted, sent) in [
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("identity", ""),
    ] {
        let request = visitor
            .request("GET", "/widget/v1/widget.js")
            .header("accept-encoding", accepted);
        let response = visitor.connects(request.body(Body::empty()).unwrap()).await;
        let encoding = response.headers().get("content-encoding");
        assert_eq!(encoding.map_or("", |value| value.to_str().unwrap()), sent);
        assert!(
            response.headers()["vary"]
                .to_str()
                .unwrap()
                .contains("accept-encoding")
        );
    }
}

async fn allowed_origin(shop: &Shop, method: &str, path: &str, origin: &str) -> Option<String> {
    let visitor = shop.visitor("en");
    let request = visitor
        .request(method, path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "idempotency-key");
    let told = visitor.sends(request.body(Body::empty()).unwrap()).await;
    let origin = told.headers.get("access-control-allow-origin")?;
    assert!(
        told.headers
            .get("access-control-allow-credentials")
            .is_none()
    );
    Some(origin.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn only_chosen_pages_talk_to_the_api() {
    let open = Shop::open().await;
    let settings = HttpSettings {
        origins: vec!["https://tea.example".to_owned()],
        ..HttpSettings::default()
    };
    let closed = Shop::open_with(settings).await;
    for (method, path) in [("OPTIONS", "/v1/conversations"), ("GET", "/v1/welcome")] {
        for origin in ["https://tea.example", "null"] {
            let allowed = allowed_origin(&open, method, path, origin).await;
            assert_eq!(allowed.as_deref(), Some(origin));
        }
        let allowed = allowed_origin(&closed, method, path, "https://tea.example").await;
        assert_eq!(allowed.as_deref(), Some("https://tea.example"));
        assert_eq!(
            allowed_origin(&closed, method, path, "https://other.example").await,
            None
        );
    }
}

#[tokio::test]
async fn a_visitor_is_welcomed_with_what_is_often_needed() {
    let settings = |starters: &[&str]| {
        let mut settings = shop_settings();
        settings.site.starters = starters.iter().map(|id| (*id).to_owned()).collect();
        settings
    };
    let shop = Shop::open_with(settings(&["tea-school", "opening-hours", "gone"])).await;
    let visitor = shop.visitor("ja");
    let articles = |welcome: Value| -> Vec<String> {
        let starters = welcome["starters"].as_array().unwrap().clone();
        starters
            .iter()
            .map(|one| one["article"].as_str().unwrap().to_owned())
            .collect()
    };
    let welcome = visitor
        .gets("/v1/welcome?lang=ja")
        .await
        .expect(StatusCode::OK);
    assert_eq!(welcome["name"], "Leaf & Pot");
    assert_eq!(
        articles(welcome),
        ["opening-hours"],
        "the school has no Japanese text"
    );
    let reading = visitor.gets("/v1/welcome?lang=en&article=return-tea").await;
    assert_eq!(
        articles(reading.json()),
        ["shipping-time", "tea-school", "opening-hours"]
    );
}
