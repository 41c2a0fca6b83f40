//! The door for readers: the page that asks, the help pages under `/help/{locale}/`, the status page of a ticket, and the
//! page that confirms an address; whole without JavaScript, in five locales, readable by search engines.
//!
//! Every page says honestly which language it is in. Asking and writing use the same desk as the API does.

mod frame;
mod missing;
mod path;

mod front_page;
mod home;

mod article;
mod search;

mod ask;
mod verify;
mod write;

mod sitemap;

pub(super) mod contact;
pub(super) mod status;

use axum::http::HeaderMap;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Router, middleware};

use super::edge::language::visitor_locale;
use super::edge::pages::address::code_of;
use super::edge::pages::{assets, etag, media};
use super::edge::state::AppState;
use path::PageLocale;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .merge(front_page::router())
        .merge(help_pages())
        .route("/help/media/{hash}/{name}", get(media::file))
        .layer(middleware::from_fn(assets::guard))
}

/// Leads to the help pages in the reader's own locale.
async fn nearest(headers: HeaderMap) -> Redirect {
    Redirect::temporary(&format!("/help/{}/", code_of(visitor_locale(&headers))))
}

fn help_pages() -> Router<AppState> {
    Router::new()
        .route("/help", get(nearest))
        .route("/help/", get(nearest))
        .route(
            "/help/{locale}",
            get(async |PageLocale(locale): PageLocale| {
                Redirect::permanent(&format!("/help/{}/", code_of(locale)))
            }),
        )
        .route("/help/{locale}/", get(home::home))
        .route("/help/{locale}/topic/{category}", get(home::category))
        .route("/help/{locale}/search", get(search::search))
        .route("/help/{locale}/ask", get(ask::form).post(ask::ask))
        .route("/help/{locale}/write", get(write::form).post(write::write))
        .route("/help/{locale}/{article}", get(article::article))
        .route("/help/{locale}/{article}/feedback", post(article::rate))
        .route("/verify", get(verify::nearest))
        .route(
            "/help/{locale}/verify",
            get(verify::verify).post(verify::verify_agent),
        )
        .route("/sitemap.xml", get(sitemap::sitemap))
        .route("/robots.txt", get(sitemap::robots))
        .layer(middleware::from_fn(etag::name_content))
}
