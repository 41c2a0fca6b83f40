//! `POST /v1/conversations/{id}/claim`: an anonymous conversation becomes an account's.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::ApiPath;
use crate::http::edge::guard::visitor::Caller;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::ids::ConversationId;

/// Makes an anonymous conversation the signed-in visitor's. Both proofs are needed: the token in `Authorization`, and
/// the secret of the conversation in `Mondo-Visitor`, which is worth nothing afterwards.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/claim",
    tag = "conversations",
    params(
        ("id" = String, Path, description = "The conversation", format = "uuid"),
        ("Mondo-Visitor" = Option<String>, Header, description = "The secret that was given with the conversation"),
    ),
    responses(
        (status = 204, description = "It is the account's alone from now on"),
        ApiError,
    )
)]
async fn claim(
    State(app): State<AppState>,
    caller: Caller,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<StatusCode, ApiError> {
    app.visitors()
        .claim_conversation(&id, caller.shown, app.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(claim))
}
