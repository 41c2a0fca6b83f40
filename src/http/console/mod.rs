//! The door for people at the desk, `/console`: the desk in a browser. Pages and pieces of pages are rendered here; acts go through `/v1/staff`.

mod shell;

mod pages;
mod pieces;
mod problems;
mod ticket;

mod work;

mod authors;
mod insights;
mod knowledge;
mod notices;
mod surge;

mod account;
mod administration;

mod clocks;
mod diff;
mod words;

use axum::routing::{get, post};
use axum::{Router, middleware};

use super::edge::pages::assets::guard;
use super::edge::state::AppState;

pub(super) fn router(app: &AppState) -> Router<AppState> {
    Router::new()
        .route("/console", get(pages::desk))
        .route("/console/sign-in", get(pages::sign_in))
        .route("/console/preferences", get(pages::prefer))
        .route("/console/queue", get(work::queue::queue))
        .route("/console/conversations/{id}", get(pieces::conversation))
        .route(
            "/console/conversations/{id}/suggestions",
            get(pieces::suggestions),
        )
        .route(
            "/console/conversations/{id}/presence",
            get(pieces::presence),
        )
        .route("/console/conversations/{id}/ticket", get(ticket::ticket))
        .route(
            "/console/conversations/{id}/glosses",
            get(work::glosses::glosses),
        )
        .route(
            "/console/conversations/{id}/visitor",
            get(work::visitor::visitor),
        )
        .route("/console/tickets", get(work::tickets::tickets))
        .route("/console/rules", get(work::rules::rules))
        .route("/console/macros", get(authors::macros))
        .route("/console/proposals", get(authors::proposals))
        .route("/console/knowledge", get(knowledge::articles::articles))
        .route(
            "/console/categories",
            get(knowledge::categories::categories),
        )
        .route(
            "/console/start",
            get(knowledge::start::start).post(knowledge::start::hear),
        )
        .route("/console/insights", get(insights::insights))
        .route("/console/insights/conversations", get(insights::behind))
        .route("/console/insights/{id}", get(insights::gap))
        .route("/console/contract", get(insights::contract))
        .route("/console/review", get(insights::review))
        .route("/console/review/next", get(insights::next_review))
        .route(
            "/console/new-article",
            get(knowledge::articles::new_article),
        )
        .route("/console/knowledge/{id}", get(knowledge::articles::article))
        .route(
            "/console/knowledge/{id}/wording/{language}",
            get(knowledge::articles::wording),
        )
        .route(
            "/console/knowledge/{id}/preview/{language}",
            post(knowledge::articles::preview),
        )
        .route(
            "/console/knowledge/{id}/checks/{file}",
            post(knowledge::articles::checks),
        )
        .route(
            "/console/knowledge/{id}/history/{file}",
            get(knowledge::articles::history),
        )
        .route(
            "/console/knowledge/{id}/trials/{language}",
            post(knowledge::trials::try_out),
        )
        .route("/console/surge", get(surge::surge))
        .route("/console/notices", get(surge::notices))
        .route("/console/people", get(pages::people))
        .route("/console/settings", get(account::settings::settings))
        .route(
            "/console/second-factor",
            post(account::settings::second_factor),
        )
        .merge(administration::router())
        .route("/console/worker.js", get(pages::worker))
        .route("/console/{*rest}", get(problems::missing))
        .route("/assets/console/{*path}", get(pages::asset))
        .route("/assets/widget/{*path}", get(pages::shared))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            problems::as_pages,
        ))
        .layer(middleware::from_fn(guard))
}
