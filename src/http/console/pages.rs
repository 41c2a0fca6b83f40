//! Whole pages of the console, and their files.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use minijinja::{Value, context};
use rust_embed::RustEmbed;
use serde::Deserialize;

use super::pieces;
use super::words::{LANGUAGE_COOKIE, Preferences, THEME_COOKIE, theme_from};
use crate::desk::QueueFilter;
use crate::http::extract::ApiQuery;
use crate::http::pages::serve;
use crate::http::problem::ApiError;
use crate::http::staff::Staff;
use crate::http::state::AppState;
use crate::language::Language;
use crate::staff::{Permission, Role};

/// Files of the console a browser fetches.
#[derive(RustEmbed)]
#[folder = "web/console/"]
#[exclude = "*.json"]
struct Assets;

/// The desk, or the way to sign in.
pub(super) async fn desk(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Result<Staff, ApiError>,
) -> Result<Response, ApiError> {
    let Ok(staff) = staff else {
        return Ok(Redirect::to("/console/sign-in").into_response());
    };
    // An author has no conversations to read; articles are edited elsewhere.
    let agent = staff.agent_with(Permission::ReadConversations)?;
    let view = app.desk().queue(&QueueFilter::default()).await?;
    let queue = pieces::render_queue(&preferences, &view.entries, app.now())?;
    let filters: Vec<(&str, String)> = pieces::FILTERS
        .iter()
        .map(|(filter, word)| (*filter, preferences.word(word)))
        .collect();
    let page = preferences.page(
        "console.html",
        "/console",
        context! {
            name => agent.name.clone(),
            csrf => staff.csrf.clone(),
            may_work => agent.role.may(Permission::WorkConversations),
            may_manage => agent.role.may(Permission::ManageUsers),
            queue => Value::from_safe_string(queue),
            filters,
        },
    )?;
    Ok(private(page))
}

/// The form that opens a session.
pub(super) async fn sign_in(
    preferences: Preferences,
    staff: Result<Staff, ApiError>,
) -> Result<Response, ApiError> {
    if staff.is_ok() {
        return Ok(Redirect::to("/console").into_response());
    }
    let page = preferences.page("console_sign_in.html", "/console/sign-in", context! {})?;
    Ok(private(page))
}

/// The accounts, for those who manage them.
pub(super) async fn people(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Result<Staff, ApiError>,
) -> Result<Response, ApiError> {
    let Ok(staff) = staff else {
        return Ok(Redirect::to("/console/sign-in").into_response());
    };
    let me = staff.agent_with(Permission::ManageUsers)?;
    let people: Vec<Value> = app
        .desk()
        .agents()
        .await?
        .into_iter()
        .map(|agent| {
            context! {
                id => agent.id.to_string(),
                name => agent.name,
                email => agent.email.to_string(),
                role => agent.role.code(),
                active => agent.active,
                is_me => agent.id == me.id,
            }
        })
        .collect();
    let page = preferences.page(
        "console_people.html",
        "/console/people",
        context! { csrf => staff.csrf.clone(), people, roles => Role::ALL.map(Role::code) },
    )?;
    Ok(private(page))
}

/// What somebody prefers from now on.
#[derive(Debug, Deserialize)]
pub(super) struct Preference {
    to: String,
    language: Option<String>,
    theme: Option<String>,
}

/// Keeps language and theme in cookies of their own, and goes back.
pub(super) async fn prefer(ApiQuery(chosen): ApiQuery<Preference>) -> Response {
    // Only pages of the console, so that no link of ours leads elsewhere.
    let to = ["/console", "/console/sign-in", "/console/people"]
        .into_iter()
        .find(|known| *known == chosen.to)
        .unwrap_or("/console");
    let mut response = Redirect::to(to).into_response();
    let language = chosen.language.as_deref().and_then(Language::from_tag);
    let theme = chosen.theme.as_deref().and_then(theme_from);
    let choices = [
        language.map(|language| (LANGUAGE_COOKIE, language.code())),
        theme.map(|theme| (THEME_COOKIE, theme)),
    ];
    for (name, value) in choices.into_iter().flatten() {
        let cookie = format!("{name}={value}; Path=/console; Max-Age=31536000; SameSite=Lax");
        let cookie = cookie.parse().expect("names and codes are plain ASCII");
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A file of the console.
pub(super) async fn asset(
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    serve(Assets::get(&path), &path, &headers)
}

/// Visitors' words must not stay in a shared cache.
pub(super) fn private(page: String) -> Response {
    let caching = [(header::CACHE_CONTROL, "no-store")];
    (StatusCode::OK, caching, Html(page)).into_response()
}
