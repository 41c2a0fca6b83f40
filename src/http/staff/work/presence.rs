//! `/v1/staff/conversations/{id}/presence` and `/read`: who looks at a conversation, and how far they have read.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::{ApiJson, ApiPath};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::conversation::ReadRequest;
use crate::ids::ConversationId;
use crate::staff::Permission;

/// Says that I look at a conversation; to be repeated every twenty seconds while it is so.
#[utoipa::path(
    put,
    path = "/v1/staff/conversations/{id}/presence",
    tag = "staff",
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 204, description = "Colleagues see it"),
        ApiError,
    )
)]
async fn look(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<StatusCode, ApiError> {
    let agent = staff.agent_with(Permission::ReadConversations)?;
    app.workplace().note_viewer(agent, &id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that I look elsewhere.
#[utoipa::path(
    delete,
    path = "/v1/staff/conversations/{id}/presence",
    tag = "staff",
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 204, description = "Colleagues see it"),
        ApiError,
    )
)]
async fn look_away(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<StatusCode, ApiError> {
    let agent = staff.agent_with(Permission::ReadConversations)?;
    app.workplace().forget_viewer(agent, &id);
    Ok(StatusCode::NO_CONTENT)
}

/// Says how far I have read; the visitor sees that a person has read what they said.
///
/// Nothing is kept while the bot answers.
#[utoipa::path(
    post,
    path = "/v1/staff/conversations/{id}/read",
    tag = "staff",
    request_body = ReadRequest,
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 204, description = "Kept, unless it was known or no such event has come yet"),
        ApiError,
    )
)]
async fn read_on(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
    ApiJson(request): ApiJson<ReadRequest>,
) -> Result<StatusCode, ApiError> {
    let agent = staff.agent_with(Permission::WorkConversations)?;
    let up_to = request.up_to();
    app.workplace()
        .agent_reads(agent, &id, up_to, app.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(look, look_away))
        .routes(routes!(read_on))
}
