//! The articles as authors edit them, and what they learn from what agents send.

mod articles;
mod proposals;

use utoipa_axum::router::OpenApiRouter;

use crate::http::edge::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(articles::router())
        .merge(proposals::router())
}
