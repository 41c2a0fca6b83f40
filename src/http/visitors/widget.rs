//! The files of the widget: a stable loader, and everything else under a name that changes with its content.

use axum::extract::{Path, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;

/// A file as it was prepared when the binary was built.
struct File {
    path: &'static str,
    /// Hash for the `integrity` attribute of a script tag.
    integrity: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
    brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/widget_files.rs"));

/// Browsers ask again now and then, so that an update reaches every page within the hour.
const STABLE: &str = "public, max-age=600, stale-while-revalidate=3600";
/// The address changes with the content.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Addresses that never change: what a page embeds.
async fn stable(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    match find(&name) {
        Some(file) if name.starts_with("widget.") => Ok(sent(file, STABLE, &headers)),
        _ => Err(ApiError::not_found("file")),
    }
}

/// Addresses named by content. A page that was loaded before an update is led to the files of today.
async fn hashed(
    Path((version, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = find(&path).ok_or_else(|| ApiError::not_found("file"))?;
    if version != VERSION {
        let today = format!("/widget/v1/{VERSION}/{path}");
        return Ok((
            [(header::CACHE_CONTROL, "no-store")],
            Redirect::temporary(&today),
        )
            .into_response());
    }
    Ok(sent(file, IMMUTABLE, &headers))
}

/// Names the files of today with their hashes, for pages that pin what they embed.
async fn manifest() -> Response {
    let files: serde_json::Map<String, serde_json::Value> = FILES
        .iter()
        .map(|file| {
            let described = json!({
                "address": format!("/widget/v1/{VERSION}/{}", file.path),
                "integrity": file.integrity,
                "bytes": file.plain.len(),
                "gzip": file.gzip.len(),
                "brotli": file.brotli.len(),
            });
            (file.path.to_owned(), described)
        })
        .collect();
    let body = Json(json!({ "version": VERSION, "files": files }));
    ([(header::CACHE_CONTROL, "no-cache")], body).into_response()
}

fn find(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}

fn sent(file: &'static File, caching: &'static str, headers: &HeaderMap) -> Response {
    let tag = format!("\"{VERSION}\"");
    let common = [
        (header::CACHE_CONTROL, caching.to_owned()),
        (header::ETAG, tag.clone()),
        (header::VARY, "accept-encoding".to_owned()),
    ];
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    if known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = match file.path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        _ => "text/javascript; charset=utf-8",
    };
    let (encoding, bytes) = match () {
        () if accepts(headers, "br") => (Some("br"), file.brotli),
        () if accepts(headers, "gzip") => (Some("gzip"), file.gzip),
        () => (None, file.plain),
    };
    let mut response = (common, [(header::CONTENT_TYPE, kind)], bytes).into_response();
    if let Some(encoding) = encoding {
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Tells whether the client takes an encoding; `q=0` refuses it.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| {
            let (name, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let weight = weight.trim().trim_start_matches("q=").parse::<f32>();
            name.trim() == encoding && weight.unwrap_or(0.0) > 0.0
        })
}

/// Middleware: lets pages of every origin embed these files, isolated ones (COEP) too.
async fn open_to_all(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
        (HeaderName::from_static("timing-allow-origin"), "*"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Headers of the API that pages of other origins may send and read.
const ALLOWED_HEADERS: &str = "authorization, mondo-visitor, content-type, accept-language, idempotency-key, last-event-id, mondo-proof";

/// Middleware: lets the widget talk to the API from the pages it is embedded in. No cookie takes part, so a page gains
/// nothing over any other program; who may embed is the settings' choice.
pub(in crate::http) async fn share_with_pages(
    axum::extract::State(app): axum::extract::State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    if !path.starts_with("/v1/") {
        return next.run(request).await;
    }
    // What staff read is for our own pages alone.
    let embedded_by = match path.starts_with("/v1/staff") {
        true => "same-origin",
        false => "cross-origin",
    };
    let origin = request.headers().get(header::ORIGIN).cloned();
    let asks_first = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_first {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    headers
        .entry(HeaderName::from_static("cross-origin-resource-policy"))
        .or_insert(HeaderValue::from_static(embedded_by));
    let Some(origin) = origin else {
        return response;
    };
    let allowed = &app.settings().origins;
    let is_allowed = allowed
        .iter()
        .any(|known| known == "*" || known.as_bytes() == origin.as_bytes());
    if is_allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("retry-after, x-request-id"),
        );
        if asks_first {
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_METHODS,
                HeaderValue::from_static("GET, POST, PUT"),
            );
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                HeaderValue::from_static(ALLOWED_HEADERS),
            );
            headers.insert(
                header::ACCESS_CONTROL_MAX_AGE,
                HeaderValue::from_static("86400"),
            );
        }
    }
    response
}

pub(in crate::http) fn router() -> Router<AppState> {
    Router::new()
        .route("/widget/v1/manifest.json", get(manifest))
        .route("/widget/v1/{name}", get(stable))
        .route("/widget/v1/{version}/{*path}", get(hashed))
        .layer(middleware::from_fn(open_to_all))
}
