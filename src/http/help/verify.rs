//! Whether a channel is the operator's: listed or not listed, and never more than that.

use axum::Form;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::context;
use serde::Deserialize;

use super::frame::Frame;
use super::path::PageLocale;
use crate::conversation::phrase_lookup;
use crate::desk::LookupDoor;
use crate::http::edge::client::clients::Act;
use crate::http::edge::client::limits::CountedClients;
use crate::http::edge::language::visitor_locale;
use crate::http::edge::pages::address::code_of;
use crate::http::edge::pages::templates::named;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::locale::filled;
use crate::safety::Lookup;

/// Longest text looked up, in characters.
const MAX_CHARS: usize = 300;

/// What to look up.
#[derive(Debug, Deserialize)]
pub(super) struct LookupQuery {
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
    CountedClients(clients): CountedClients,
    Form(heard): Form<Heard>,
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, locale, "verify");
    let verify = &frame.words().verify;
    let counted = app.clients().count(&clients, Act::Phrase, 1, app.now());
    if let Err(refused) = counted {
        let told = context! { listed => false, sentence => &verify.agent_wait };
        let page = context! { told, ask => named(verify)? };
        let page = frame.render("help/verify.html", page)?;
        return Ok(refused.on_page(page));
    }
    let agent = app
        .visitors()
        .verify_agent(&heard.phrase, app.now())
        .await?;
    let agent = agent.filter(|agent| agent.active);
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
    Query(lookup): Query<LookupQuery>,
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, locale, "verify");
    let asked: String = lookup.q.trim().chars().take(MAX_CHARS).collect();
    let verify = &frame.words().verify;
    let lookups = app.settings().channels.look_up_named(&asked);
    let told: Vec<String> = lookups
        .iter()
        .map(|lookup| phrase_lookup(lookup, Some(&lookup.asked), locale))
        .collect();
    let listed = !lookups.is_empty() && lookups.iter().all(Lookup::is_listed);
    let hint = match listed {
        true => &verify.listed_hint,
        false => &verify.not_listed_hint,
    };
    let unread = (!asked.is_empty() && told.is_empty())
        .then(|| filled(&verify.not_listed, &[("query", &asked)]));
    let (door, now) = (LookupDoor::Page, app.now());
    app.visitors().keep_lookups(lookups, door, now).await?;
    let sentences: Vec<String> = told.into_iter().chain(unread).collect();
    let page = context! {
        asked,
        listed,
        sentences,
        hint,
        ask => named(verify)?,
    };
    Ok(frame.render("help/verify.html", page)?.into_response())
}
