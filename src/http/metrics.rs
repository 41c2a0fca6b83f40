//! Counts and times for Prometheus, with labels from small fixed sets only.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

use super::state::AppState;
use crate::conversation::BotReply;

const REQUESTS: &str = "mondo_requests_total";
const REQUEST_SECONDS: &str = "mondo_request_seconds";
const ANSWER_SECONDS: &str = "mondo_answer_seconds";
const DECISIONS: &str = "mondo_decisions_total";
const IN_FLIGHT: &str = "mondo_in_flight";
const STREAMS: &str = "mondo_streams";

/// Upper bounds in seconds, around the aims: a median under a millisecond, p99 under five.
const BUCKETS: [f64; 14] = [
    0.000_25, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// What is counted by one server; not global, so that servers in one process do not mix.
pub(super) struct Metrics {
    recorder: PrometheusRecorder,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
            .expect("the buckets are not empty")
            .build_recorder();
        metrics::with_local_recorder(&recorder, || {
            describe_counter!(REQUESTS, "Requests answered, by route and status.");
            describe_histogram!(REQUEST_SECONDS, "Time from request to reply, by route.");
            describe_histogram!(ANSWER_SECONDS, "Time from question to recorded answer.");
            describe_counter!(DECISIONS, "Decisions of the bot, by kind and language.");
            describe_gauge!(IN_FLIGHT, "Requests being worked on.");
            describe_gauge!(STREAMS, "Conversations followed live.");
        });
        Self { recorder }
    }

    /// Counts a decision and the time it took.
    pub(super) fn answered(&self, reply: &BotReply, since: Instant) {
        let (decision, language) = (reply.decision.code(), reply.language.code());
        metrics::with_local_recorder(&self.recorder, || {
            counter!(DECISIONS, "decision" => decision, "language" => language).increment(1);
            histogram!(ANSWER_SECONDS).record(since.elapsed());
        });
    }

    /// Empties the buffers of histograms, which otherwise grow until the next scrape.
    pub(super) fn upkeep(&self) {
        self.recorder.handle().run_upkeep();
    }

    fn replied(&self, route: String, status: u16, took: Duration) {
        metrics::with_local_recorder(&self.recorder, || {
            counter!(REQUESTS, "route" => route.clone(), "status" => status.to_string())
                .increment(1);
            histogram!(REQUEST_SECONDS, "route" => route).record(took);
        });
    }
}

/// Middleware: counts and times every request.
pub(super) async fn measure(State(app): State<AppState>, request: Request, next: Next) -> Response {
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
pub(super) async fn scrape(State(app): State<AppState>) -> Response {
    let settings = app.settings();
    let in_flight = settings.max_in_flight.get() - app.in_flight().available_permits();
    let streams = settings.max_streams.get() - app.streams().available_permits();
    let metrics = app.metrics();
    metrics::with_local_recorder(&metrics.recorder, || {
        gauge!(IN_FLIGHT).set(in_flight as f64);
        gauge!(STREAMS).set(streams as f64);
    });
    let content_type = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (content_type, metrics.recorder.handle().render()).into_response()
}
