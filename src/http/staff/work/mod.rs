//! The work of the desk: the queue, conversations, tickets, suggestions, surges.

mod attachments;
mod conversation;
mod conversations;
mod inbox;
mod macros;
mod news;
mod presence;
mod rules;
mod suggestions;
mod surges;
mod ticket_list;
mod tickets;

use utoipa_axum::router::OpenApiRouter;

use crate::http::edge::state::AppState;

/// Routes that do a bounded piece of work.
pub(super) fn bounded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(conversations::router())
        .merge(conversation::router())
        .merge(suggestions::router())
        .merge(presence::router())
        .merge(inbox::router())
        .merge(macros::router())
        .merge(rules::router())
        .merge(ticket_list::router())
        .merge(tickets::router())
        .merge(surges::router())
        .merge(attachments::bounded())
}

/// Routes that last.
pub(super) fn unbounded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(news::router())
        .merge(attachments::uploads())
}
