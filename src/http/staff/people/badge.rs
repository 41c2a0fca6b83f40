//! How a visitor checks that an agent is real: a public badge, and a phrase that works once.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::{ApiJson, ApiPath};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::form::text::{Any, Text};
use crate::ids::AgentId;
use crate::staff::{Agent, Permission};

/// What anybody may know of an agent.
#[derive(Debug, Serialize, ToSchema)]
struct BadgeResponse {
    /// Whether this is a member of staff today.
    listed: bool,
    /// The name shown to visitors.
    name: Option<String>,
    /// Where they work.
    department: Option<String>,
    /// Their page.
    page: Option<String>,
}

impl BadgeResponse {
    fn of(agent: Option<Agent>) -> Self {
        match agent.filter(|agent| agent.active) {
            Some(agent) => Self {
                listed: true,
                page: Some(format!("/agents/{}", agent.id)),
                name: Some(agent.name),
                department: Some(agent.department.as_str().to_owned()),
            },
            None => Self {
                listed: false,
                name: None,
                department: None,
                page: None,
            },
        }
    }
}

/// Reads an agent's badge.
#[utoipa::path(
    get,
    path = "/v1/agents/{id}",
    tag = "agents",
    params(("id" = String, Path, description = "The agent", format = "uuid")),
    responses(
        (status = 200, description = "Whether this is a member of staff, and what visitors may know", body = BadgeResponse),
        ApiError,
    )
)]
async fn read_badge(
    State(app): State<AppState>,
    ApiPath(id): ApiPath<AgentId>,
) -> Result<Json<BadgeResponse>, ApiError> {
    let known = app.workplace().agents().await?;
    let agent = known.into_iter().find(|agent| agent.id == id);
    Ok(Json(BadgeResponse::of(agent)))
}

/// A phrase, as it is typed.
type TypedPhrase = Text<Any, 100>;

/// A phrase an agent read out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "phrase": "7K2M-Q9XA" }))]
struct VerifyRequest {
    /// As it was heard; case, spaces and dashes do not matter.
    phrase: TypedPhrase,
}

/// Tells whether a phrase is one of ours, and whose; it works once and for ten minutes.
#[utoipa::path(
    post,
    path = "/v1/agents/verify",
    tag = "agents",
    request_body = VerifyRequest,
    responses(
        (status = 200, description = "Listed with name and department, or not listed; never more than that", body = BadgeResponse),
        ApiError,
    )
)]
async fn verify(
    State(app): State<AppState>,
    ApiJson(request): ApiJson<VerifyRequest>,
) -> Result<Json<BadgeResponse>, ApiError> {
    let agent = app
        .visitors()
        .verify_agent(&request.phrase, app.now())
        .await?;
    Ok(Json(BadgeResponse::of(agent)))
}

/// A phrase to read out.
#[derive(Debug, Serialize, ToSchema)]
struct PhraseResponse {
    /// Works once and for ten minutes; a later one replaces it.
    #[schema(example = "7K2M-Q9XA")]
    phrase: String,
}

/// Gives the agent a phrase by which the visitor can check them.
#[utoipa::path(
    post,
    path = "/v1/staff/phrase",
    tag = "staff",
    responses(
        (status = 200, description = "The phrase", body = PhraseResponse),
        ApiError,
    )
)]
async fn make_phrase(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<PhraseResponse>, ApiError> {
    let agent = staff.agent_with(Permission::WorkConversations)?;
    let phrase = app
        .workplace()
        .verification_phrase(agent, app.now())
        .await?;
    Ok(Json(PhraseResponse {
        phrase: phrase.to_string(),
    }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(read_badge))
        .routes(routes!(verify))
        .routes(routes!(make_phrase))
}
