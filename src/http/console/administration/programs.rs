//! Programs that work with mondo: their keys, the places that are told what happens, and who may tell us something.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};

use crate::conversation::Topic;
use crate::desk::{Endpoint, SourceFormat};
use crate::http::console::clocks::ago;
use crate::http::console::shell::AtDesk;
use crate::http::console::words::Preferences;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::staff::{Agent, Permission};

/// How other programs may speak and sign.
const FORMATS: [SourceFormat; 3] = [
    SourceFormat::Mondo,
    SourceFormat::Chatwoot,
    SourceFormat::Zendesk,
];

/// The page.
pub(super) async fn programs(
    State(app): State<AppState>,
    at_desk: AtDesk,
) -> Result<Response, ApiError> {
    let me = at_desk.staff.agent_with(Permission::ManageWebhooks)?;
    let preferences = at_desk.preferences();
    let now = app.now();
    let agents = app.workplace().agents().await?;
    let endpoints = app.workplace().endpoints(now).await?;
    let keys = match me.role.may(Permission::ManageUsers) {
        true => Some(key_values(&app, preferences).await?),
        false => None,
    };
    let sources: Vec<Value> = app
        .workplace()
        .sources(now)
        .await?
        .into_iter()
        .map(|source| {
            let endpoint = endpoints
                .iter()
                .find(|known| Some(known.id) == source.endpoint);
            let agent = agents.iter().find(|agent| agent.id == source.agent);
            context! {
                name => source.name,
                format => source.format.code(),
                brings_secret => source.format != SourceFormat::Mondo,
                webhook => endpoint.map(title),
                agent => agent.map(|agent| agent.name.clone()),
                created => ago(preferences, source.created, now),
            }
        })
        .collect();
    let webhooks: Vec<Value> = endpoints
        .iter()
        .map(|endpoint| {
            context! {
                id => endpoint.id.to_string(),
                title => title(endpoint),
                url => endpoint.url.clone(),
                kind_word => kind_word(preferences, endpoint),
                active => endpoint.active,
                failing => endpoint.failing_since.is_some(),
                created => ago(preferences, endpoint.created, now),
            }
        })
        .collect();
    let speakers: Vec<Value> = agents
        .iter()
        .filter(|agent| agent.active && agent.role.may(Permission::WorkConversations))
        .map(|agent| context! { id => agent.id.to_string(), name => agent.name.clone(), is_me => agent.id == me.id })
        .collect();
    let values = context! {
        keys,
        scopes => scope_values(preferences, me),
        webhooks,
        events => event_values(preferences, &[]),
        sources,
        speakers,
        formats => FORMATS.map(SourceFormat::code),
    };
    at_desk.page("programs.html", "/console/programs", values)
}

async fn key_values(app: &AppState, preferences: &Preferences) -> Result<Vec<Value>, ApiError> {
    let now = app.now();
    let keys = app.workplace().api_keys().await?;
    let values = keys.into_iter().map(|key| {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.code()).collect();
        context! {
            id => key.id.to_string(),
            name => key.name,
            scopes,
            created => ago(preferences, key.created, now),
            revoked => key.revoked.map(|moment| ago(preferences, moment, now)),
        }
    });
    Ok(values.collect())
}

/// What a key of somebody can be allowed: nothing they may not do themselves.
fn scope_values(preferences: &Preferences, maker: &Agent) -> Vec<Value> {
    Permission::ALL
        .iter()
        .filter(|scope| maker.role.may(**scope))
        .map(|scope| {
            let code = scope.code();
            context! { code, word => preferences.word(&format!("scope_{}", code.replace('.', "_"))) }
        })
        .collect()
}

/// What a place can be told of, and whether it is.
pub(super) fn event_values(preferences: &Preferences, wanted: &[Topic]) -> Vec<Value> {
    Topic::ALL
        .map(|topic| {
            let word = event_word(preferences, topic);
            context! { code => topic.code(), word, wanted => wanted.contains(&topic) }
        })
        .to_vec()
}

/// Names what a place is told of.
pub(super) fn event_word(preferences: &Preferences, topic: Topic) -> String {
    preferences.word(&format!("topic_{}", topic.code().replace('.', "_")))
}

/// Names what kind of place it is.
pub(super) fn kind_word(preferences: &Preferences, endpoint: &Endpoint) -> String {
    preferences.word(&format!("kind_{}", endpoint.kind.code()))
}

/// What a place is called: what it is for, or where it is.
pub(super) fn title(endpoint: &Endpoint) -> String {
    match endpoint.description.is_empty() {
        true => endpoint.url.clone(),
        false => endpoint.description.clone(),
    }
}
