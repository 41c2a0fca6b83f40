//! A server that is reached beneath a path of another site, such as `https://www.example.com/support`.
//!
//! Only this file knows: everything within says `/help/en/` and never the path before it. The path is taken off requests,
//! and put before what leads somewhere in replies: redirects, paths of cookies, links of pages. Scripts ask
//! `web/console/base.js`, letters begin with `http.site.address`, and paths in JSON follow that address too.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use super::pages::links;
use super::problem::ApiError;

/// Largest page; none comes near it.
const MAX_PAGE_BYTES: usize = 8 * 1024 * 1024;

/// Serves routes beneath a path, and without it too, as a proxy that takes it off and probes of the machine ask.
pub(in crate::http) fn beneath(routes: Router, base: &str) -> Router {
    let base: Arc<str> = base.into();
    let answer = move |request: Request, next: Next| {
        let base = Arc::clone(&base);
        async move { answer(&base, request, next).await }
    };
    // A layer of the routes themselves would see a request only after its route was chosen.
    Router::new()
        .fallback_service(routes)
        .layer(middleware::from_fn(answer))
}

async fn answer(base: &str, mut request: Request, next: Next) -> Response {
    if let Some(uri) = without(request.uri(), base) {
        *request.uri_mut() = uri;
    }
    let (mut parts, body) = next.run(request).await.into_parts();
    lead_beneath(&mut parts.headers, base);
    let is_page = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return Response::from_parts(parts, body);
    }
    let page = match to_bytes(body, MAX_PAGE_BYTES).await {
        Ok(page) => page,
        Err(error) => return ApiError::internal(error).into_response(),
    };
    let page = links::beneath(&String::from_utf8_lossy(&page), base);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(page))
}

/// Takes the path off an address that begins with it.
fn without(uri: &Uri, base: &str) -> Option<Uri> {
    let whole = uri.path_and_query()?.as_str();
    let rest = whole.strip_prefix(base)?;
    let within: PathAndQuery = match rest.chars().next() {
        Some('/') => rest.parse().ok()?,
        None | Some('?') => format!("/{rest}").parse().ok()?,
        Some(_) => return None,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(within);
    Uri::from_parts(parts).ok()
}

/// Puts the path before redirects and paths of cookies.
fn lead_beneath(headers: &mut HeaderMap, base: &str) {
    if let Some(location) = headers.get_mut(header::LOCATION)
        && let Some(beneath) = location_beneath(location, base)
    {
        *location = beneath;
    }
    if let header::Entry::Occupied(mut cookies) = headers.entry(header::SET_COOKIE) {
        for cookie in cookies.iter_mut() {
            if let Some(beneath) = cookie_beneath(cookie, base) {
                *cookie = beneath;
            }
        }
    }
}

fn location_beneath(location: &HeaderValue, base: &str) -> Option<HeaderValue> {
    let location = location.to_str().ok()?;
    let is_path = location.starts_with('/') && !location.starts_with("//");
    let beneath = is_path.then(|| format!("{base}{location}"))?;
    HeaderValue::from_str(&beneath).ok()
}

fn cookie_beneath(cookie: &HeaderValue, base: &str) -> Option<HeaderValue> {
    const PATH: &str = "; Path=";
    let cookie = cookie.to_str().ok()?;
    let (before, path) = cookie.split_once(PATH)?;
    let (path, after) = path.split_at(path.find(';').unwrap_or(path.len()));
    // Without a slash at its end, it counts for the path itself and for all beneath it.
    let path = path.trim_end_matches('/');
    HeaderValue::from_str(&format!("{before}{PATH}{base}{path}{after}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_taken_off_where_it_stands_whole() {
        for (asked, expected) in [
            ("/support", Some("/")),
            ("/support?a=b", Some("/?a=b")),
            ("/support/", Some("/")),
            (
                "/support/help/en/?q=%2Fsupport",
                Some("/help/en/?q=%2Fsupport"),
            ),
            ("/support/support", Some("/support")),
            ("/supporters", None),
            ("/help/support", None),
            ("/", None),
        ] {
            let uri: Uri = asked.parse().expect("an address");
            let within = without(&uri, "/support").map(|uri| uri.to_string());
            assert_eq!(within.as_deref(), expected, "{asked}");
        }
    }

    #[test]
    fn redirects_and_cookies_stay_beneath_the_path() {
        let mut headers = HeaderMap::new();
        let mut check = |name: header::HeaderName, given: &'static str, expected: &str| {
            headers.insert(name.clone(), HeaderValue::from_static(given));
            lead_beneath(&mut headers, "/support");
            assert_eq!(headers[name], expected);
        };
        let location = header::LOCATION;
        check(location.clone(), "/console?a=b", "/support/console?a=b");
        check(location.clone(), "//evil.example", "//evil.example");
        check(location, "https://id.example/", "https://id.example/");
        let cookie = header::SET_COOKIE;
        check(
            cookie.clone(),
            "s=1; Path=/; HttpOnly",
            "s=1; Path=/support; HttpOnly",
        );
        check(
            cookie.clone(),
            "s=1; Path=/console",
            "s=1; Path=/support/console",
        );
        check(cookie, "s=1; Secure", "s=1; Secure");
    }
}
