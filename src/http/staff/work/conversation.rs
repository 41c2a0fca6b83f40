//! What staff see of a conversation beyond what its visitor sees, and that an agent is writing.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::ApiPath;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, Problem};
use crate::http::edge::state::AppState;
use crate::http::wire::account::AccountBody;
use crate::http::wire::conversation::ConversationResponse;
use crate::http::wire::csat::SatisfactionBody;
use crate::ids::ConversationId;
use crate::staff::Permission;

/// A conversation as staff see it.
#[derive(Debug, Serialize, ToSchema)]
struct StaffConversationResponse {
    /// What its visitor sees.
    #[serde(flatten)]
    conversation: ConversationResponse,
    /// Whether the visitor has it open.
    visitor_here: bool,
    /// The account the visitor's host vouches for.
    account: Option<AccountBody>,
    /// How satisfied the visitor was, one entry for each episode that was scored.
    satisfaction_given: Vec<SatisfactionBody>,
}

/// Reads a conversation whole.
#[utoipa::path(
    get,
    path = "/v1/staff/conversations/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 200, description = "Everything said so far", body = StaffConversationResponse),
        ApiError,
    )
)]
async fn read_conversation(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<Json<StaffConversationResponse>, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let view = app.workplace().conversation(&id).await?;
    let given = view.satisfaction.clone();
    Ok(Json(StaffConversationResponse {
        conversation: view.into(),
        account: app
            .workplace()
            .account_of(&id)
            .await?
            .map(AccountBody::from),
        visitor_here: app.workplace().visitor_is_here(&id),
        satisfaction_given: given.into_iter().map(SatisfactionBody::from).collect(),
    }))
}

/// Tells the visitor that the agent who holds the conversation is writing; nothing is kept.
///
/// Send it while the agent types, at most every few seconds; it is good for six.
#[utoipa::path(
    post,
    path = "/v1/staff/conversations/{id}/typing",
    tag = "staff",
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 204, description = "Passed on, unless the last one is still good"),
        (status = "4XX", description = "The request was refused; 409 when the agent does not hold the conversation", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn type_on(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::WorkConversations)?;
    app.workplace().agent_types(by, &id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(read_conversation))
        .routes(routes!(type_on))
}
