//! The bodies of refusals and failures, written once a handler or a guard has said what is wrong.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::api_error::ApiError;
use super::kind::ProblemKind;
use super::openai::{OpenAiError, speaks_openai};
use super::work_challenge::WorkChallenge;
use crate::http::edge::language::visitor_locale;

/// The body of every error reply, served as `application/problem+json`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Stable name of the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:mondo:problem:question-empty")]
    pub kind: String,
    /// Short summary for developers.
    #[schema(example = "The question is empty")]
    pub title: &'static str,
    /// HTTP status.
    #[schema(example = 400)]
    pub status: u16,
    /// What is wrong with this request and what to do about it, for developers.
    pub detail: String,
    /// The field of the request that is wrong, where one can be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// A puzzle whose solution lets the request through, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<WorkChallenge>,
    /// One sentence for the visitor, in the language `Accept-Language` asks for.
    pub message: &'static str,
    /// Names the request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// Header that names a request in replies and in the log.
pub(in crate::http) const REQUEST_ID: &str = "x-request-id";

/// Middleware: writes the body of every error, in the visitor's language or as clients of OpenAI's protocol read it, and
/// logs the server's own faults once.
pub(in crate::http) async fn render_problems(request: Request, next: Next) -> Response {
    let locale = visitor_locale(request.headers());
    let request_id = request_id(request.headers());
    let speaks_openai = speaks_openai(request.uri().path());
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<ApiError>() else {
        return response;
    };
    error.log_cause(request_id.as_deref().unwrap_or_default());
    let kind = error.kind();
    let (name, title, status) = kind.described();
    if speaks_openai {
        let told = OpenAiError::new(status, name, error.detail, error.field);
        return rendered(status, &response, Json(told), "application/json");
    }
    let problem = Problem {
        kind: format!("urn:mondo:problem:{name}"),
        title,
        status: status.as_u16(),
        detail: error.detail,
        field: error.field,
        challenge: error.challenge.map(|challenge| *challenge),
        message: kind.said_in(locale),
        request_id,
    };
    rendered(status, &response, Json(problem), "application/problem+json")
}

/// Puts a body under the headers of a reply that had none.
fn rendered(
    status: StatusCode,
    bare: &Response,
    body: impl IntoResponse,
    kind: &'static str,
) -> Response {
    let mut rendered = (status, bare.headers().clone(), body).into_response();
    let headers = rendered.headers_mut();
    // The reply without a body carried a length of zero.
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    rendered
}

/// Turns a panic of a handler into a problem; the panic hook has logged where.
pub(in crate::http) fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    ApiError::new(
        ProblemKind::Internal,
        "the server failed; try again, and name the request id when asking for help",
    )
    .into_response()
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(REQUEST_ID)?.to_str().ok()?.to_owned())
}
