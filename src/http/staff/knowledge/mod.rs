//! The articles as authors edit them, and what they learn from what agents send.

mod articles;
mod categories;
mod pictures;
mod proposals;

use utoipa_axum::router::OpenApiRouter;

use crate::http::edge::state::AppState;

/// Routes that do a bounded piece of work.
pub(super) fn bounded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(articles::router())
        .merge(categories::router())
        .merge(proposals::router())
}

/// Routes that last.
pub(super) fn unbounded() -> OpenApiRouter<AppState> {
    pictures::uploads()
}
