//! The public help pages under `/help/{locale}/`: whole without JavaScript, in five locales, readable by search engines.
//!
//! Every page says honestly which language it is in. Asking and writing use the same desk as the API does.

mod frame;
mod path;

mod home;

mod article;
mod search;

mod ask;
mod verify;
mod write;

mod sitemap;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use sha2::{Digest, Sha256};

use super::language::visitor_locale;
use super::problem::ApiError;
use super::state::AppState;
use path::{PageLocale, code_of};

pub(super) use frame::Frame;
pub(super) use path::help_link;

/// Leads to the help pages in the reader's own locale.
async fn nearest(headers: HeaderMap) -> Redirect {
    Redirect::temporary(&format!("/help/{}/", code_of(visitor_locale(&headers))))
}

/// Says that there is no such page, and where to go on.
fn missing(frame: &Frame) -> Result<Response, ApiError> {
    let page = frame.render("help/missing.html", minijinja::context! {})?;
    Ok((StatusCode::NOT_FOUND, page).into_response())
}

/// Largest page that gets an ETag; none comes near it.
const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Middleware: names each page by its content, and answers "not modified" to a reader who has it.
async fn name_content(request: Request, next: Next) -> Response {
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
    let hash: String = Sha256::digest(bytes)
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    HeaderValue::from_str(&format!("W/\"{hash}\"")).expect("hexadecimal digits fit a header")
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/help", get(nearest))
        .route("/help/", get(nearest))
        .route(
            "/help/{locale}",
            get(async |PageLocale(locale): PageLocale| {
                Redirect::permanent(&format!("/help/{}/", code_of(locale)))
            }),
        )
        .route("/help/{locale}/", get(home::home))
        .route("/help/{locale}/topic/{category}", get(home::category))
        .route("/help/{locale}/search", get(search::search))
        .route("/help/{locale}/ask", get(ask::form).post(ask::ask))
        .route("/help/{locale}/write", get(write::form).post(write::write))
        .route("/help/{locale}/{article}", get(article::article))
        .route("/help/{locale}/{article}/feedback", post(article::rate))
        .route("/verify", get(verify::nearest))
        .route(
            "/help/{locale}/verify",
            get(verify::verify).post(verify::verify_agent),
        )
        .route("/sitemap.xml", get(sitemap::sitemap))
        .route("/robots.txt", get(sitemap::robots))
        .layer(middleware::from_fn(name_content))
}
