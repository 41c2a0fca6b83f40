//! How the days went, and what visitors ask and get no good answer on.

mod behind;
mod contract;
mod edits;
mod gap;
mod gaps;
mod outcomes;
mod parts;
mod people;
mod review;

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;

use super::shell::AtDesk;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::insights::{
    days_of, effects_of_edits, fruitless_searches, gap_report, outcomes as counted,
    parts as counted_parts,
};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::staff::Permission;
use crate::store::Part;

pub(super) use behind::behind;
pub(super) use contract::contract;
pub(super) use gap::gap;
pub(super) use review::{next as next_review, review};

/// Periods that can be chosen, in days.
const PERIODS: [u32; 4] = [7, 30, 90, 365];

/// Most searches on the page.
const MOST_SEARCHES: usize = 20;

/// Which days are wanted, and how they are told apart; an unknown part is the usual one.
#[derive(Debug, Deserialize)]
pub(super) struct InsightsQuery {
    days: Option<u32>,
    #[serde(default)]
    by: String,
}

/// The page with both.
pub(super) async fn insights(
    State(app): State<AppState>,
    at_desk: AtDesk,
    ApiQuery(query): ApiQuery<InsightsQuery>,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::ReadInsights)?;
    let days = days_of(query.days)?;
    let preferences = at_desk.preferences();
    let may = |permission| at_desk.staff.principal.may(permission);
    let periods: Vec<Value> = PERIODS
        .into_iter()
        .map(|count| {
            let word = preferences.filled("lastDays", &[("n", &count.to_string())]);
            context! { days => count, word, chosen => count == days }
        })
        .collect();
    let counts = counted(&app, days).await?;
    let report = gap_report(&app, days).await?;
    let snapshot = app.library().snapshot();
    let may_write = may(Permission::WriteKnowledge);
    let articles: Vec<String> = match may_write {
        true => snapshot
            .knowledge()
            .articles
            .iter()
            .map(|article| article.id.to_string())
            .collect(),
        false => Vec::new(),
    };
    let searches: Vec<Value> = fruitless_searches(&app, days)
        .await?
        .into_iter()
        .take(MOST_SEARCHES)
        .map(|search| {
            let count = preferences.filled("gapCount", &[("n", &search.count.to_string())]);
            context! { text => search.text, language => search.language.code(), count }
        })
        .collect();
    let people = people::values(&app, preferences, &counts, days).await?;
    let by = query.by.parse().unwrap_or(Part::Channel);
    let told_apart = counted_parts(&app, days, by).await?;
    let effects = effects_of_edits(&app, days).await?;
    let knowledge = snapshot.knowledge();
    let values = context! {
        days,
        parts => parts::values(preferences, knowledge, &told_apart, by),
        edits => edits::values(preferences, knowledge, &effects),
        people,
        searches,
        periods,
        articles,
        may_write,
        may_read => may(Permission::ReadConversations),
        outcomes => outcomes::values(preferences, &counts, app.targets(), days, app.now()),
        ..gaps::values(preferences, knowledge, report, app.now())
    };
    at_desk.page("insights.html", "/console/insights", values)
}
