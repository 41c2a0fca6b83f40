//! Other programs: what they are told, and what they tell us.

mod deliveries;
mod hooks;
mod messenger_body;
mod sources;
mod surge_hook;
mod webhooks;

use utoipa_axum::router::OpenApiRouter;

use crate::http::edge::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(surge_hook::router())
        .merge(hooks::router())
        .merge(webhooks::router())
        .merge(deliveries::router())
        .merge(sources::router())
}
