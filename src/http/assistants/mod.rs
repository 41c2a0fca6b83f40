//! The door for assistants: programs that talk with people and ask mondo for what they say, by OpenAI's chat protocol or the
//! Model Context Protocol. Whatever they ask is answered from the knowledge base, or by how to reach a person.

mod chat;
mod mcp;

mod asker;
mod reply;

use utoipa_axum::router::OpenApiRouter;

use super::edge::state::AppState;

pub use mcp::answer_mcp_line;

/// Documented routes that do a bounded piece of work.
pub(super) fn bounded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(chat::router())
        .merge(mcp::router())
}
