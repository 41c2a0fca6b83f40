//! Who did what, for those who look into it.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;

use crate::desk::StaffLogFilter;
use crate::http::console::clocks::moment;
use crate::http::console::shell::AtDesk;
use crate::http::console::words::Preferences;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::staff::Permission;

/// Lines of one page.
const LINES: usize = 50;

/// Who acts beside people and programs.
const OTHERS: [&str; 6] = ["timer", "rule", "operator", "host", "retention", "nobody"];

/// Which lines are shown.
#[derive(Debug, Deserialize)]
pub(super) struct LogQuery {
    /// By whom; all without one.
    #[serde(default)]
    actor: String,
    /// Of which kind; all without one.
    #[serde(default)]
    action: String,
    /// About what; all without it.
    #[serde(default)]
    subject: String,
    /// Only those before the line with this number.
    before: Option<i64>,
}

/// The page.
pub(super) async fn log(
    State(app): State<AppState>,
    at_desk: AtDesk,
    ApiQuery(query): ApiQuery<LogQuery>,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::ReadAudit)?;
    let preferences = at_desk.preferences();
    let names = names(&app, preferences).await?;
    let LogQuery {
        actor,
        action,
        subject,
        before,
    } = query;
    let subject = subject.trim().to_owned();
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let filter = StaffLogFilter {
        subject: given(&subject),
        actor: given(&actor),
        action: given(&action),
        before,
    };
    // One more tells whether there are older ones.
    let mut found = app.workplace().staff_log(&filter, LINES as i64 + 1).await?;
    let has_older = found.len() > LINES;
    found.truncate(LINES);
    let older = found.last().filter(|_| has_older).map(|line| line.sequence);
    let lines: Vec<Value> = found
        .into_iter()
        .map(|line| {
            let detail: Vec<(String, String)> = line
                .detail
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), shown(value)))
                .collect();
            context! {
                created => moment(line.created),
                actor => names.get(&line.actor).unwrap_or(&line.actor),
                action => preferences.act(&line.action),
                subject_name => names.get(&line.subject),
                subject => line.subject,
                detail,
            }
        })
        .collect();
    let mut people: Vec<(&String, &String)> = names.iter().collect();
    people.sort_by_key(|(_, name)| *name);
    let people: Vec<Value> = people
        .into_iter()
        .map(|(id, name)| context! { id, name, chosen => *id == actor })
        .collect();
    let acts: Vec<Value> = preferences
        .acts()
        .into_iter()
        .map(|(code, word)| context! { code, word, chosen => code == action })
        .collect();
    at_desk.page(
        "log.html",
        "/console/log",
        context! { lines, people, acts, actor, action, subject, older },
    )
}

/// The names of everybody who may stand in a line, by how they stand there.
async fn names(
    app: &AppState,
    preferences: &Preferences,
) -> Result<BTreeMap<String, String>, ApiError> {
    let agents = app.workplace().agents().await?;
    let keys = app.workplace().api_keys().await?;
    let agents = agents
        .into_iter()
        .map(|agent| (agent.id.to_string(), agent.name));
    let keys = keys.into_iter().map(|key| (key.id.to_string(), key.name));
    let others = OTHERS.map(|code| {
        let word = preferences.word(&format!("actor_{code}"));
        (code.to_owned(), word)
    });
    Ok(agents.chain(keys).chain(others).collect())
}

/// Writes a value without the marks of JSON around a text, and without the commas around a list of codes.
fn shown(value: &serde_json::Value) -> String {
    match value.as_str() {
        Some(text) => text.trim_matches(',').to_owned(),
        None => value.to_string(),
    }
}
