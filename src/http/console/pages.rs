//! Whole pages of the console, and their files.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::{Value, context};
use rust_embed::RustEmbed;
use serde::Deserialize;

use super::shell::{AtDesk, PAGES, private};
use super::ticket::{assignable, teams};
use super::words::{LANGUAGE_COOKIE, Preferences, THEME_COOKIE, theme_from};
use super::work::queue;
use crate::desk::QueueFilter;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::pages::assets::serve;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::language::Spoken;
use crate::locale::Locale;
use crate::sso::Provider;
use crate::staff::{Level, Permission, Role};

/// Files of the console a browser fetches.
#[derive(RustEmbed)]
#[folder = "web/console/"]
#[exclude = "*.json"]
struct Assets;

/// What the console shares with the widget, at the path its scripts name.
#[derive(RustEmbed)]
#[folder = "web/widget/"]
#[include = "lead.js"]
struct Shared;

/// The desk; an author, who has no conversations to read, is led to the articles.
pub(super) async fn desk(
    State(app): State<AppState>,
    at_desk: AtDesk,
) -> Result<Response, ApiError> {
    if at_desk.staff.principal.may(Permission::WriteKnowledge)
        && !at_desk.staff.principal.may(Permission::ReadConversations)
    {
        return Ok(Redirect::to("/console/knowledge").into_response());
    }
    at_desk.staff.require(Permission::ReadConversations)?;
    let preferences = at_desk.preferences();
    let staff = &at_desk.staff;
    let me = staff.agent()?;
    let queue = queue::render(&app, preferences, staff, &QueueFilter::default()).await?;
    let agents = app.workplace().agents().await?;
    let views = app.workplace().views(me).await?;
    let values = context! {
        queue => Value::from_safe_string(queue),
        parts => queue::parts(preferences, me),
        narrowing => queue::narrowing(preferences),
        views => queue::views(views),
        may_assign => me.role.may(Permission::AssignWork),
        agents => assignable(preferences, &agents),
        teams => teams(&agents, None),
    };
    at_desk.page("desk.html", "/console", values)
}

/// The form that opens a session.
pub(super) async fn sign_in(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Result<Staff, ApiError>,
    ApiQuery(query): ApiQuery<SignInQuery>,
) -> Result<Response, ApiError> {
    if staff.is_ok() {
        return Ok(Redirect::to("/console").into_response());
    }
    let around = preferences.around("/console/sign-in")?;
    let provider = app.workplace().provider().map(Provider::settings);
    let known = |code: &str| {
        code.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let refused = query
        .refused
        .filter(|code| provider.is_some() && known(code));
    let values = context! {
        sign_in_with => provider
            .map(|provider| preferences.word("signInWith").replace("{name}", provider.shown_name())),
        provider => provider.is_some(),
        // The operator can let somebody in for a while; then the form is asked for by its address.
        passwords => query.password || provider.is_none_or(|provider| provider.passwords),
        refused => refused.map(|code| preferences.word(&format!("refused_{code}"))),
    };
    let page = preferences.piece("sign_in.html", context! { ..values, ..around })?;
    Ok(private(page))
}

/// How the way in is shown.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SignInQuery {
    /// Why somebody who came back from the provider was not let in.
    refused: Option<String>,
    /// Whether the form for a password is wanted although passwords are switched off.
    #[serde(default)]
    password: bool,
}

/// The accounts, for those who manage them.
pub(super) async fn people(
    State(app): State<AppState>,
    at_desk: AtDesk,
) -> Result<Response, ApiError> {
    let me = at_desk.staff.agent_with(Permission::ManageUsers)?;
    let people: Vec<Value> = app
        .workplace()
        .agents()
        .await?
        .into_iter()
        .map(|agent| {
            context! {
                id => agent.id.to_string(),
                is_me => agent.id == me.id,
                name => &agent.name,
                email => agent.email.to_string(),
                role => agent.role.code(),
                languages => spoken(&agent.languages),
                skills => agent.skills.join(", "),
                levels => beyond_the_first(at_desk.preferences(), &agent.levels),
                capacity => agent.capacity,
                department => agent.department.as_str(),
                availability => agent.availability.code(),
                availability_word => at_desk.preferences().word(agent.availability.code()),
                availability_reason => agent.availability_reason(),
                active => agent.active,
                second_factor => agent.has_second_factor,
            }
        })
        .collect();
    let roles: Vec<Value> = Role::ALL
        .map(|role| {
            let word = at_desk.preferences().word(&format!("role_{}", role.code()));
            context! { code => role.code(), word }
        })
        .to_vec();
    at_desk.page("people.html", "/console/people", context! { people, roles })
}

/// The levels that are granted, and whether somebody takes them.
fn beyond_the_first(preferences: &Preferences, taken: &[Level]) -> Vec<Value> {
    [Level::L2, Level::L3]
        .map(|level| {
            let code = level.code();
            context! {
                code,
                word => preferences.word(&format!("{code}Short")),
                name => preferences.word(code),
                taken => taken.contains(&level),
            }
        })
        .to_vec()
}

/// Every language that can be named, whether articles are served in it, and whether somebody answers in it.
pub(super) fn spoken(known: &[Spoken]) -> Vec<Value> {
    Spoken::all()
        .into_iter()
        .map(|language| {
            let (code, name) = (language.code(), language.endonym());
            let served = language.served().is_some();
            context! { code, name, served, known => known.contains(&language) }
        })
        .collect()
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
    let to = PAGES
        .iter()
        .map(|(page, _, _)| *page)
        .chain(["/console/sign-in"])
        .find(|known| *known == chosen.to)
        .unwrap_or("/console");
    let mut response = Redirect::to(to).into_response();
    let locale = chosen.language.as_deref().and_then(Locale::from_tag);
    let theme = chosen.theme.as_deref().and_then(theme_from);
    let choices = [
        locale.map(|locale| (LANGUAGE_COOKIE, locale.tag())),
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

/// What runs in a browser while the console is not open; it lies where the console does, for it reaches no further.
pub(super) async fn worker(headers: HeaderMap) -> Result<Response, ApiError> {
    serve(Assets::get("worker.js"), "worker.js", &headers)
}

/// A file that the console shares with the widget.
pub(super) async fn shared(
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    serve(Shared::get(&path), &path, &headers)
}
