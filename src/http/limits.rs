//! Bounds on the work in flight and on the time a request may take.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::OwnedSemaphorePermit;

use super::problem::{ApiError, ProblemKind};
use super::state::AppState;

/// Middleware: works on a bounded number of requests, refuses the rest at once, and gives up on slow ones.
pub(super) async fn bound(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let Ok(_place) = app.in_flight().try_acquire() else {
        return busy("requests", "http.max_in_flight").into_response();
    };
    let limit = app.settings().request_timeout();
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(
            ProblemKind::TimedOut,
            format!(
                "the request took longer than {} ms (http.request_timeout_ms); repeat it with the same Idempotency-Key",
                limit.as_millis()
            ),
        )
        .into_response(),
    }
}

/// Takes a place among the live streams, held until it is dropped, or refuses when all are taken.
pub(super) fn take_stream_place(app: &AppState) -> Result<OwnedSemaphorePermit, ApiError> {
    Arc::clone(app.streams())
        .try_acquire_owned()
        .map_err(|_| busy("live streams", "http.max_streams"))
}

fn busy(what: &str, setting: &str) -> ApiError {
    ApiError::new(
        ProblemKind::Busy,
        format!(
            "the server has as many {what} as it takes on at once ({setting}); try again after the time in Retry-After"
        ),
    )
}
