//! `POST /v1/conversations/{id}/typing`: the visitor is writing.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::guard::visitor::OwnConversation;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;

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

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(type_on))
}
