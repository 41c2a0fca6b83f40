//! A ticket opened by a plain form.

use std::str::FromStr;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use minijinja::context;
use serde::Deserialize;

use super::frame::Frame;
use super::path::PageLocale;
use crate::conversation::{NewConversation, Surface, is_reachable, phrase_hidden};
use crate::desk::{IdempotencyKey, MAX_CONTACT_CHARS, MAX_NOTE_CHARS};
use crate::http::edge::language::hints;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::ids::ConversationId;
use crate::locale::filled;
use crate::safety::redact::Hides;
use crate::safety::{Lines, Words};

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
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, locale, "write");
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
    let frame = Frame::new(&app, locale, "write");
    let help = &frame.words().help;
    let (text, contact) = (letter.text.trim(), letter.contact.trim());
    let fault = if text.is_empty() {
        Some(&help.write_empty)
    } else if !contact.contains('@') || !is_reachable(contact) {
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
    let browser = hints(&headers);
    let new = NewConversation {
        page: Some(locale),
        accept_language: browser.accept_language,
        elsewhere: browser.elsewhere,
        script: browser.script,
        surface: Some(Surface::Help),
    };
    let key = Some(IdempotencyKey::from_str(&letter.key)?);
    let conversation = app
        .visitors()
        .open_conversation(new, key.clone(), now)
        .await?;
    let text = Words::shortened(text, MAX_NOTE_CHARS, Lines::Kept, Hides::Everything);
    let contact = Words::shortened(
        contact,
        MAX_CONTACT_CHARS,
        Lines::Joined,
        Hides::AllButContacts,
    );
    let notice = text
        .as_ref()
        .and_then(|text| phrase_hidden(text.findings(), locale));
    let ticket = app
        .visitors()
        .escalate(&conversation.id, text, contact, key, now)
        .await?;
    let written = filled(&help.written, &[("number", &ticket.number.to_string())]);
    Ok(frame
        .render("help/write.html", context! { written, notice })?
        .into_response())
}
