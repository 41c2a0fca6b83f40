//! How the server is reached: beneath a path of another site, such as `https://www.example.com/support`, and by other names.
//!
//! Only this file knows: everything within says `/help/en/` and never the path before it. The path is taken off requests,
//! and put before what leads somewhere in replies: redirects, paths of cookies, links of pages. Scripts ask
//! `web/console/base.js`, letters begin with `http.site.address`, and paths in JSON follow that address too.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};

use super::pages::links;
use super::problem::ApiError;
use super::settings::SiteSettings;
use super::state::AppState;

/// Largest page; none comes near it.
const MAX_PAGE_BYTES: usize = 8 * 1024 * 1024;

/// First parts of paths of staff, who are at home at one address: passkeys and the provider they sign in with know no other.
const OF_STAFF: [&str; 2] = ["/console", "/v1/staff/sso"];

/// Serves routes beneath the path of the address that is asked for, and without it too, as a proxy that takes it off and
/// probes of the machine ask.
pub(in crate::http) fn reached(routes: Router, app: AppState) -> Router {
    let site = &app.settings().site;
    if site.also.is_empty() && site.base_path(&HeaderMap::new()).is_none() {
        return routes;
    }
    // A layer of the routes themselves would see a request only after its route was chosen.
    Router::new()
        .fallback_service(routes)
        .layer(middleware::from_fn_with_state(app, answer))
}

async fn answer(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let site = &app.settings().site;
    let base = site.base_path(request.headers());
    if let Some(uri) = base.and_then(|base| without(request.uri(), base)) {
        *request.uri_mut() = uri;
    }
    if let Some(home) = home_of_staff(site, &request) {
        return Redirect::temporary(&home).into_response();
    }
    let Some(base) = base else {
        return next.run(request).await;
    };
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

/// Returns where a page of staff is that is asked for at another address.
fn home_of_staff(site: &SiteSettings, request: &Request) -> Option<String> {
    site.other_address(request.headers())?;
    let asked = request.uri().path_and_query()?.as_str();
    let is_of_staff = OF_STAFF.iter().any(|place| {
        let rest = request.uri().path().strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let leads = is_of_staff && request.method().is_safe() && !site.address.is_empty();
    leads.then(|| format!("{}{asked}", site.address))
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
