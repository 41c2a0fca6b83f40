//! The committed OpenAPI document is the one the code makes.

use axum::http::StatusCode;

use crate::actors::Shop;

#[test]
fn the_committed_document_is_up_to_date() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == mondo::http::openapi_json(),
        "web/openapi.json is out of date; regenerate it: cargo run -- openapi > web/openapi.json"
    );
}

#[tokio::test]
async fn the_document_can_be_browsed_offline() {
    let shop = Shop::open().await;
    let operator = shop.operator();
    let document = operator.gets("/openapi.json").await.expect(StatusCode::OK);
    assert!(
        document["openapi"].as_str().unwrap().starts_with("3.1"),
        "{}",
        document["openapi"]
    );
    let page = operator.gets("/docs/").await;
    assert_eq!(page.status, StatusCode::OK);
    for part in page.text.split(['"', '\'']) {
        assert!(
            !part.starts_with("http") && !part.starts_with("//"),
            "{part} would be fetched from elsewhere"
        );
    }
    assert_eq!(
        operator.gets("/docs/swagger-ui-bundle.js").await.status,
        StatusCode::OK
    );
}
