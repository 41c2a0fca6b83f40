//! `/v1/staff/insights/edits`: what edits changed.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::outcomes::ShareBody;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::insights::{DaysQuery, days_of, effects_of_edits};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::insights::{Doing, EditEffect};
use crate::staff::Permission;

/// What edits changed.
#[derive(Debug, Serialize, ToSchema)]
struct EditsResponse {
    /// How many days of edits were looked at.
    days: u32,
    /// The newest first.
    edits: Vec<EditBody>,
}

/// What was changed in an article on a day, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
struct EditBody {
    /// Id of the article.
    article: String,
    /// The day in UTC.
    #[schema(format = Date)]
    day: String,
    /// Names of those who edited it.
    by: Vec<String>,
    /// Files that were edited, such as `en.md`.
    files: Vec<String>,
    /// How the article did before: up to 28 days, and never beyond another edit.
    before: DoingBody,
    /// How it has done since, likewise.
    after: DoingBody,
    /// `better` or `worse` where a share has changed beyond chance (Newcombe's interval of the difference at 95 %), otherwise
    /// `unsure`.
    #[schema(example = "better")]
    verdict: &'static str,
}

/// How an article did in some days.
#[derive(Debug, Serialize, ToSchema)]
struct DoingBody {
    /// How many days; the day of the edit is in neither.
    days: u32,
    /// Times it was given.
    given: i64,
    /// Share of those who asked in words for whom it settled the matter.
    resolved: Option<ShareBody>,
    /// Share of ratings that say it helped.
    helpful: Option<ShareBody>,
}

impl From<Doing> for DoingBody {
    fn from(doing: Doing) -> Self {
        let Doing {
            days,
            given,
            resolved,
            helpful,
        } = doing;
        Self {
            days,
            given,
            resolved: resolved.map(ShareBody::from),
            helpful: helpful.map(ShareBody::from),
        }
    }
}

impl From<EditEffect> for EditBody {
    fn from(effect: EditEffect) -> Self {
        let EditEffect {
            edit,
            before,
            after,
            verdict,
        } = effect;
        Self {
            article: edit.article.to_string(),
            day: edit.day.day(),
            by: edit.by.into_iter().collect(),
            files: edit.files.into_iter().collect(),
            before: before.into(),
            after: after.into(),
            verdict: verdict.code(),
        }
    }
}

/// Compares how articles did before and after they were edited at the desk.
#[utoipa::path(
    get,
    path = "/v1/staff/insights/edits",
    tag = "staff",
    params(DaysQuery),
    responses(
        (status = 200, description = "Edits and what came of them", body = EditsResponse),
        ApiError,
    )
)]
async fn read_edits(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<DaysQuery>,
) -> Result<Json<EditsResponse>, ApiError> {
    staff.require(Permission::ReadInsights)?;
    let days = days_of(query.days)?;
    let effects = effects_of_edits(&app, days).await?;
    Ok(Json(EditsResponse {
        days,
        edits: effects.into_iter().map(EditBody::from).collect(),
    }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read_edits))
}
