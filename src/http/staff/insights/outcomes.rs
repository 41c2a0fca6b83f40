//! `/v1/staff/insights/outcomes`: how the days went, as JSON or as a table.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::insights::{days_of, outcomes};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::answer::LanguageCode;
use crate::insights::{Share, Tallied, outcomes_csv, tally};
use crate::language::Language;
use crate::staff::Permission;
use crate::store::DailyCount;

/// Which days are wanted, and how they are written.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OutcomesQuery {
    /// How many days, the present one included: 1 to 365.
    #[param(example = 30, default = 30, minimum = 1, maximum = 365)]
    days: Option<u32>,
    /// `json`, or `csv` for a table with a line for each day, language and outcome.
    #[serde(default)]
    #[param(value_type = String, example = "json", default = "json")]
    format: Format,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Json,
    Csv,
}

/// How the days went.
#[derive(Debug, Serialize, ToSchema)]
struct OutcomesResponse {
    /// How many days, the present one included.
    days: u32,
    /// Over all days and languages.
    total: Vec<OutcomeBody>,
    /// The same for each language.
    languages: Vec<LanguageOutcomes>,
    /// Each day by itself, the oldest first.
    counts: Vec<DayBody>,
}

/// How the days went in one language.
#[derive(Debug, Serialize, ToSchema)]
struct LanguageOutcomes {
    /// Which.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// What happened.
    outcomes: Vec<OutcomeBody>,
}

/// How often something happened.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OutcomeBody {
    /// `asked`, `answered`, `resolved`, `helpful`, `not_helpful`, `clarified_then_answered`, `small_talk`, `follow_up_taken`,
    /// `abandoned`, `handed_over_by_bot`, `handed_over_by_policy`, `handed_over_by_visitor`, `reopened`, `began_with_words` or
    /// `began_with_suggestion`.
    #[schema(example = "answered")]
    outcome: &'static str,
    /// How often.
    count: i64,
    /// Its share of the questions; of ratings for ratings, of all messages for small talk, of what was handed over for what
    /// was reopened; of answers for follow-ups, of conversations for how they began; for what was resolved of the questions of days on which that was counted.
    share: Option<ShareBody>,
}

/// A share, and the interval in which the true one lies nineteen times out of twenty (Wilson).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ShareBody {
    /// Of how many.
    total: i64,
    /// The share.
    #[schema(minimum = 0, maximum = 1)]
    value: f64,
    /// Lower bound.
    #[schema(minimum = 0, maximum = 1)]
    low: f64,
    /// Upper bound.
    #[schema(minimum = 0, maximum = 1)]
    high: f64,
}

/// How often something happened on a day.
#[derive(Debug, Serialize, ToSchema)]
struct DayBody {
    /// The day in UTC.
    #[schema(format = Date)]
    day: String,
    /// Language visitors were addressed in; nothing where it was not known.
    #[schema(value_type = Option<LanguageCode>)]
    language: Option<Language>,
    /// What happened.
    #[schema(example = "answered")]
    outcome: &'static str,
    /// How often.
    count: i64,
}

impl From<Tallied> for OutcomeBody {
    fn from(tallied: Tallied) -> Self {
        let Tallied { kind, count, share } = tallied;
        Self {
            outcome: kind.code(),
            count,
            share: share.map(ShareBody::from),
        }
    }
}

impl From<Share> for ShareBody {
    fn from(share: Share) -> Self {
        let Share {
            total,
            share,
            low,
            high,
        } = share;
        Self {
            total,
            value: share,
            low,
            high,
        }
    }
}

impl From<DailyCount> for DayBody {
    fn from(count: DailyCount) -> Self {
        let DailyCount {
            day,
            language,
            kind,
            count,
        } = count;
        Self {
            day,
            language,
            outcome: kind.code(),
            count,
        }
    }
}

impl OutcomesResponse {
    fn new(days: u32, counts: Vec<DailyCount>) -> Self {
        let told = |language| {
            let tallied = tally(&counts, language).into_iter();
            tallied.map(OutcomeBody::from).collect()
        };
        Self {
            days,
            total: told(None),
            languages: Language::ALL
                .into_iter()
                .map(|language| LanguageOutcomes {
                    language,
                    outcomes: told(Some(language)),
                })
                .collect(),
            counts: counts.into_iter().map(DayBody::from).collect(),
        }
    }
}

/// Tells how the last days went: what was answered, what helped, what was handed over and why.
///
/// Counts of days that are over stay when what was counted is erased or has expired.
#[utoipa::path(
    get,
    path = "/v1/staff/insights/outcomes",
    tag = "staff",
    params(OutcomesQuery),
    responses(
        (status = 200, description = "Counts and shares", content(
            (OutcomesResponse = "application/json"),
            (String = "text/csv"),
        )),
        ApiError,
    )
)]
async fn read_outcomes(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<OutcomesQuery>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadInsights)?;
    let days = days_of(query.days)?;
    let counts = outcomes(&app, days).await?;
    Ok(match query.format {
        Format::Json => Json(OutcomesResponse::new(days, counts)).into_response(),
        Format::Csv => {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"outcomes.csv\"",
                ),
            ];
            (headers, outcomes_csv(&counts)).into_response()
        }
    })
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read_outcomes))
}
