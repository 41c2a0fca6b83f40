//! `/v1/staff/sso`: to the provider that staff sign in with, and back.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::session::cookies_of;
use super::shown::browser_in;
use crate::desk::{CameBack, NotLetIn, Sent};
use crate::http::edge::client::origin::Origin;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::{Staff, cookie as cookie_in, session_token};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::sso::Answered;

/// Where the provider sends people back to.
const CALLBACK: &str = "/v1/staff/sso/callback";

/// Longest part of an answer that is looked at, in bytes.
const MAX_PART_BYTES: usize = 4_096;

/// What is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SendQuery {
    /// Page of the console to go to afterwards.
    #[serde(default)]
    to: String,
    /// Whether somebody who is signed in shows again who they are, as keys and webhooks ask for.
    #[serde(default)]
    prove: bool,
}

/// Sends a browser to the provider that staff sign in with.
#[utoipa::path(
    get,
    path = "/v1/staff/sso",
    tag = "staff",
    params(SendQuery),
    responses(
        (status = 303, description = "On to the provider"),
        ApiError,
    )
)]
async fn send(
    State(app): State<AppState>,
    origin: Origin,
    ApiQuery(query): ApiQuery<SendQuery>,
) -> Result<Response, ApiError> {
    if app.workplace().provider().is_none() {
        return Err(ApiError::not_found("provider to sign in with"));
    }
    let to = page_of(&query.to);
    let sent = app
        .workplace()
        .send_to_provider(to, query.prove, &callback(&app), app.now())
        .await;
    let Sent {
        address,
        remembered,
        seconds,
    } = match sent {
        Ok(sent) => sent,
        Err(refused) => return Ok(not_let_in(refused, origin)),
    };
    let cookie = (header::SET_COOKIE, cookie(origin, &remembered, seconds));
    Ok(on_to(&address, vec![cookie]))
}

/// What the provider says.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CallbackQuery {
    /// Stands for the tokens.
    #[serde(default)]
    code: String,
    /// That of the attempt.
    #[serde(default)]
    state: String,
    /// The provider.
    iss: Option<String>,
    /// Why it has let nobody in.
    error: Option<String>,
}

/// Takes a browser back from the provider, and opens a session.
#[utoipa::path(
    get,
    path = "/v1/staff/sso/callback",
    tag = "staff",
    params(CallbackQuery),
    responses(
        (status = 303, description = "On to the page that was wanted, signed in; or to the way in, with the reason in `refused`"),
        ApiError,
    )
)]
async fn come_back(
    State(app): State<AppState>,
    staff: Result<Staff, ApiError>,
    origin: Origin,
    headers: HeaderMap,
    ApiQuery(query): ApiQuery<CallbackQuery>,
) -> Result<Response, ApiError> {
    if app.workplace().provider().is_none() {
        return Err(ApiError::not_found("provider to sign in with"));
    }
    let CallbackQuery {
        code,
        state,
        iss,
        error,
    } = query;
    let is_long = [&code, &state]
        .iter()
        .any(|part| part.len() > MAX_PART_BYTES);
    if code.is_empty() || error.is_some() || is_long {
        return Ok(not_let_in(NotLetIn::Unbelieved, origin));
    }
    let owner = staff.ok().and_then(|staff| Some(staff.agent().ok()?.id));
    let back = CameBack {
        answered: Answered {
            code,
            state,
            issuer: iss,
        },
        remembered: cookie_in(&headers, cookie_name(origin)).map(str::to_owned),
        session: session_token(&headers, origin).zip(owner),
        browser: browser_in(&headers),
        callback: callback(&app),
    };
    let now = app.now();
    let (signed_in, to) = match app.workplace().come_back(back, now).await? {
        Ok(entered) => entered,
        Err(refused) => return Ok(not_let_in(refused, origin)),
    };
    let mut cookies = vec![(header::SET_COOKIE, cookie(origin, "", 0))];
    if let Some(signed_in) = &signed_in {
        let own = cookies_of(signed_in, origin, now);
        cookies.extend(own.map(|cookie| (header::SET_COOKIE, cookie)));
    }
    Ok(on_to(&to, cookies))
}

fn callback(app: &AppState) -> String {
    format!("{}{CALLBACK}", app.settings().site.address)
}

/// Only pages of the console, so that no link of ours leads elsewhere.
fn page_of(to: &str) -> &str {
    let is_plain = to
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/-_?=&.".contains(&byte));
    let is_console = to == "/console" || to.starts_with("/console/") || to.starts_with("/console?");
    match is_plain && is_console && to.len() <= 500 {
        true => to,
        false => "/console",
    }
}

/// What a browser remembers until it comes back; lax, so that it is shown by somebody who comes from another site.
fn cookie(origin: Origin, remembered: &str, seconds: i64) -> String {
    let name = cookie_name(origin);
    let secure = if origin.is_secure { "; Secure" } else { "" };
    format!(
        "{name}={remembered}; Path=/v1/staff/sso; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    )
}

fn cookie_name(origin: Origin) -> &'static str {
    match origin.is_secure {
        true => "__Secure-mondo_sso",
        false => "mondo_sso",
    }
}

fn not_let_in(refused: NotLetIn, origin: Origin) -> Response {
    let address = format!("/console/sign-in?refused={}", refused.code());
    on_to(&address, vec![(header::SET_COOKIE, cookie(origin, "", 0))])
}

fn on_to(address: &str, mut headers: Vec<(HeaderName, String)>) -> Response {
    headers.push((header::LOCATION, address.to_owned()));
    headers.push((header::CACHE_CONTROL, "no-store".to_owned()));
    (StatusCode::SEE_OTHER, AppendHeaders(headers)).into_response()
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(send))
        .routes(routes!(come_back))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_of_ours_leads_elsewhere() {
        for (to, expected) in [
            ("/console/programs", "/console/programs"),
            (
                "/console/tickets?status=open",
                "/console/tickets?status=open",
            ),
            ("", "/console"),
            ("/consoles", "/console"),
            ("https://evil.example/console", "/console"),
            ("//evil.example", "/console"),
            ("/console/\\evil", "/console"),
            ("/console/\r\nset-cookie: x", "/console"),
        ] {
            assert_eq!(page_of(to), expected, "{to}");
        }
    }
}
