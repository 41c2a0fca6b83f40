//! A ticket opened by a plain form.

use std::str::FromStr;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use minijinja::context;
use serde::Deserialize;

use super::super::language::accepted_languages;
use super::super::problem::ApiError;
use super::super::state::AppState;
use super::frame::Frame;
use super::path::PageLocale;
use crate::conversation::{ConversationId, NewConversation};
use crate::desk::IdempotencyKey;
use crate::locale::filled;

/// What the form begins with.
#[derive(Debug, Deserialize)]
pub(super) struct Begin {
    #[serde(default)]
    about: String,
}

/// A matter for a person.
#[derive(Debug, Deserialize)]
pub(super) struct Letter {
    #[serde(default)]
    text: String,
    #[serde(default)]
    contact: String,
    /// Made with the form, so that sending it twice opens one ticket.
    key: String,
}

/// Shows the form.
pub(super) async fn form(
    State(app): State<AppState>,
    PageLocale(locale): PageLocale,
    Query(begin): Query<Begin>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, &headers, locale, "write");
    let key = ConversationId::generate(app.now()).to_string();
    let page = context! { text => begin.about, key };
    Ok(frame.render("help/write.html", page)?.into_response())
}

/// Opens a ticket and tells its number, or says what is missing.
pub(super) async fn write(
    State(app): State<AppState>,
    PageLocale(locale): PageLocale,
    headers: HeaderMap,
    Form(letter): Form<Letter>,
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, &headers, locale, "write");
    let help = &frame.words().help;
    let (text, contact) = (letter.text.trim(), letter.contact.trim());
    let fault = if text.is_empty() {
        Some(&help.write_empty)
    } else if !contact.contains('@') {
        Some(&help.contact_empty)
    } else {
        None
    };
    if let Some(fault) = fault {
        let page = context! { text, contact, fault, key => letter.key };
        return Ok((
            StatusCode::BAD_REQUEST,
            frame.render("help/write.html", page)?,
        )
            .into_response());
    }
    let now = app.now();
    let new = NewConversation {
        page: Some(locale),
        accept_language: accepted_languages(&headers),
    };
    let key = Some(IdempotencyKey::from_str(&letter.key)?);
    let conversation = app.desk().open_conversation(new, key.clone(), now).await?;
    let (text, contact) = (Some(text.to_owned()), Some(contact.to_owned()));
    let ticket = app
        .desk()
        .escalate(&conversation.id, text, contact, key, now)
        .await?;
    let written = filled(&help.written, &[("number", &ticket.number.to_string())]);
    Ok(frame
        .render("help/write.html", context! { written })?
        .into_response())
}
