//! OpenAI's chat protocol, as far as a program needs it that answers from articles: `POST /v1/chat/completions` and
//! `GET /v1/models`.

mod completion;
mod request;

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::asker::Asker;
use crate::http::edge::extract::ApiJson;
use crate::http::edge::problem::{ApiError, OpenAiError};
use crate::http::edge::state::AppState;
use completion::{ChatChunk, ChatCompletion, ChatModels};
use request::ChatRequest;

/// Answers the last question of a chat from the knowledge base.
///
/// The protocol is OpenAI's, so that its clients can ask. The last message of the role `user` is the question; what `user`
/// said before it is read as the turns before, and every other message is passed over: nothing but the articles decides what
/// is said. The text is what a visitor would read, in the language of the question; what it rests on stands in `mondo` beside
/// it, with `stream` in the last chunk. Nothing is kept but the record of the answer, as of `POST /v1/ask`.
///
/// Fields that are not listed are ignored. As `Authorization: Bearer`, a key counts by its own limits and a token of the
/// host opens the articles of its groups; any other word is taken for none.
#[utoipa::path(
    post,
    path = "/v1/chat/completions",
    tag = "assistants",
    request_body = ChatRequest,
    responses(
        (status = 200, description = "The answer, whole or in chunks that end with `data: [DONE]`", content(
            (ChatCompletion = "application/json"),
            (ChatChunk = "text/event-stream"),
        )),
        (status = "4XX", description = "The request was refused", body = OpenAiError),
        (status = "5XX", description = "The server failed", body = OpenAiError),
    )
)]
async fn complete(
    State(app): State<AppState>,
    asker: Asker,
    ApiJson(request): ApiJson<ChatRequest>,
) -> Result<Response, ApiError> {
    let asked = request.asked()?;
    let started = Instant::now();
    let now = app.now();
    let reply = app
        .visitors()
        .ask_after(asked.earlier, asked.question, asker.context(None), now)
        .await?;
    app.metrics().answered(&reply.reply, started);
    let completion = ChatCompletion::new(&reply, &app, now);
    Ok(match asked.streams {
        Some(streaming) => completion.in_chunks(streaming).into_response(),
        None => Json(completion).into_response(),
    })
}

/// Lists the one model.
#[utoipa::path(
    get,
    path = "/v1/models",
    tag = "assistants",
    responses((status = 200, description = "The model `mondo`", body = ChatModels))
)]
async fn list_models() -> Json<ChatModels> {
    Json(ChatModels::of_one())
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(complete))
        .routes(routes!(list_models))
}
