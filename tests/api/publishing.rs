//! Authors say when an article is given, and put pictures beside its texts.

use std::sync::Arc;

use axum::http::StatusCode;
use mondo::staff::Role;
use serde_json::json;

use crate::actors::{Told, png};
use crate::editing::{ARTICLE, file, library};

#[tokio::test]
async fn only_what_is_published_is_given() {
    let (shop, root) = library().await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let visitor = shop.visitor("en");
    let is_given = async || {
        let library = Arc::clone(shop.app.library().folder().unwrap());
        let engine = Arc::clone(&shop.engine);
        tokio::task::spawn_blocking(move || library.reload(&engine).unwrap())
            .await
            .unwrap();
        let page = visitor.gets("/v1/articles/gift-wrapping?lang=en").await;
        let asked = visitor.asks("do you wrap gifts").await;
        let is_answered = asked["answer"]["article"] == "gift-wrapping";
        assert_eq!(page.status == StatusCode::OK, is_answered, "{asked}");
        is_answered
    };
    assert!(is_given().await);
    let path = format!("{ARTICLE}/article.toml");
    for (stage, from, until, given) in [
        ("draft", None, None, false),
        ("review", None, None, false),
        ("published", Some("2099-01-01"), None, false),
        ("published", None, Some("2001-01-01"), false),
        ("published", Some("2001-01-01"), Some("2099-01-01"), true),
        ("archived", None, None, false),
        ("published", None, None, true),
    ] {
        let hash = file(&aki, "article.toml").await["hash"].clone();
        let publication =
            json!({ "publication": { "stage": stage, "valid_from": from, "valid_until": until } });
        aki.replaces(&path, hash.as_str().unwrap(), publication)
            .await
            .expect(StatusCode::OK);
        assert_eq!(is_given().await, given, "{stage} {from:?} {until:?}");
        let listed = aki.gets("/v1/staff/knowledge").await.expect(StatusCode::OK);
        let line = listed["articles"].as_array().unwrap().iter();
        let line = line
            .clone()
            .find(|line| line["id"] == "gift-wrapping")
            .unwrap();
        assert_eq!(
            (&line["stage"], &line["valid_from"]),
            (&json!(stage), &json!(from))
        );
    }
    let matter = std::fs::read_to_string(root.join("shop/gift-wrapping/article.toml")).unwrap();
    assert!(!matter.contains("stage"), "{matter}");

    let hash = file(&aki, "article.toml").await["hash"].clone();
    for (publication, kind) in [
        (json!({ "stage": "gone" }), "bad-request"),
        (
            json!({ "stage": "draft", "valid_from": "tomorrow" }),
            "bad-request",
        ),
        (
            json!({ "stage": "draft", "valid_from": "2026-02-31" }),
            "content-refused",
        ),
    ] {
        let told = aki
            .replaces(
                &path,
                hash.as_str().unwrap(),
                json!({ "publication": publication }),
            )
            .await;
        let status = if kind == "bad-request" { 400 } else { 422 };
        told.problem(status, kind);
    }
    let text = json!({ "title": "Do you sell samples?", "summary": "Yes." });
    let draft = json!({ "id": "tea-samples", "category": "shop", "stage": "draft", "texts": { "en": text } });
    aki.posts("/v1/staff/knowledge", draft)
        .await
        .expect(StatusCode::CREATED);
    let hidden = visitor.gets("/v1/articles/tea-samples?lang=en").await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn pictures_lie_beside_the_texts_without_what_they_tell() {
    let (shop, root) = library().await;
    let aki = shop.colleague("Aki", Role::Author).await;
    let place = async |name: &str, content: Vec<u8>| {
        let path = format!("{ARTICLE}/pictures?name={name}");
        Told::read(aki.connects_bytes("POST", &path, &[], content).await).await
    };
    let picture = png(3, 2);
    let put = place("Gift%20Box%201.PNG", picture.clone()).await;
    assert_eq!(
        put.expect(StatusCode::CREATED)["markdown"],
        "![](gift-box-1.png)"
    );
    let lying = root.join("shop/gift-wrapping/gift-box-1.png");
    assert!(lying.is_file());
    let again = place("gift-box-1.png", picture).await;
    assert_eq!(again.expect(StatusCode::CREATED)["name"], "gift-box-1.png");
    let other = place("gift-box-1.png", png(4, 4)).await;
    assert_eq!(
        other.expect(StatusCode::CREATED)["name"],
        "gift-box-1-2.png"
    );
    for content in [
        b"%PDF-1.4 ".to_vec(),
        b"<svg onload=x>".to_vec(),
        Vec::new(),
    ] {
        let refused = place("x.png", content).await;
        assert!(refused.status.is_client_error(), "{}", refused.text);
        assert_eq!(refused.json()["field"], "body");
    }
    let agent = shop.colleague("Sora", Role::Agent).await;
    let path = format!("{ARTICLE}/pictures?name=x.png");
    let refused = agent.connects_bytes("POST", &path, &[], vec![1]).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
}
