//! Files that are part of the binary, and what a page of ours may load.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rust_embed::EmbeddedFile;

use super::media::policy_with;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;

/// Scripts, styles and pictures only from here, nothing inline, no frames around it.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/// Returns a file that is part of the binary, or the news that the browser has it.
pub(in crate::http) fn serve(
    file: Option<EmbeddedFile>,
    path: &str,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let file = file.ok_or_else(|| ApiError::not_found("file"))?;
    let hash = hex::encode(&file.metadata.sha256_hash()[..16]);
    let tag = format!("\"{hash}\"");
    // The browser keeps the file and asks whether it is still the same, so an update is never half seen.
    let caching = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| {
            tags.split(',')
                .any(|known| known.trim().trim_start_matches("W/") == tag)
        });
    if known {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let content_type = [(header::CONTENT_TYPE, content_type(path))];
    Ok((caching, content_type, file.data.into_owned()).into_response())
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// Middleware: what a page of ours may load, and who may frame it.
pub(in crate::http) async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // A file of an article has a stricter one.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(POLICY));
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    );
    response
}

/// Middleware: lets pages show pictures of the sites that the operator names.
pub(in crate::http) async fn allow_pictures(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let policy = policy_with(POLICY, &app.settings().site.pictures);
    let headers = response.headers_mut();
    let is_ours = headers
        .get(header::CONTENT_SECURITY_POLICY)
        .is_some_and(|set| set == POLICY);
    if let Some(policy) = policy.filter(|_| is_ours) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
