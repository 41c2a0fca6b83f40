//! The committed OpenAPI document is the one the code makes.

use axum::http::StatusCode;
use serde_json::Value;

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

/// Bodies in formats and protocols of others.
const FOREIGN: [&str; 5] = [
    "/v1/hooks/{source}",
    "/v1/channels/{outlet}/messages",
    "/v1/channels/{outlet}/events",
    "/v1/chat/completions",
    "/mcp",
];

#[test]
fn requests_are_described_to_the_last_character() {
    let document: Value = serde_json::from_str(&mondo::http::openapi_json()).unwrap();
    let mut loose = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            if !body.is_null() && !FOREIGN.contains(&path.as_str()) {
                find_loose(&document, body, &format!("{method} {path}"), &mut loose);
            }
        }
    }
    assert!(loose.is_empty(), "say what fits here: {loose:#?}");
}

/// Collects objects that may have any field, and strings that may be anything.
fn find_loose(document: &Value, schema: &Value, place: &str, loose: &mut Vec<String>) {
    if let Some(other) = schema["$ref"].as_str() {
        let named = document.pointer(&other[1..]).unwrap();
        return find_loose(document, named, place, loose);
    }
    for either in ["oneOf", "anyOf", "allOf"] {
        for part in schema[either].as_array().into_iter().flatten() {
            find_loose(document, part, place, loose);
        }
    }
    let is = |kind: &str| match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|other| other == kind),
        other => other == kind,
    };
    let says = |words: &[&str]| words.iter().any(|word| !schema[word].is_null());
    if is("string") && !says(&["format", "enum", "pattern", "maxLength"]) {
        loose.push(place.to_owned());
    }
    if is("integer") && !says(&["maximum"]) {
        loose.push(place.to_owned());
    }
    if is("array") {
        find_loose(document, &schema["items"], &format!("{place}[]"), loose);
    }
    if is("object") {
        match &schema["additionalProperties"] {
            Value::Bool(false) => {}
            each if each.is_object() && says(&["propertyNames"]) => {
                find_loose(document, each, &format!("{place}.*"), loose);
            }
            _ => loose.push(place.to_owned()),
        }
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            find_loose(document, field, &format!("{place}.{name}"), loose);
        }
    }
}
