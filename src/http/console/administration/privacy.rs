//! What is kept of a visitor: handed out, destroyed, or kept against its time.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};

use crate::http::console::clocks::ago;
use crate::http::console::shell::AtDesk;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::staff::Permission;

/// The page.
pub(super) async fn privacy(
    State(app): State<AppState>,
    at_desk: AtDesk,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::ManagePrivacy)?;
    let preferences = at_desk.preferences();
    let agents = app.workplace().agents().await?;
    let now = app.now();
    let holds: Vec<Value> = app
        .workplace()
        .held_conversations()
        .await?
        .into_iter()
        .map(|held| {
            let agent = agents.iter().find(|agent| agent.id.to_string() == held.by);
            let by = agent.map_or_else(
                || preferences.word(&format!("actor_{}", held.by)),
                |agent| agent.name.clone(),
            );
            context! {
                conversation => held.conversation.to_string(),
                ticket => held.ticket.map(|number| number.to_string()),
                by,
                why => held.why,
                since => ago(preferences, held.since, now),
            }
        })
        .collect();
    at_desk.page("privacy.html", "/console/privacy", context! { holds })
}
