//! `/v1/staff/conversations/{id}/presence`: who looks at a conversation.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guard::Staff;
use crate::conversation::ConversationId;
use crate::http::extract::ApiPath;
use crate::http::problem::{ApiError, Problem};
use crate::http::state::AppState;
use crate::staff::Permission;

/// Says that I look at a conversation; to be repeated every twenty seconds while it is so.
#[utoipa::path(
    put,
    path = "/v1/staff/conversations/{id}/presence",
    tag = "staff",
    params(("id" = String, Path, description = "The conversation")),
    responses(
        (status = 204, description = "Colleagues see it"),
        (status = "4XX", description = "The request was refused", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn look(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<StatusCode, ApiError> {
    let agent = staff.agent_with(Permission::ReadConversations)?;
    app.desk().looks_at(agent, &id, app.now());
    Ok(StatusCode::NO_CONTENT)
}

/// Says that I look elsewhere.
#[utoipa::path(
    delete,
    path = "/v1/staff/conversations/{id}/presence",
    tag = "staff",
    params(("id" = String, Path, description = "The conversation")),
    responses(
        (status = 204, description = "Colleagues see it"),
        (status = "4XX", description = "The request was refused", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn look_away(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<StatusCode, ApiError> {
    let agent = staff.agent_with(Permission::ReadConversations)?;
    app.desk().looks_away(agent, &id);
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(look, look_away))
}
