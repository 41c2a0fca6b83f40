//! Attachments in a bucket: the store speaks to a service on a loopback port in the words of S3.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::put;

use mondo::conversation::{FileLimits, FileName, SaidName, recognise};
use mondo::store::{FileSettings, NewAttachment, Store};

use crate::{Fixture, now};

/// What lies in the bucket, by path.
type Bucket = Arc<Mutex<BTreeMap<String, Bytes>>>;

/// Requests without a signature of the right key are refused, as S3 does.
fn is_signed(headers: &HeaderMap) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 Credential=mondo-key/"))
}

async fn keep(
    State(bucket): State<Bucket>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_signed(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    bucket.lock().expect("no panic").insert(path, body);
    [(header::ETAG, "\"1\"")].into_response()
}

async fn give(
    State(bucket): State<Bucket>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    if !is_signed(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let found = bucket.lock().expect("no panic").get(&path).cloned();
    let described = [
        (header::ETAG, "\"1\""),
        (header::LAST_MODIFIED, "Sun, 22 Nov 2026 00:00:00 GMT"),
    ];
    match found {
        Some(body) => (described, body).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn remove(
    State(bucket): State<Bucket>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> StatusCode {
    if !is_signed(&headers) {
        return StatusCode::FORBIDDEN;
    }
    bucket.lock().expect("no panic").remove(&path);
    StatusCode::NO_CONTENT
}

#[tokio::test]
async fn a_bucket_keeps_what_the_folder_would() {
    let bucket = Bucket::default();
    let service = Router::new()
        .route("/{*path}", put(keep).get(give).delete(remove))
        .with_state(Arc::clone(&bucket));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, service).await });

    let fixture = Fixture::new().await;
    let conversation = fixture.conversation().await;
    let settings = FileSettings {
        bucket: "files".to_owned(),
        endpoint: format!("http://{address}"),
        key: "mondo-key".to_owned(),
        secret: mondo::signing::Secret::new("mondo-secret"),
        ..FileSettings::default()
    };
    let store: Store = fixture
        .store
        .clone()
        .with_files(settings)
        .expect("a bucket that is named is used");
    let limits = FileLimits {
        bytes: 100,
        pixels: 1,
    };
    let content = "로그\n".as_bytes();
    let file = recognise(content, limits).expect("plain text");
    let kept = store
        .keep_attachment(NewAttachment {
            conversation,
            agent: None,
            name: FileName::new(&SaidName::new("a.log"), file.kind),
            file,
            content: content.to_vec(),
            request: None,
            now: now(),
        })
        .await
        .expect("kept");
    let path = format!("files/{conversation}/{}", kept.id);
    assert!(bucket.lock().expect("no panic").contains_key(&path));
    let read = store.attachment_content(&kept).await.expect("there");
    assert_eq!(read, content);
    let tomorrow = now().later_by(25 * 60 * 60 * 1_000);
    assert_eq!(store.sweep_attachments(tomorrow).await.expect("swept"), 1);
    assert!(bucket.lock().expect("no panic").is_empty());
}
