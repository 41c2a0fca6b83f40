//! The page that asks, and its files.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{Html, Response};
use axum::routing::get;
use minijinja::context;
use rust_embed::RustEmbed;

use super::frame::Frame;
use crate::http::edge::language::visitor_locale;
use crate::http::edge::pages::assets::serve;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;

/// Files a browser fetches.
#[derive(RustEmbed)]
#[folder = "web/assets/"]
struct Assets;

/// The page that asks.
async fn page(State(app): State<AppState>, headers: HeaderMap) -> Result<Html<String>, ApiError> {
    let is_empty = app.visitors().snapshot().knowledge().articles.is_empty();
    Frame::new(&app, visitor_locale(&headers), "").render("page.html", context! { is_empty })
}

/// A file of a page, with its hash as ETag.
async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    serve(Assets::get(&path), &path, &headers)
}

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(page))
        .route("/assets/{file}", get(asset))
}
