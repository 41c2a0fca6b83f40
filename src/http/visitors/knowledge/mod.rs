//! One question, one answer, and articles for people who look for themselves.

mod articles;
mod ask;

use utoipa_axum::router::OpenApiRouter;

use crate::http::edge::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(ask::router())
        .merge(articles::router())
}
