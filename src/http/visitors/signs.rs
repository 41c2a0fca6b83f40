//! Signs that a visitor gives: that they are writing, and how far they have read.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::visitor::OwnConversation;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::conversation::ReadRequest;

/// Tells that the visitor is writing; staff see it for some seconds, and nothing is kept.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/typing",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 204, description = "Passed on, unless the last one is still good or no person is responsible"),
        ApiError,
    )
)]
async fn type_on(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
) -> Result<StatusCode, ApiError> {
    app.visitors().visitor_types(&id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells how far the visitor has read; staff see it beside what they and the bot have said.
///
/// Send it once a message has been on the screen. Nothing is kept while only the bot has a part in the conversation.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/read",
    tag = "conversations",
    request_body = ReadRequest,
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 204, description = "Kept, unless it was known or no such event has come yet"),
        ApiError,
    )
)]
async fn read_on(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
    ApiJson(request): ApiJson<ReadRequest>,
) -> Result<StatusCode, ApiError> {
    app.visitors().visitor_reads(&id, request.up_to()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(type_on))
        .routes(routes!(read_on))
}
