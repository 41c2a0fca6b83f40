//! Search, articles and pages.

use axum::http::StatusCode;

use crate::actors::Shop;

#[tokio::test]
async fn articles_are_found_and_read() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("ja");
    let found = visitor
        .gets("/v1/search?q=%E8%BF%94%E5%93%81&lang=ja&limit=3")
        .await
        .expect(StatusCode::OK);
    let hits = found["hits"].as_array().unwrap();
    assert!((1..=3).contains(&hits.len()), "{found}");
    assert_eq!(hits[0]["article"], "return-tea");
    assert_eq!(hits[0]["link"], "/help/ja/return-tea");

    let article = visitor
        .gets("/v1/articles/shipping-time?lang=ko")
        .await
        .expect(StatusCode::OK);
    assert_eq!(article["language"], "ko");
    assert_eq!(article["languages"].as_array().unwrap().len(), 4);
    let html = article["html"].as_str().unwrap();
    assert!(html.contains("<strong>3일</strong>"), "{html}");
    assert!(html.contains("href=\"/help/ko/order-late\""), "{html}");
    let preferred = visitor
        .gets("/v1/articles/shipping-time")
        .await
        .expect(StatusCode::OK);
    assert_eq!(preferred["language"], "ja", "the browser's language");
}

#[tokio::test]
async fn pages_run_under_a_strict_policy() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("ko");
    let page = visitor.gets("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("<html lang=\"ko\">"), "{}", page.text);
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("default-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    assert!(
        !page.text.contains("style=") && !page.text.contains("onclick"),
        "nothing inline"
    );

    let article = visitor.gets("/help/zh/return-tea").await;
    assert!(
        article.text.contains("<h1>茶叶怎么退货？</h1>"),
        "{}",
        article.text
    );
    for missing in ["/help/ja/nothing", "/help/xx/return-tea"] {
        assert_eq!(visitor.gets(missing).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn files_of_the_page_are_kept_by_the_browser_until_they_change() {
    let shop = Shop::open().await;
    let visitor = shop.visitor("en");
    for (file, kind) in [
        ("page.js", "text/javascript"),
        ("page.css", "text/css"),
        ("texts.json", "application/json"),
        ("../icon.svg", "image/svg+xml"),
        ("../help.css", "text/css"),
        ("../help.js", "text/javascript"),
    ] {
        let path = match file.strip_prefix("../") {
            Some(shared) => format!("/assets/{shared}"),
            None => format!("/assets/page/{file}"),
        };
        let first = visitor.gets(&path).await;
        assert_eq!(first.status, StatusCode::OK);
        assert!(first.header("content-type").starts_with(kind), "{file}");
        let request = visitor
            .request("GET", &path)
            .header("if-none-match", first.header("etag"));
        let second = visitor
            .sends(request.body(Default::default()).unwrap())
            .await;
        assert_eq!(
            (second.status, second.text.as_str()),
            (StatusCode::NOT_MODIFIED, "")
        );
    }
}

#[test]
fn the_page_has_its_words_in_every_language() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web/page/texts.json");
    let texts: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let keys =
        |language: &str| -> Vec<&String> { texts[language].as_object().unwrap().keys().collect() };
    for language in ["zh", "ja", "ko"] {
        assert_eq!(keys(language), keys("en"));
        for (key, text) in texts[language].as_object().unwrap() {
            assert_ne!(
                text, &texts["en"][key],
                "{language}.{key} is not translated"
            );
        }
    }
    let template = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web/templates/page.html");
    let template = std::fs::read_to_string(template).unwrap();
    for used in template
        .split("data-text=\"")
        .chain(template.split("data-label=\""))
        .skip(1)
    {
        let key = used.split('"').next().unwrap();
        if !key.contains('<') {
            assert!(texts["en"].get(key).is_some(), "texts.json lacks {key}");
        }
    }
}
