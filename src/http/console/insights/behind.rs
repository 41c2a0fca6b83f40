//! The conversations behind a number of the page.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use minijinja::{Value, context};

use super::parts::part_name;
use crate::http::console::clocks::ago;
use crate::http::console::shell::AtDesk;
use crate::http::console::words::Preferences;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::insights::{MOST_FACTS, days_of, facts};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::form::facts::FactsQuery;
use crate::language::Language;
use crate::staff::Permission;
use crate::store::{FactKind, FactRow, Part};
use crate::time::Timestamp;

/// The page with them, fifty at a time.
pub(in crate::http::console) async fn behind(
    State(app): State<AppState>,
    at_desk: AtDesk,
    RawQuery(asked): RawQuery,
    ApiQuery(query): ApiQuery<FactsQuery>,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::ReadInsights)?;
    at_desk.staff.require(Permission::ReadConversations)?;
    let preferences = at_desk.preferences();
    let days = days_of(query.days)?;
    let kind = query.what.0;
    let found = facts(&app, &query.filter(app.now())?).await?;
    let next = found.last().map(|row| row.place.to_string());
    let next = next.filter(|_| found.len() == MOST_FACTS);
    let mut narrowed: Vec<String> = Vec::new();
    narrowed.extend(query.language.map(|language| language.endonym().to_owned()));
    if let Some((part, name)) = query.part.zip(query.name.as_ref()) {
        narrowed.push(part_name(preferences, part.0, name));
    }
    if let Some(detail) = &query.detail {
        narrowed.push(detail_word(preferences, kind, detail));
    }
    if let Some(agent) = &query.agent {
        let agents = app.workplace().agents().await?;
        let agent = agents.into_iter().find(|one| one.id.to_string() == **agent);
        narrowed.extend(agent.map(|agent| agent.name));
    }
    let now = app.now();
    let rows: Vec<Value> = found
        .into_iter()
        .map(|row| row_values(preferences, kind, row, now))
        .collect();
    // The way to older ones asks the same, without where this one began.
    let asked = asked.unwrap_or_default();
    let asked: Vec<&str> = asked
        .split('&')
        .filter(|pair| !pair.starts_with("after="))
        .collect();
    let values = context! {
        days,
        what => preferences.word(&format!("out_{}", kind.code())),
        period => preferences.filled("lastDays", &[("n", &days.to_string())]),
        narrowed,
        found => rows,
        next,
        query => asked.join("&"),
    };
    at_desk.page("behind.html", "/console/insights", values)
}

fn row_values(preferences: &Preferences, kind: FactKind, row: FactRow, now: Timestamp) -> Value {
    let FactRow {
        place: _,
        created,
        conversation,
        language,
        channel,
        article,
        detail,
        words,
    } = row;
    context! {
        conversation => conversation.map(|id| id.to_string()),
        language => language.map(Language::code),
        language_name => language.map(Language::endonym),
        channel => part_name(preferences, Part::Channel, &channel),
        article,
        detail => detail.map(|detail| detail_word(preferences, kind, &detail)),
        words,
        age => ago(preferences, created, now),
    }
}

/// Why an answer did not help, in words; a score is said by its number.
fn detail_word(preferences: &Preferences, kind: FactKind, detail: &str) -> String {
    match kind {
        FactKind::Scored => format!("{detail}/5"),
        FactKind::NotHelpful => preferences.word(&format!("complaint_{detail}")),
        _ => String::new(),
    }
}
