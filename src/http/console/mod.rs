//! `/console`: the desk in a browser. Pages and pieces of pages are rendered here; acts go through `/v1/staff`.

mod pages;
mod pieces;
mod words;

use axum::routing::get;
use axum::{Router, middleware};

use super::pages::guard;
use super::state::AppState;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/console", get(pages::desk))
        .route("/console/sign-in", get(pages::sign_in))
        .route("/console/people", get(pages::people))
        .route("/console/preferences", get(pages::prefer))
        .route("/console/queue", get(pieces::queue))
        .route("/console/conversations/{id}", get(pieces::conversation))
        .route(
            "/console/conversations/{id}/suggestions",
            get(pieces::suggestions),
        )
        .route("/assets/console/{*path}", get(pages::asset))
        .layer(middleware::from_fn(guard))
}
