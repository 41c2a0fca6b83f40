//! Names every request, in the log and to the caller.

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use tracing::field::Empty;
use uuid::Uuid;

#[cfg(feature = "otel")]
use super::client::trace_parent;
use super::problem::REQUEST_ID;

/// Longest name taken over from a caller or a proxy.
const LONGEST_ID: usize = 64;

/// Middleware: keeps a caller's request id or makes one, and opens the span that log lines of the request carry.
pub(in crate::http) async fn name_request(mut request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(REQUEST_ID)
        .filter(|value| value.len() <= LONGEST_ID && value.to_str().is_ok())
        .cloned();
    let id = given.unwrap_or_else(fresh_id);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    // The pattern of the route and not the path: ids of conversations open them.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", MatchedPath::as_str);
    let span = tracing::debug_span!(
        "request",
        method = %request.method(),
        route,
        id = id.to_str().unwrap_or_default(),
        // What a collector of traces is told beside these.
        otel.name = Empty,
        otel.kind = Empty,
        otel.status_code = Empty,
    );
    #[cfg(feature = "otel")]
    trace_parent::join_trace(&span, &request, route);
    #[cfg(feature = "otel")]
    let traced = span.clone();
    let mut response = async {
        let response = next.run(request).await;
        tracing::debug!(status = response.status().as_u16(), "replied");
        response
    }
    .instrument(span)
    .await;
    #[cfg(feature = "otel")]
    trace_parent::note_status(&traced, response.status().as_u16());
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

fn fresh_id() -> HeaderValue {
    HeaderValue::from_str(&Uuid::now_v7().hyphenated().to_string())
        .expect("a UUID is visible ASCII")
}
