//! Problem replies (RFC 9457): one error type for every handler, phrased for developers and for visitors.

use std::error::Error;
use std::sync::Arc;

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::language::visitor_locale;
pub use super::problem_kind::ProblemKind;

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
    /// One sentence for the visitor, in the language `Accept-Language` asks for.
    pub message: &'static str,
    /// Names the request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// Why a request was refused or failed.
#[derive(Debug, Clone)]
pub struct ApiError {
    kind: ProblemKind,
    detail: String,
    field: Option<String>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
    retry_after_seconds: Option<u64>,
}

impl ApiError {
    /// States what is wrong and what to do about it.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            field: None,
            cause: None,
            retry_after_seconds: kind.retry_after_seconds(),
        }
    }

    /// Returns the refusal of what a client does too often, with the time after which it is taken again.
    pub(in crate::http) fn too_often(seconds: u64, setting: &str) -> Self {
        let detail = format!(
            "there was more of this from one client than is taken ({setting}); try again after the time in Retry-After"
        );
        Self {
            retry_after_seconds: Some(seconds),
            ..Self::new(ProblemKind::TooOften, detail)
        }
    }

    /// Returns the refusal of a body beyond the limit.
    pub(in crate::http) fn body_too_large() -> Self {
        let detail = "the body is beyond the limit (http.body_limit_bytes); send less";
        Self::new(ProblemKind::BodyTooLarge, detail).in_field("body")
    }

    /// Returns the refusal of a body that did not come whole.
    pub(in crate::http) fn body_broken_off() -> Self {
        let detail = "the body ended early; send it again";
        Self::new(ProblemKind::BadRequest, detail).in_field("body")
    }

    /// What kind of problem it is.
    pub(in crate::http) fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// Names the field of the request that is wrong.
    #[must_use]
    pub fn in_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Arc::new(cause));
        self
    }

    /// A fault of the server: the reply says nothing of the cause, the log everything.
    pub fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::new(
            ProblemKind::Internal,
            "the server failed; try again, and name the request id when asking for help",
        )
        .because(cause)
    }

    /// Logs why a live stream ended, once there is no reply left to say it in.
    pub(in crate::http) fn log_ended_stream(&self) {
        let cause = self.cause.as_deref().map(|cause| chain(cause));
        tracing::error!(
            error = cause.as_deref().unwrap_or(&self.detail),
            "a live stream ended early"
        );
    }

    /// A path or identifier that leads nowhere.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            ProblemKind::NotFound,
            format!("there is no such {what}; check the address"),
        )
    }
}

impl ApiError {
    /// Says it on a page that has its own words for it.
    pub(in crate::http) fn on_page(&self, page: impl IntoResponse) -> Response {
        let mut response = (self.kind.status(), page).into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for ApiError {
    /// Leaves the body to `render_problems`, which knows the visitor's language and the request id.
    fn into_response(self) -> Response {
        let mut response = self.on_page(());
        response.extensions_mut().insert(self);
        response
    }
}

/// Header that names a request in replies and in the log.
pub(in crate::http) const REQUEST_ID: &str = "x-request-id";

/// Middleware: writes the body of every error in the visitor's language, and logs the server's own faults once.
pub(in crate::http) async fn render_problems(request: Request, next: Next) -> Response {
    let locale = visitor_locale(request.headers());
    let request_id = request_id(request.headers());
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<ApiError>() else {
        return response;
    };
    if let Some(cause) = &error.cause {
        tracing::error!(
            error = %chain(cause.as_ref()),
            request_id = request_id.as_deref().unwrap_or_default(),
            "request failed"
        );
    }
    let (name, title, status) = error.kind.described();
    let problem = Problem {
        kind: format!("urn:mondo:problem:{name}"),
        title,
        status: status.as_u16(),
        detail: error.detail,
        field: error.field,
        message: error.kind.said_in(locale),
        request_id,
    };
    let headers = response.headers().clone();
    let mut rendered = (status, headers, Json(problem)).into_response();
    let rendered_headers = rendered.headers_mut();
    // The reply without a body carried a length of zero.
    rendered_headers.remove(header::CONTENT_LENGTH);
    rendered_headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    rendered_headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
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

/// Writes an error with everything that led to it.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.to_string();
        // Many errors already quote their source.
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        source = cause.source();
    }
    text
}
