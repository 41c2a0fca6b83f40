//! The door for staff, `/v1/staff`: the API of the console and of programs that work at the desk.
//!
//! Every handler names the permission it needs in its first line; a test drives each route with each role.

mod insights;
mod knowledge;
mod people;
mod programs;
mod work;

mod wire;

use utoipa_axum::router::OpenApiRouter;

use super::edge::state::AppState;

/// Routes that do a bounded piece of work.
pub(super) fn bounded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(people::router())
        .merge(work::bounded())
        .merge(knowledge::bounded())
        .merge(insights::router())
        .merge(programs::router())
}

/// Routes that last.
pub(super) fn unbounded() -> OpenApiRouter<AppState> {
    work::unbounded().merge(knowledge::unbounded())
}
