//! Names pages by their content, so that a reader who has one is not sent it again.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::http::edge::problem::ApiError;

/// Largest page that gets an ETag; none comes near it.
const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Middleware: names each page by its content, and answers "not modified" to a reader who has it.
pub(in crate::http) async fn name_content(request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let is_get = request.method().is_safe();
    let response = next.run(request).await;
    if !is_get || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = match to_bytes(body, MAX_PAGE_BYTES).await {
        Ok(bytes) => bytes,
        Err(error) => return ApiError::internal(error).into_response(),
    };
    let tag = etag(&bytes);
    let is_known = known.is_some_and(|known| known.as_bytes() == tag.as_bytes());
    parts.headers.insert(header::ETAG, tag);
    parts
        .headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    parts
        .headers
        .append(header::VARY, HeaderValue::from_static("accept-language"));
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Weak, because compression on the way changes bytes and not what is read.
fn etag(bytes: &Bytes) -> HeaderValue {
    let hash = hex::encode(&Sha256::digest(bytes)[..12]);
    HeaderValue::from_str(&format!("W/\"{hash}\"")).expect("hexadecimal digits fit a header")
}
