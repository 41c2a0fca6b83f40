//! Bounds on the work in flight and on the time a request may take.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::OwnedSemaphorePermit;

use super::client::clients::{Client, ClientPlaces};
use super::problem::{ApiError, ProblemKind};
use super::state::AppState;

/// Middleware: works on a bounded number of requests, refuses the rest at once, and gives up on slow ones.
///
/// Visitors and staff are counted apart, so that neither can crowd the other out. The body is read before a place is
/// taken: whoever sends it slowly keeps nobody else waiting, only a connection and at most `http.body_limit_bytes`.
pub(in crate::http) async fn bound(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let limit = app.settings().request_timeout();
    let request = match tokio::time::timeout(limit, with_whole_body(&app, request)).await {
        Ok(Ok(request)) => request,
        Ok(Err(refused)) => return refused.into_response(),
        Err(_) => return too_slow(limit).into_response(),
    };
    let places = match is_for_staff(request.uri().path()) {
        true => app.staff_in_flight(),
        false => app.in_flight(),
    };
    let Ok(_place) = places.try_acquire() else {
        return busy("requests", "http.max_in_flight").into_response();
    };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => too_slow(limit).into_response(),
    }
}

/// Tells whether a path belongs to the desk, sign-in included.
fn is_for_staff(path: &str) -> bool {
    ["/v1/staff", "/console"].iter().any(|prefix| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

async fn with_whole_body(app: &AppState, request: Request) -> Result<Request, ApiError> {
    let most = app.settings().body_limit_bytes.get();
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, most).await.map_err(|error| {
        let is_too_long = error
            .into_inner()
            .downcast_ref::<http_body_util::LengthLimitError>()
            .is_some();
        match is_too_long {
            true => ApiError::body_too_large(),
            false => ApiError::body_broken_off(),
        }
    })?;
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn too_slow(limit: Duration) -> ApiError {
    ApiError::new(
        ProblemKind::TimedOut,
        format!(
            "the request took longer than {} ms (http.request_timeout_ms); repeat it with the same Idempotency-Key",
            limit.as_millis()
        ),
    )
}

/// A place among the live streams, held until it is dropped.
pub(in crate::http) struct StreamPlace {
    _of_all: OwnedSemaphorePermit,
    _of_clients: ClientPlaces,
}

/// Takes a place among the live streams, or refuses when all are taken or when these clients have theirs.
pub(in crate::http) fn take_stream_place(
    app: &AppState,
    clients: &[Client],
) -> Result<StreamPlace, ApiError> {
    let of_clients = app.clients().take_stream_places(clients)?;
    let of_all = Arc::clone(app.streams())
        .try_acquire_owned()
        .map_err(|_| busy("live streams", "http.max_streams"))?;
    Ok(StreamPlace {
        _of_all: of_all,
        _of_clients: of_clients,
    })
}

fn busy(what: &str, setting: &str) -> ApiError {
    ApiError::new(
        ProblemKind::Busy,
        format!(
            "the server has as many {what} as it takes on at once ({setting}); try again after the time in Retry-After"
        ),
    )
}
