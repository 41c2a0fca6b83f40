//! `/v1/staff/insights/contract`: whether the promise that so many answers are right is kept, and the thresholds that follow.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::evaluation::Proof;
use crate::http::edge::extract::{ApiJson, ApiPath};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::insights::contract::{LanguageStanding, review_contract, standings};
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::answer::LanguageCode;
use crate::http::wire::form::number::Whole;
use crate::language::Language;
use crate::staff::Permission;
use crate::store::{ContractReview, ThresholdChange};

type Hundredths = Whole<1, 99>;

/// What is promised, and how that stands.
#[derive(Debug, Serialize, ToSchema)]
struct ContractResponse {
    /// Share of answers that must be right.
    #[schema(minimum = 0, maximum = 1)]
    precision: f64,
    /// Probability with which that must hold.
    #[schema(minimum = 0, maximum = 1)]
    confidence_level: f64,
    /// Days whose judgements count.
    days: u32,
    /// How it stands in each language.
    languages: Vec<StandingBody>,
    /// How it stood before, the newest first.
    history: Vec<ReviewBody>,
}

/// How it stands in one language.
#[derive(Debug, Serialize, ToSchema)]
struct StandingBody {
    /// Which.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// `held`, `unproved` (too few were judged) or `broken`.
    #[schema(example = "held")]
    keeping: &'static str,
    /// What is known of the threshold in force.
    proof: ProofBody,
    /// The fewest judgements that could prove it: so many more, all of them right. Nothing where it is proved, or where no
    /// reasonable number could.
    missing: Option<usize>,
    /// A lower threshold that would keep it too, with what is known of the answers that it would add.
    lower: Option<ProofBody>,
    /// What each threshold from the present one on gives.
    coverage: Vec<CoverageBody>,
    /// Whether the threshold is another one than the configured one, because of what was judged.
    overruled: bool,
}

/// What judged answers say of a threshold.
#[derive(Debug, Serialize, ToSchema)]
struct ProofBody {
    /// Least confidence that is answered.
    #[schema(minimum = 0, maximum = 1)]
    threshold: f32,
    /// Answers that were judged.
    judged: usize,
    /// Those that were right.
    right: usize,
    /// Lower bound of the precision (Clopper and Pearson).
    #[schema(minimum = 0, maximum = 1)]
    bound: f64,
}

/// What a threshold gives.
#[derive(Debug, Serialize, ToSchema)]
struct CoverageBody {
    /// What is known of it.
    proof: ProofBody,
    /// Share of the questions of the last 30 days that it would answer; nothing where none was asked.
    #[schema(minimum = 0, maximum = 1)]
    answered: Option<f64>,
}

/// How it stood once.
#[derive(Debug, Serialize, ToSchema)]
struct ReviewBody {
    /// In which language.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// `held`, `unproved` or `broken`.
    #[schema(example = "held")]
    keeping: String,
    /// The threshold that was in force.
    threshold: f32,
    /// Answers that were judged.
    judged: i64,
    /// Those that were right.
    right: i64,
    /// Lower bound of the precision.
    bound: f64,
    /// The threshold that was set because of it.
    changed_to: Option<f32>,
    /// The moment it happened.
    #[schema(format = DateTime)]
    at: String,
}

/// A threshold to be set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThresholdRequest {
    /// Least confidence for an answer, in hundredths: higher than the present one, or as low as what was judged proves.
    hundredths: Hundredths,
}

impl From<Proof> for ProofBody {
    fn from(proof: Proof) -> Self {
        let Proof {
            threshold,
            judged,
            right,
            bound,
        } = proof;
        Self {
            threshold,
            judged,
            right,
            bound,
        }
    }
}

impl From<LanguageStanding> for StandingBody {
    fn from(one: LanguageStanding) -> Self {
        Self {
            language: one.language,
            keeping: one.standing.keeping.code(),
            proof: one.standing.proof.into(),
            missing: one.standing.missing,
            lower: one.standing.lower.map(ProofBody::from),
            coverage: one
                .coverage
                .into_iter()
                .map(|(proof, answered)| CoverageBody {
                    proof: proof.into(),
                    answered,
                })
                .collect(),
            overruled: one.overruled.is_some(),
        }
    }
}

impl From<ContractReview> for ReviewBody {
    fn from(review: ContractReview) -> Self {
        let ContractReview {
            language,
            threshold,
            judged,
            right,
            bound,
            keeping,
            changed_to,
            created,
        } = review;
        Self {
            language,
            keeping,
            threshold,
            judged,
            right,
            bound,
            changed_to,
            at: created.to_string(),
        }
    }
}

/// Tells what is promised, how that stands in each language, and how it stood before.
#[utoipa::path(
    get,
    path = "/v1/staff/insights/contract",
    tag = "staff",
    responses(
        (status = 200, description = "The promise and its evidence", body = ContractResponse),
        ApiError,
    )
)]
async fn read_contract(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<ContractResponse>, ApiError> {
    staff.require(Permission::ReadInsights)?;
    told(&app).await
}

async fn told(app: &AppState) -> Result<Json<ContractResponse>, ApiError> {
    let settings = app.contract();
    let history = app.library().contract_reviews().await?;
    Ok(Json(ContractResponse {
        precision: settings.precision.get(),
        confidence_level: settings.confidence_level.get(),
        days: settings.days.get(),
        languages: standings(app)
            .await?
            .into_iter()
            .map(StandingBody::from)
            .collect(),
        history: history.into_iter().map(ReviewBody::from).collect(),
    }))
}

/// Looks now whether the promise is kept, as the server does by itself every week.
#[utoipa::path(
    post,
    path = "/v1/staff/insights/contract/reviews",
    tag = "staff",
    responses(
        (status = 200, description = "How it stands after that", body = ContractResponse),
        ApiError,
    )
)]
async fn review_now(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<ContractResponse>, ApiError> {
    staff.require(Permission::SetThresholds)?;
    review_contract(&app, None).await?;
    told(&app).await
}

/// Sets the threshold of a language in place of the configured one: a higher one, or a lower one that what was judged proves.
#[utoipa::path(
    put,
    path = "/v1/staff/insights/contract/thresholds/{language}",
    tag = "staff",
    params(("language" = LanguageCode, Path, description = "Language visitors are addressed in")),
    request_body = ThresholdRequest,
    responses((status = 204, description = "In force"), ApiError)
)]
async fn set_threshold(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(language): ApiPath<Language>,
    ApiJson(request): ApiJson<ThresholdRequest>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::SetThresholds)?;
    let Whole(hundredths) = request.hundredths;
    let threshold = hundredths as f32 / 100.0;
    let all = standings(&app).await?;
    let standing = all.iter().find(|one| one.language == language);
    let lowest = standing.map_or(1.0, |one| {
        let proved = one.standing.lower.map(|lower| lower.threshold);
        proved.unwrap_or(one.standing.proof.threshold)
    });
    if threshold + f32::EPSILON < lowest {
        let told = format!(
            "nothing proves yet that answers from {threshold:.2} on keep the promise; judge more that were nearly given, or choose {lowest:.2} or more"
        );
        return Err(ApiError::new(ProblemKind::ContentRefused, told).in_field("hundredths"));
    }
    app.library()
        .change_threshold(ThresholdChange {
            language,
            threshold: Some((threshold, false)),
            by: by.id.to_string(),
            now: app.now(),
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Decides by the configured threshold of a language again.
#[utoipa::path(
    delete,
    path = "/v1/staff/insights/contract/thresholds/{language}",
    tag = "staff",
    params(("language" = LanguageCode, Path, description = "Language visitors are addressed in")),
    responses((status = 204, description = "In force"), ApiError)
)]
async fn reset_threshold(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(language): ApiPath<Language>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::SetThresholds)?;
    app.library()
        .change_threshold(ThresholdChange {
            language,
            threshold: None,
            by: by.id.to_string(),
            now: app.now(),
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(read_contract))
        .routes(routes!(review_now))
        .routes(routes!(set_threshold, reset_threshold))
}
