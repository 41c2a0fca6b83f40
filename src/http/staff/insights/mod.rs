//! What visitors get no good answer on, what authors do about it, and how the days went.

mod acts;
mod contract;
mod conversations;
mod edits;
mod gaps;
mod outcomes;
mod parts;
mod report;
mod review;
mod searches;

use utoipa_axum::router::OpenApiRouter;

use crate::http::edge::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(gaps::router())
        .merge(acts::router())
        .merge(outcomes::router())
        .merge(report::router())
        .merge(review::router())
        .merge(contract::router())
        .merge(searches::router())
        .merge(conversations::router())
        .merge(parts::router())
        .merge(edits::router())
}
