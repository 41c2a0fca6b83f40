//! Which trace a request belongs to, as whoever sent it says (W3C Trace Context); with the feature `otel`.

use axum::extract::Request;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Makes the span of a request part of the trace that it names, and calls it by method and route.
pub(in crate::http) fn join_trace(span: &Span, request: &Request, route: &str) {
    if span.is_disabled() {
        return;
    }
    let parent = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
    // Refused where traces are not sent, and then it does not matter.
    let _ = span.set_parent(parent);
    let method = request.method();
    span.record("otel.name", format!("{method} {route}"));
    span.record("otel.kind", "server");
    span.set_attribute("http.request.method", method.to_string());
    span.set_attribute("http.route", route.to_owned());
}

/// Notes how a request was answered.
pub(in crate::http) fn note_status(span: &Span, status: u16) {
    span.set_attribute("http.response.status_code", i64::from(status));
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}
