//! What keeps an installation in order: programs that work with it, mail that leaves, who did what, and what is kept of
//! visitors.

mod log;
mod mail;
mod privacy;
mod programs;
mod webhook;

use axum::Router;
use axum::routing::get;

use crate::http::edge::state::AppState;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/console/programs", get(programs::programs))
        .route("/console/programs/webhooks/{id}", get(webhook::webhook))
        .route("/console/mail", get(mail::mail))
        .route("/console/log", get(log::log))
        .route("/console/privacy", get(privacy::privacy))
}
