//! What people see in a browser: the page that asks, the help pages, and their files.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use minijinja::context;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::help;
use super::language::visitor_locale;
use super::problem::ApiError;
use super::state::AppState;

/// Files a browser fetches.
#[derive(RustEmbed)]
#[folder = "web/assets/"]
struct Assets;

/// Scripts, styles and pictures only from here, nothing inline, no frames around it.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/// The page that asks.
async fn page(State(app): State<AppState>, headers: HeaderMap) -> Result<Html<String>, ApiError> {
    help::Frame::new(&app, &headers, visitor_locale(&headers), "").render("page.html", context! {})
}

/// A file of a page, with its hash as ETag.
async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    serve(Assets::get(&path), &path, &headers)
}

/// Gives a file that is part of the binary, or the news that the browser has it.
pub(super) fn serve(
    file: Option<EmbeddedFile>,
    path: &str,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let file = file.ok_or_else(|| ApiError::not_found("file"))?;
    let hash: String = file
        .metadata
        .sha256_hash()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
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
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// Middleware: what a page of ours may load, and who may frame it.
pub(super) async fn guard(request: axum::extract::Request, next: middleware::Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    );
    response
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(page))
        .merge(help::router())
        .route("/assets/{file}", get(asset))
        .layer(middleware::from_fn(guard))
}
