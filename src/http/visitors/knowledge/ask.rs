//! `POST /v1/ask`: one question, one answer, no conversation.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::AskContext;
use crate::http::edge::client::work::WorkProof;
use crate::http::edge::extract::{ApiJson, Hints};
use crate::http::edge::guard::readers::Readers;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::answer::AskResponse;
use crate::http::wire::form::object::Object;
use crate::http::wire::form::text::{QuestionText, ServedTag};
use crate::http::wire::locale;
use crate::http::wire::locale::Locale;
use crate::http::wire::page_context::PageContext;
use crate::language::Language;
use crate::pipeline::asked_words;

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "提现一直没到账怎么办" }))]
pub(super) struct AskRequest {
    /// What the visitor typed; 2,000 characters at most.
    #[schema(value_type = QuestionText)]
    text: String,
    /// Language the visitor chose; overrides detection.
    #[serde(default, deserialize_with = "locale::served")]
    #[schema(value_type = Option<ServedTag>)]
    language: Option<Language>,
    /// Locale of the page, such as `ja-JP`; a hint for texts that could be in several languages.
    #[serde(default)]
    page: Locale,
    /// Where the visitor asks; in doubt, what they are reading is what they mean.
    #[schema(value_type = Option<PageContext>)]
    context: Option<Object<PageContext>>,
}

/// Answers one question.
///
/// Every call is recorded under a new id; a repeated call gives the same answer under another id. While many ask, the record
/// follows the reply by at most 100 ms; what is said in a conversation is kept before it.
#[utoipa::path(
    post,
    path = "/v1/ask",
    tag = "questions",
    request_body = AskRequest,
    params(
        ("Accept-Language" = Option<String>, Header, description = "A hint for detection, and the language of problem messages"),
        WorkProof,
    ),
    responses(
        (status = 200, description = "What mondo says", body = AskResponse),
        ApiError,
    )
)]
pub(super) async fn ask(
    State(app): State<AppState>,
    Readers(readership): Readers,
    Hints(browser): Hints,
    ApiJson(request): ApiJson<AskRequest>,
) -> Result<Json<AskResponse>, ApiError> {
    let words = asked_words(&request.text)?;
    let context = AskContext {
        question: None,
        contact: None,
        page: None,
        reading: request.context.and_then(|context| context.0.reading()),
        priors: request.page.added_to(browser),
        forced: request.language,
        readership,
    };
    let started = Instant::now();
    let reply = app.visitors().ask(words, context, app.now()).await?;
    app.metrics().answered(&reply.reply, started);
    Ok(Json(AskResponse::from(reply)))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(ask))
}
