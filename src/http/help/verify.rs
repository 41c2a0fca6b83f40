//! Whether a channel is the operator's: listed or not listed, and never more than that.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::context;
use serde::Deserialize;

use super::super::language::visitor_locale;
use super::super::problem::ApiError;
use super::super::state::AppState;
use super::super::templates::named;
use super::Frame;
use super::path::{PageLocale, code_of};
use crate::desk::DeskError;
use crate::locale::filled;

/// Longest text looked up, in characters.
const MAX_CHARS: usize = 300;

/// What to look up.
#[derive(Debug, Deserialize)]
pub(super) struct Lookup {
    #[serde(default)]
    q: String,
}

/// Leads the short address, which people are told, to the page in the reader's own locale.
pub(super) async fn nearest(headers: HeaderMap, uri: axum::http::Uri) -> Redirect {
    let query = uri
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    Redirect::temporary(&format!(
        "/help/{}/verify{query}",
        code_of(visitor_locale(&headers))
    ))
}

/// A phrase an agent read out.
#[derive(Debug, Deserialize)]
pub(super) struct Heard {
    #[serde(default)]
    phrase: String,
}

/// Says whether the agent who read out a phrase is real. The phrase is sent in the body, for it must stay in no history.
pub(super) async fn verify_agent(
    State(app): State<AppState>,
    PageLocale(locale): PageLocale,
    headers: HeaderMap,
    Form(heard): Form<Heard>,
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, &headers, locale, "verify");
    let verify = &frame.words().verify;
    let agent = match app.desk().verify_agent(&heard.phrase, app.now()).await {
        Ok(agent) => agent.filter(|agent| agent.active),
        Err(DeskError::TooManyGuesses) => {
            let told = context! { listed => false, sentence => &verify.agent_wait };
            let page = context! { told, ask => named(verify)? };
            let page = frame.render("help/verify.html", page)?;
            return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    let told = match &agent {
        Some(agent) => {
            let department = agent.department.as_str();
            let names = [("name", agent.name.as_str()), ("department", department)];
            let sentence = filled(&verify.agent_listed, &names);
            context! { listed => true, sentence, hint => &verify.listed_hint }
        }
        None => context! {
            listed => false,
            sentence => &verify.agent_not_listed,
            hint => &verify.agent_not_listed_hint,
        },
    };
    let page = context! { told, ask => named(verify)? };
    Ok(frame.render("help/verify.html", page)?.into_response())
}

/// Shows the forms, and what the list says.
pub(super) async fn verify(
    State(app): State<AppState>,
    PageLocale(locale): PageLocale,
    Query(lookup): Query<Lookup>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, &headers, locale, "verify");
    let asked: String = lookup.q.trim().chars().take(MAX_CHARS).collect();
    let verify = &frame.words().verify;
    let listed = (!asked.is_empty()).then(|| app.settings().channels.list(&asked));
    let (sentence, hint) = match listed {
        Some(true) => (&verify.listed, &verify.listed_hint),
        Some(false) => (&verify.not_listed, &verify.not_listed_hint),
        None => (&verify.hint, &verify.hint),
    };
    let sentence = filled(sentence, &[("query", &asked)]);
    let page = context! {
        asked,
        listed,
        sentence,
        hint,
        ask => named(verify)?,
    };
    Ok(frame.render("help/verify.html", page)?.into_response())
}
