//! The one error type of every handler.

use std::error::Error;
use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::kind::ProblemKind;
use super::work_challenge::WorkChallenge;

/// Why a request was refused or failed.
#[derive(Debug, Clone)]
pub struct ApiError {
    kind: ProblemKind,
    pub(super) detail: String,
    pub(super) field: Option<String>,
    pub(super) challenge: Option<Box<WorkChallenge>>,
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
            challenge: None,
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

    /// Returns the refusal of what is served to whoever solves the puzzle first.
    pub(in crate::http) fn work_needed(challenge: WorkChallenge) -> Self {
        let detail = "more is asked for than is served without work (http.limits.proof_of_work); solve `challenge` and send the solution in the header Mondo-Proof, or use a key";
        Self {
            challenge: Some(Box::new(challenge)),
            ..Self::new(ProblemKind::WorkNeeded, detail)
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

    /// Returns the refusal of a body that is not JSON by its own account.
    pub(in crate::http) fn not_json() -> Self {
        let detail = "send the body as JSON, with the header content-type: application/json";
        Self::new(ProblemKind::UnsupportedMediaType, detail)
    }

    /// What kind of problem it is.
    pub(in crate::http) fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// Says to a program what is wrong and what to do about it, with the seconds to wait where it may try again.
    pub(in crate::http) fn said_to_program(&self) -> String {
        match self.retry_after_seconds {
            Some(seconds) => format!("{} (Retry-After: {seconds} s)", self.detail),
            None => self.detail.clone(),
        }
    }

    /// Logs the cause, where there is one that the reply says nothing of.
    pub(in crate::http) fn log_cause(&self, request_id: &str) {
        if let Some(cause) = &self.cause {
            tracing::error!(error = %chain(cause.as_ref()), request_id, "request failed");
        }
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
