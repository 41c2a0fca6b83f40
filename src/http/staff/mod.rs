//! `/v1/staff`: the API of the console and of programs that work at the desk.
//!
//! Every handler names the permission it needs in its first line; a test drives each route with each role.

mod guard;

mod accounts;
mod attachments;
mod conversations;
mod keys;
mod knowledge;
mod log;
mod news;
mod own_account;
mod presence;
mod proposals;
mod session;
mod standing;
mod suggestions;
mod surges;
mod tickets;

mod deliveries;
mod sources;
mod webhooks;

mod badge;

mod wire;

use utoipa_axum::router::OpenApiRouter;

use super::state::AppState;

pub(super) use guard::Staff;
pub(super) use knowledge::{DraftBody, file_from};

/// Routes that do a bounded piece of work.
pub(super) fn bounded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(session::router())
        .merge(conversations::router())
        .merge(standing::router())
        .merge(accounts::router())
        .merge(keys::router())
        .merge(log::router())
        .merge(suggestions::router())
        .merge(proposals::router())
        .merge(knowledge::router())
        .merge(own_account::router())
        .merge(presence::router())
        .merge(tickets::router())
        .merge(badge::router())
        .merge(surges::router())
        .merge(attachments::bounded())
        .merge(webhooks::router())
        .merge(deliveries::router())
        .merge(sources::router())
}

/// Routes that last.
pub(super) fn unbounded() -> OpenApiRouter<AppState> {
    news::router().merge(attachments::uploads())
}
