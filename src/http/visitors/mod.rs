//! The door for visitors: the widget, and programs that ask for them.

mod attachments;
mod channels;
mod conversations;
mod csat;
mod events;
mod knowledge;
mod notices;
mod official_channels;
mod ownership;
mod signs;
mod waiting;
mod welcome;

pub(super) mod widget;

use utoipa_axum::router::OpenApiRouter;

use super::edge::state::AppState;

/// Documented routes that do a bounded piece of work.
pub(super) fn bounded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(knowledge::router())
        .merge(channels::bounded())
        .merge(conversations::router())
        .merge(welcome::router())
        .merge(waiting::router())
        .merge(signs::router())
        .merge(csat::router())
        .merge(notices::bounded())
        .merge(ownership::router())
        .merge(official_channels::router())
}

/// Documented routes that last.
pub(super) fn unbounded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(events::router())
        .merge(channels::lasting())
        .merge(attachments::router())
        .merge(notices::unbounded())
}
