//! What several doors ask the desk for and find out from it: gaps, and how days went.

pub(in crate::http) mod contract;
pub(in crate::http) mod report;

use std::sync::Arc;

use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::ids::GapId;
use crate::insights::{EDIT_DAYS, EditEffect, Gap, GapReport, Period, edit_effects, find_gaps};
use crate::store::{DailyCount, DailyPart, DailyScore, FactFilter, FactRow, FruitlessSearch, Part};

/// Days that are looked at where none are named, and the most.
pub(in crate::http) const DEFAULT_DAYS: u32 = 30;
const MOST_DAYS: u32 = 365;

/// Which days are wanted.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct DaysQuery {
    /// How many days back, from now on: 1 to 365.
    #[serde(default)]
    #[param(example = 30, default = 30, minimum = 1, maximum = 365)]
    pub(in crate::http) days: Option<u32>,
}

/// Reads how many days are wanted.
pub(in crate::http) fn days_of(days: Option<u32>) -> Result<u32, ApiError> {
    let days = days.unwrap_or(DEFAULT_DAYS);
    match (1..=MOST_DAYS).contains(&days) {
        true => Ok(days),
        false => Err(ApiError::new(
            ProblemKind::BadRequest,
            format!("`days` is 1 to {MOST_DAYS}"),
        )
        .in_field("days")),
    }
}

/// Finds the gaps of the last days, and keeps the names of new ones.
pub(in crate::http) async fn gap_report(app: &AppState, days: u32) -> Result<GapReport, ApiError> {
    let period = Period {
        days,
        until: app.now(),
    };
    let readings = Arc::clone(app.readings());
    let found = app
        .library()
        .with_unanswered(period.read_from(), move |engine, unanswered| {
            find_gaps(engine, &readings, unanswered, period)
        });
    let found = found.await?.map_err(ApiError::internal)?;
    app.library().keep_gaps(found.changes, period.until).await?;
    Ok(found.report)
}

/// Finds a gap by any name it has had, also one that was left aside.
pub(in crate::http) fn gap_in(report: GapReport, id: GapId) -> Result<Gap, ApiError> {
    let mut gaps = report.gaps.into_iter().chain(report.dismissed);
    gaps.find(|gap| gap.id == id || gap.earlier.contains(&id))
        .ok_or_else(|| ApiError::not_found("gap"))
}

/// Reads how the last days went, the present one included.
pub(in crate::http) async fn outcomes(
    app: &AppState,
    days: u32,
) -> Result<Vec<DailyCount>, ApiError> {
    let now = app.now();
    let from = now.days_earlier(days - 1).start_of_day();
    Ok(app.library().daily_outcomes(from, now, now).await?)
}

/// Reads what was searched for in the last days without a fitting article.
pub(in crate::http) async fn fruitless_searches(
    app: &AppState,
    days: u32,
) -> Result<Vec<FruitlessSearch>, ApiError> {
    let now = app.now();
    let from = now.days_earlier(days - 1).start_of_day();
    Ok(app.library().fruitless_searches(from, now).await?)
}

/// Reads how the last days went by a part, the present one included.
pub(in crate::http) async fn parts(
    app: &AppState,
    days: u32,
    by: Part,
) -> Result<Vec<DailyPart>, ApiError> {
    let now = app.now();
    let from = now.days_earlier(days - 1).start_of_day();
    Ok(app.library().daily_parts(from, by, now).await?)
}

/// Reads how satisfied visitors were with people in the last days, the present one included.
pub(in crate::http) async fn scores(
    app: &AppState,
    days: u32,
) -> Result<Vec<DailyScore>, ApiError> {
    let now = app.now();
    let from = now.days_earlier(days - 1).start_of_day();
    Ok(app.library().daily_scores(from, now).await?)
}

/// Compares how articles did before and after the edits of the last days.
pub(in crate::http) async fn effects_of_edits(
    app: &AppState,
    days: u32,
) -> Result<Vec<EditEffect>, ApiError> {
    let now = app.now();
    let from = now.days_earlier(days - 1).start_of_day();
    let desk = app.library();
    // Those before tell where the time of an edit begins.
    let first = from.days_earlier(EDIT_DAYS);
    let edits = desk.article_edits(first).await?;
    let parts = desk.daily_parts(first, Part::Article, now).await?;
    let mut effects = edit_effects(edits, &parts, now);
    effects.retain(|effect| effect.edit.day >= from);
    Ok(effects)
}

/// Most things that happened, read at once.
pub(in crate::http) const MOST_FACTS: usize = 50;

/// Reads what happened, the newest first, at most [`MOST_FACTS`].
pub(in crate::http) async fn facts(
    app: &AppState,
    filter: &FactFilter,
) -> Result<Vec<FactRow>, ApiError> {
    Ok(app.library().facts(filter, MOST_FACTS, app.now()).await?)
}
