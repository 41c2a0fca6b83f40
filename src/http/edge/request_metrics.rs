//! Counts and times every request, and shows the counts to Prometheus.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::state::AppState;
use crate::insights::gauges;

/// Middleware: counts and times every request.
pub(in crate::http) async fn measure(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    // The pattern of the route and not the path: paths are endless, and they hold the ids of conversations.
    let route = match request.extensions().get::<MatchedPath>() {
        Some(matched) if is_usual(request.method()) => {
            format!("{} {}", request.method(), matched.as_str())
        }
        _ => "other".to_owned(),
    };
    let started = Instant::now();
    let response = next.run(request).await;
    app.metrics()
        .replied(route, response.status().as_u16(), started.elapsed());
    response
}

fn is_usual(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::POST].contains(method)
}

/// `GET /metrics`.
pub(in crate::http) async fn scrape(State(app): State<AppState>) -> Response {
    let settings = app.settings();
    let in_flight = settings.max_in_flight.get() as usize - app.in_flight().available_permits();
    let streams = settings.max_streams.get() as usize - app.streams().available_permits();
    app.metrics()
        .measures(app.visitors().snapshot().knowledge().articles.len());
    match app.workplace().backlog().await {
        Ok(backlog) => app.metrics().waits(&backlog),
        // What this process counts itself is worth reading when the database is not there.
        Err(error) => tracing::warn!(%error, "what waits to be done could not be counted"),
    }
    // Days that are over are counted already, so this reads a few rows.
    let now = app.now();
    let (from, until) = (now.days_earlier(30).start_of_day(), now.days_earlier(1));
    match app.library().daily_outcomes(from, until, now).await {
        Ok(days) => app.metrics().stands(&gauges(&days, None, app.targets())),
        Err(error) => tracing::warn!(%error, "how the last days went could not be read"),
    }
    let performance = app.workplace().performance().await;
    let content_type = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    let text = app.metrics().render(in_flight, streams, &performance);
    (content_type, text).into_response()
}
