//! What visitors tell beside messages: that they are writing, and how satisfied they were.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::ApiJson;
use super::owning::OwnConversation;
use super::problem::{ApiError, Problem};
use super::state::AppState;
use crate::conversation::{Satisfaction, Score};

/// Tells that the visitor is writing; staff see it for some seconds, and nothing is kept.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/typing",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation")),
    responses(
        (status = 204, description = "Passed on, unless the last one is still good or no person is responsible"),
        (status = "4XX", description = "The request was refused", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn type_on(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
) -> Result<StatusCode, ApiError> {
    app.desk().visitor_types(&id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How satisfied a visitor was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SatisfactionRequest {
    /// From 1, not at all, to 5, very.
    #[schema(example = 5, minimum = 1, maximum = 5)]
    score: i64,
    /// In the visitor's words.
    comment: Option<String>,
}

/// Says how satisfied the visitor was with the conversation that was closed; once for each episode.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/satisfaction",
    tag = "conversations",
    request_body = SatisfactionRequest,
    params(("id" = String, Path, description = "The conversation")),
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
    let score = Score::try_from(request.score)?;
    app.desk()
        .give_satisfaction(&id, score, request.comment, app.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How satisfied a visitor was with one episode, for staff.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SatisfactionBody {
    /// Which episode; the first is 1.
    episode: i64,
    /// From 1 to 5.
    score: u8,
    /// In the visitor's words.
    comment: Option<String>,
    /// When it was given.
    #[schema(format = DateTime)]
    created: String,
}

impl From<Satisfaction> for SatisfactionBody {
    fn from(satisfaction: Satisfaction) -> Self {
        let Satisfaction {
            episode,
            score,
            comment,
            created,
        } = satisfaction;
        Self {
            episode,
            score: score.number(),
            comment,
            created: created.to_string(),
        }
    }
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(type_on))
        .routes(routes!(give_satisfaction))
}
