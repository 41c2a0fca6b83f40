//! `/mail/{token}`: whoever reads an address that a visitor left says that it is theirs. A link alone says nothing, for
//! programs follow links in mail.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use minijinja::{Value, context};

use super::frame::Frame;
use super::status::page::keep_private;
use crate::conversation::RefusedLink;
use crate::http::edge::language::visitor_locale;
use crate::http::edge::pages::assets;
use crate::http::edge::pages::templates::named;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::locale::words;

async fn ask(
    State(app): State<AppState>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let said = match app.visitors().read_contact_token(&token, app.now()) {
        Ok(_) => Said::Asks(token),
        Err(refused) => Said::Refused(refused),
    };
    show(&app, &headers, said)
}

async fn confirm(
    State(app): State<AppState>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let now = app.now();
    let said = match app.visitors().read_contact_token(&token, now) {
        Ok(link) => {
            app.visitors().confirm_contact(link, now).await?;
            Said::Thanks
        }
        Err(refused) => Said::Refused(refused),
    };
    show(&app, &headers, said)
}

/// What the page says.
enum Said {
    Asks(String),
    Thanks,
    Refused(RefusedLink),
}

fn show(app: &AppState, headers: &HeaderMap, said: Said) -> Result<Response, ApiError> {
    let locale = visitor_locale(headers);
    let say = &words(locale).contact;
    let (status, text, action) = match said {
        Said::Asks(token) => (StatusCode::OK, &say.asks, Some(format!("/mail/{token}"))),
        Said::Thanks => (StatusCode::OK, &say.thanks, None),
        Said::Refused(RefusedLink::Expired) => (StatusCode::GONE, &say.expired, None),
        Said::Refused(RefusedLink::Tampered) => (StatusCode::NOT_FOUND, &say.tampered, None),
    };
    let page = context! {
        text,
        action,
        switch => Vec::<Value>::new(),
        contact => named(say)?,
    };
    let page = Frame::new(app, locale, "").render("contact.html", page)?;
    Ok((status, page).into_response())
}

pub(in crate::http) fn router() -> Router<AppState> {
    Router::new()
        .route("/mail/{token}", get(ask).post(confirm))
        .layer(middleware::from_fn(assets::guard))
        .layer(middleware::from_fn(keep_private))
}
