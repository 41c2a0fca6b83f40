//! `/v1/staff/insights/parts` and `/v1/staff/insights/satisfaction`: how the days went, told apart.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::outcomes::OutcomeBody;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::insights::{DaysQuery, days_of, parts, scores};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::form::code::Code;
use crate::insights::{Scores, tally_parts};
use crate::staff::Permission;
use crate::store::{Part, ScorePart};

/// What a count is told apart by.
type PartCode = Code<Part>;

/// Which days are wanted, and how they are told apart.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PartsQuery {
    /// How many days, the present one included: 1 to 365.
    #[serde(default)]
    #[param(example = 30, default = 30, minimum = 1, maximum = 365)]
    days: Option<u32>,
    /// What they are told apart by.
    #[param(inline, example = "channel")]
    by: PartCode,
}

/// How the days went by a part.
#[derive(Debug, Serialize, ToSchema)]
struct PartsResponse {
    /// How many days, the present one included.
    days: u32,
    /// What they are told apart by.
    #[schema(example = "channel")]
    by: &'static str,
    /// Those with most questions first.
    parts: Vec<PartBody>,
}

/// How the days went for one.
#[derive(Debug, Serialize, ToSchema)]
struct PartBody {
    /// Which: an id of an article, `article#section`, or a code of a category, channel or surface.
    #[schema(example = "telegram")]
    name: String,
    /// What happened.
    outcomes: Vec<OutcomeBody>,
}

/// How satisfied visitors were with people, told apart.
#[derive(Debug, Serialize, ToSchema)]
struct SatisfactionResponse {
    /// How many days, the present one included.
    days: u32,
    /// In all.
    all: ScoresBody,
    /// By language.
    languages: Vec<NamedScores>,
    /// By category of the matter.
    categories: Vec<NamedScores>,
    /// By the agent who held the ticket last, by id.
    agents: Vec<NamedScores>,
}

/// Scores of one.
#[derive(Debug, Serialize, ToSchema)]
struct NamedScores {
    /// A code or an id.
    name: String,
    /// Its scores.
    #[serde(flatten)]
    scores: ScoresBody,
}

/// How often which score was given.
#[derive(Debug, Serialize, ToSchema)]
struct ScoresBody {
    /// How many.
    count: i64,
    /// Their mean, from 1 to 5.
    mean: Option<f64>,
    /// How often each score was given, from 1 to 5.
    scores: [i64; 5],
}

impl From<Scores> for ScoresBody {
    fn from(scores: Scores) -> Self {
        Self {
            count: scores.count(),
            mean: scores.mean(),
            scores: scores.0,
        }
    }
}

/// Tells how the last days went by article, section, category, channel or surface.
///
/// An article's, a section's and a category's questions are those that it was given for or that were handed over in it; a
/// surface is told where the conversation said it. Counts of days that are over stay when what was counted is erased.
#[utoipa::path(
    get,
    path = "/v1/staff/insights/parts",
    tag = "staff",
    params(PartsQuery),
    responses(
        (status = 200, description = "Counts and shares", body = PartsResponse),
        ApiError,
    )
)]
async fn read_parts(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<PartsQuery>,
) -> Result<Json<PartsResponse>, ApiError> {
    staff.require(Permission::ReadInsights)?;
    let days = days_of(query.days)?;
    let counted = parts(&app, days, query.by.0).await?;
    let told = tally_parts(&counted, query.by.0).into_iter();
    Ok(Json(PartsResponse {
        days,
        by: query.by.0.code(),
        parts: told
            .map(|(name, outcomes)| PartBody {
                name,
                outcomes: outcomes.into_iter().map(OutcomeBody::from).collect(),
            })
            .collect(),
    }))
}

/// Tells how satisfied visitors were with people in the last days, by language, category and agent.
#[utoipa::path(
    get,
    path = "/v1/staff/insights/satisfaction",
    tag = "staff",
    params(DaysQuery),
    responses(
        (status = 200, description = "Scores and means", body = SatisfactionResponse),
        ApiError,
    )
)]
async fn read_satisfaction(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<DaysQuery>,
) -> Result<Json<SatisfactionResponse>, ApiError> {
    staff.require(Permission::ReadInsights)?;
    let days = days_of(query.days)?;
    let counted = scores(&app, days).await?;
    let of = |part| -> Vec<NamedScores> {
        let found = Scores::by(part, &counted).into_iter();
        found
            .map(|(name, scores)| NamedScores {
                name,
                scores: scores.into(),
            })
            .collect()
    };
    Ok(Json(SatisfactionResponse {
        days,
        all: Scores::all(&counted).into(),
        languages: of(ScorePart::Language),
        categories: of(ScorePart::Category),
        agents: of(ScorePart::Agent),
    }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(read_parts))
        .routes(routes!(read_satisfaction))
}
