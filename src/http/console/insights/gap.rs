//! The questions of one gap, each with the way to its conversation.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;

use super::gaps::{gap_values, question_values};
use crate::http::console::shell::AtDesk;
use crate::http::edge::extract::{ApiPath, ApiQuery};
use crate::http::edge::insights::{days_of, gap_in, gap_report};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::ids::GapId;
use crate::language::Language;
use crate::staff::Permission;

/// Which of its questions are wanted.
#[derive(Debug, Deserialize)]
pub(in crate::http::console) struct GapQuery {
    days: Option<u32>,
    #[serde(default)]
    language: String,
}

/// The questions of a gap, in one language where one is named.
pub(in crate::http::console) async fn gap(
    State(app): State<AppState>,
    at_desk: AtDesk,
    ApiPath(id): ApiPath<GapId>,
    ApiQuery(query): ApiQuery<GapQuery>,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::ReadInsights)?;
    at_desk.staff.require(Permission::ReadConversations)?;
    let days = days_of(query.days)?;
    let gap = gap_in(gap_report(&app, days).await?, id)?;
    let (preferences, now) = (at_desk.preferences(), app.now());
    let language = Language::from_tag(&query.language);
    let questions: Vec<Value> = gap
        .asked
        .iter()
        .filter(|asked| language.is_none_or(|language| asked.language == language))
        .map(|asked| question_values(preferences, asked, now))
        .collect();
    let snapshot = app.library().snapshot();
    let values = context! {
        days,
        questions,
        chosen => language.map(Language::code),
        gap => gap_values(preferences, snapshot.knowledge(), &gap, now),
    };
    at_desk.page("gap.html", "/console/insights", values)
}
