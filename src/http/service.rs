//! What operators and their tools ask: is it alive, is it ready, which version is it.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::edge::problem::{ApiError, Problem, ProblemKind};
use super::edge::state::AppState;
use crate::desk::DeskError;
use crate::store::StoreError;

/// Tells that the process answers.
#[utoipa::path(get, path = "/healthz", tag = "service", responses((status = 200, description = "The process answers", body = String)))]
async fn healthz() -> &'static str {
    "ok\n"
}

/// Tells that questions can be answered and kept.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "service",
    responses(
        (status = 200, description = "Questions can be answered and kept; `knowledge` and the revision that is served follow on a line of their own", body = String),
        (status = "5XX", description = "The store does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn readyz(State(app): State<AppState>) -> Result<String, ApiError> {
    if let Err(error) = app.visitors().check().await {
        let why = match &error {
            DeskError::Store(StoreError::DiskFull(_)) => "its disk is full or cannot be written",
            DeskError::Store(StoreError::ReadOnly(_)) => "its database cannot be written",
            DeskError::Store(StoreError::FileGone { .. }) => "its database file has gone",
            DeskError::Store(StoreError::Locked(_)) => "another program has locked its database",
            _ => "its database does not answer",
        };
        let told = format!("nothing new is kept: {why}; the log says more");
        return Err(ApiError::new(ProblemKind::Unavailable, told).because(error));
    }
    let snapshot = app.visitors().snapshot();
    Ok(format!("ready\nknowledge {}\n", snapshot.revision()))
}

/// What is running.
#[derive(Debug, Serialize, ToSchema)]
struct VersionResponse {
    /// Always `mondo`.
    name: &'static str,
    /// Version of the program.
    version: &'static str,
    /// Fingerprint of the knowledge being served.
    knowledge: String,
    /// Number of articles being served.
    articles: usize,
    /// The sentence encoders that have read it.
    encoder: String,
}

/// Tells what is running, on the listener of operators.
#[utoipa::path(get, path = "/version", tag = "service", responses((status = 200, description = "What is running", body = VersionResponse)))]
async fn version(State(app): State<AppState>) -> Json<VersionResponse> {
    let snapshot = app.visitors().snapshot();
    let knowledge = snapshot.knowledge();
    Json(VersionResponse {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        knowledge: knowledge.revision.to_string(),
        articles: knowledge.articles.len(),
        encoder: snapshot.encoder_identity(),
    })
}

/// What whoever watches over the server from outside asks.
pub(super) fn for_everybody() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
}

/// What says more than strangers need to know; served where `http.operations` names.
pub(super) fn for_operators() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(version))
}
