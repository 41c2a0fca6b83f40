//! `/v1/staff/proposals`: what authors learn from what agents send.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::{MAX_FILE_BYTES, Proposal, ProposalVerdict, TakenOver};
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::answer::LanguageCode;
use crate::http::wire::form::nothing::Nothing;
use crate::http::wire::form::text::{Shown, Text};
use crate::language::Language;
use crate::staff::Permission;

/// What agents made of suggestions.
#[derive(Debug, Serialize, ToSchema)]
struct ProposalsResponse {
    /// The oldest first.
    proposals: Vec<ProposalBody>,
}

/// What an agent sent in place of a suggested reply.
#[derive(Debug, Serialize, ToSchema)]
struct ProposalBody {
    /// Its name in the record.
    id: String,
    /// The article that was suggested.
    article: String,
    /// In which language.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// From which knowledge.
    revision: String,
    /// What the visitor had asked; a candidate for an alternate.
    question: String,
    /// What was suggested.
    suggested: String,
    /// What was sent.
    sent: String,
    /// Whether the agent changed the text; then it is a candidate for a better answer.
    edited: bool,
    /// When it was sent.
    #[schema(format = DateTime)]
    created: String,
}

impl From<Proposal> for ProposalBody {
    fn from(proposal: Proposal) -> Self {
        let Proposal {
            id,
            article,
            language,
            revision,
            question,
            suggested,
            sent,
            agent: _,
            created,
        } = proposal;
        Self {
            id,
            article: article.to_string(),
            language,
            revision: revision.to_string(),
            question,
            edited: suggested.trim() != sent.trim(),
            suggested,
            sent,
            created: created.to_string(),
        }
    }
}

/// Lists what authors have not decided about yet.
#[utoipa::path(
    get,
    path = "/v1/staff/proposals",
    tag = "staff",
    responses(
        (status = 200, description = "Open proposals", body = ProposalsResponse),
        ApiError,
    )
)]
async fn list_proposals(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<ProposalsResponse>, ApiError> {
    staff.require(Permission::WriteKnowledge)?;
    let proposals = app.library().open_proposals().await?;
    let proposals = proposals.into_iter().map(ProposalBody::from).collect();
    Ok(Json(ProposalsResponse { proposals }))
}

/// A decision about a proposal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VerdictRequest {
    /// The decision.
    verdict: VerdictCode,
    /// With `accepted`, what is written into the article at once; nothing where the author does that elsewhere.
    #[serde(default)]
    apply: Option<ApplyBody>,
}

/// The same, as it is described: what is dismissed is written nowhere.
#[derive(ToSchema)]
#[serde(untagged, deny_unknown_fields)]
#[schema(as = VerdictRequest)]
#[expect(
    dead_code,
    reason = "describes `VerdictRequest` in the OpenAPI document"
)]
enum DescribedVerdict {
    /// It goes into the article.
    Accepted {
        /// The decision.
        verdict: AcceptedCode,
        /// What is written into the article at once; nothing where the author does that elsewhere.
        apply: Option<ApplyBody>,
    },
    /// It does not.
    Dismissed {
        /// The decision.
        verdict: DismissedCode,
        /// Stays out.
        #[schema(required = false)]
        apply: Nothing,
    },
}

/// It goes into the article.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `VerdictCode` in the OpenAPI document")]
enum AcceptedCode {
    /// It goes into the article.
    Accepted,
}

/// It does not.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `VerdictCode` in the OpenAPI document")]
enum DismissedCode {
    /// It does not.
    Dismissed,
}

/// What an author decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum VerdictCode {
    /// It goes into the article.
    Accepted,
    /// It does not.
    Dismissed,
}

/// A text that goes into an article.
type TakenText = Text<Shown, MAX_FILE_BYTES>;

/// What is written into the article; exactly one of the fields, as the author has edited it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum ApplyBody {
    /// Another wording of the question.
    Alternate(TakenText),
    /// The short answer.
    Answer(TakenText),
}

impl From<ApplyBody> for TakenOver {
    fn from(body: ApplyBody) -> Self {
        match body {
            ApplyBody::Alternate(question) => Self::Alternate(question.into_string()),
            ApplyBody::Answer(answer) => Self::Answer(answer.into_string()),
        }
    }
}

/// Decides about a proposal.
#[utoipa::path(
    put,
    path = "/v1/staff/proposals/{id}",
    tag = "staff",
    request_body = DescribedVerdict,
    params(("id" = String, Path, description = "The proposal", max_length = 200)),
    responses(
        (status = 204, description = "Decided; what was to be written is in the article"),
        ApiError,
    )
)]
async fn decide_proposal(
    State(app): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<VerdictRequest>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::WriteKnowledge)?;
    let verdict = match (request.verdict, request.apply) {
        (VerdictCode::Accepted, Some(taken)) => {
            let desk = app.library();
            desk.accept_proposal(&id, taken.into(), by, app.now())
                .await?;
            return Ok(StatusCode::NO_CONTENT);
        }
        (VerdictCode::Dismissed, Some(_)) => {
            let detail = "nothing of a dismissed proposal is written; leave `apply` out";
            return Err(ApiError::new(ProblemKind::BadRequest, detail).in_field("apply"));
        }
        (VerdictCode::Accepted, None) => ProposalVerdict::Accepted,
        (VerdictCode::Dismissed, None) => ProposalVerdict::Dismissed,
    };
    let library = app.library();
    match library.decide_proposal(id, verdict, by, app.now()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found("open proposal")),
    }
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_proposals))
        .routes(routes!(decide_proposal))
}
