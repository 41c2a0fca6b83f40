//! The door for those who run mondo: the handbook, from Markdown that is part of the binary. In English alone, for it tells
//! of commands and settings, and the same for everybody: it knows nothing of this installation.

mod pages;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Router, middleware};
use minijinja::{Value, context};

use super::edge::pages::templates::render;
use super::edge::pages::{assets, etag};
use super::edge::problem::ApiError;
use super::edge::state::AppState;
use pages::{BOOK, Page};

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/handbook", get(first))
        .route("/handbook/", get(async || Redirect::permanent("/handbook")))
        .route("/handbook/{page}", get(page))
        .layer(middleware::from_fn(etag::name_content))
        .layer(middleware::from_fn(assets::guard))
}

/// Shows the page that the others are found from.
async fn first() -> Result<Html<String>, ApiError> {
    shown(BOOK.first())
}

/// Shows a page; one that there is none of leads to the first.
async fn page(Path(name): Path<String>) -> Result<Response, ApiError> {
    match BOOK.page(&name) {
        Some(page) => Ok(shown(page)?.into_response()),
        None => Ok((StatusCode::NOT_FOUND, shown(BOOK.first())?).into_response()),
    }
}

fn shown(page: &Page) -> Result<Html<String>, ApiError> {
    let pages: Vec<Value> = BOOK
        .pages()
        .map(|other| {
            context! {
                title => &other.title,
                link => other.address(),
                here => other.name == page.name,
            }
        })
        .collect();
    let places: Vec<Value> = page
        .places
        .iter()
        .map(|place| context! { name => &place.name, title => Value::from_safe_string(place.title.clone()) })
        .collect();
    render(
        "handbook.html",
        context! {
            title => &page.title,
            // Sanitised where it was made from Markdown.
            body => Value::from_safe_string(page.html.clone()),
            pages,
            places,
        },
    )
}
