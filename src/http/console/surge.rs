//! The switch of surge mode, and the notice pinned on every page while it is on.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};

use super::clocks::length;
use super::notices::notice_values;
use super::shell::{AtDesk, private};
use super::words::Preferences;
use crate::conversation::Surge;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::knowledge::KnowledgeBase;
use crate::language::Language;
use crate::locale::Locale;
use crate::staff::Permission;
use crate::time::Timestamp;

/// Longest time a surge may be set for, in hours, and the times offered.
const HOURS: [i64; 6] = [1, 2, 4, 8, 24, 72];

/// Most steps by which priorities can be raised.
const STEPS: [u8; 4] = [0, 1, 2, 3];

/// Past surges listed.
const PAST: usize = 10;

/// The page of the switch.
pub(super) async fn surge(
    State(app): State<AppState>,
    at_desk: AtDesk,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::SwitchSurge)?;
    let preferences = at_desk.preferences();
    let now = app.now();
    let snapshot = app.library().snapshot();
    let knowledge = snapshot.knowledge();
    let mut codes: Vec<&str> = knowledge
        .articles
        .iter()
        .map(|article| article.category.as_str())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let categories: Vec<Value> = codes
        .into_iter()
        .map(|code| context! { code, name => category_name(knowledge, code, preferences.locale()) })
        .collect();
    let on: Vec<Value> = app
        .workplace()
        .surges(now)
        .iter()
        .map(|surge| surge_values(preferences, surge, knowledge, now))
        .collect();
    let past: Vec<Value> = app
        .workplace()
        .past_surges()
        .await?
        .into_iter()
        .filter(|past| past.ended.is_some())
        .take(PAST)
        .map(|past| {
            let ended = past.ended.unwrap_or(now);
            let ago = length(preferences, now.millis_since(ended).max(0));
            context! {
                incident => past.surge.incident,
                text => past.surge.texts.get(&preferences.locale().worded()),
                ended => preferences.filled("ago", &[("time", &ago)]),
            }
        })
        .collect();
    let texts: Vec<Value> = Language::ALL
        .into_iter()
        .map(|language| context! { language => language.code(), name => language.endonym() })
        .collect();
    at_desk.page(
        "surge.html",
        "/console/surge",
        context! { on, past, texts, categories, hours => HOURS, steps => STEPS },
    )
}

/// Returns what a category is called in a locale; its code where it has no name there.
pub(super) fn category_name(knowledge: &KnowledgeBase, code: &str, locale: Locale) -> String {
    let category = knowledge.categories.get(code);
    let title = category.and_then(|category| category.titles.get(&locale.language()));
    title.map_or_else(
        || code.to_owned(),
        |title| locale.script().written(title).into_owned(),
    )
}

fn surge_values(
    preferences: &Preferences,
    surge: &Surge,
    knowledge: &KnowledgeBase,
    now: Timestamp,
) -> Value {
    let names = surge.categories.iter().flatten();
    let names: Vec<String> = names
        .map(|code| category_name(knowledge, code, preferences.locale()))
        .collect();
    let texts: Vec<Value> = Language::ALL
        .into_iter()
        .map(|language| {
            let text = surge.texts.get(&Locale::of(language));
            context! { language => language.code(), name => language.endonym(), text }
        })
        .collect();
    let left = length(preferences, surge.expires.millis_since(now).max(0));
    context! {
        incident => &surge.incident,
        texts,
        categories => names,
        bump => surge.bump,
        left => preferences.filled("dueIn", &[("time", &left)]),
    }
}

/// The notices pinned on every page.
pub(super) async fn notices(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
) -> Result<Response, ApiError> {
    staff.agent()?;
    let now = app.now();
    let notices = notice_values(&preferences, &app.workplace().surges(now), now);
    Ok(private(
        preferences.piece("notices.html", context! { notices })?,
    ))
}
