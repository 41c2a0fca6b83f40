//! `POST /v1/conversations/{id}/satisfaction`: how satisfied the visitor was (CSAT).

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::Score;
use crate::desk::MAX_SATISFACTION_COMMENT_CHARS;
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::visitor::OwnConversation;
use crate::http::edge::problem::{ApiError, Problem};
use crate::http::edge::state::AppState;
use crate::http::wire::form::number::Whole;
use crate::http::wire::form::text::CutText;
use crate::safety::redact::Hides;
use crate::safety::{Lines, Words};

/// How satisfied a visitor was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "score": 5 }))]
struct SatisfactionRequest {
    /// From 1, not at all, to 5, very.
    score: ScoreNumber,
    /// In the visitor's words.
    comment: Option<CutText>,
}

/// A score.
type ScoreNumber = Whole<1, 5>;

/// Says how satisfied the visitor was with the conversation that was closed; once for each episode.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/satisfaction",
    tag = "conversations",
    request_body = SatisfactionRequest,
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 204, description = "It is kept"),
        (status = "4XX", description = "The request was refused; 409 when the conversation is open, or was scored before", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "The server failed", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn give_satisfaction(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
    ApiJson(request): ApiJson<SatisfactionRequest>,
) -> Result<StatusCode, ApiError> {
    let score = Score::try_from(request.score.0)?;
    let comment = request.comment.and_then(|comment| {
        let limit = MAX_SATISFACTION_COMMENT_CHARS;
        Words::shortened(&comment, limit, Lines::Kept, Hides::Everything)
    });
    app.visitors()
        .give_satisfaction(&id, score, comment, app.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(give_satisfaction))
}
