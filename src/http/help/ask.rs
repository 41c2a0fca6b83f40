//! A question asked by a plain form: the same pipeline, the same record.

use std::time::Instant;

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use minijinja::{Value, context};
use serde::Deserialize;

use super::super::language::accepted_languages;
use super::super::problem::{ApiError, ProblemKind};
use super::super::state::AppState;
use super::super::wire::AskResponse;
use super::frame::Frame;
use super::path::PageLocale;
use crate::desk::AskContext;
use crate::knowledge::ArticleId;
use crate::language::Priors;
use crate::pipeline::{InvalidQuestion, Question};

/// A question.
#[derive(Debug, Deserialize)]
pub(super) struct AskForm {
    #[serde(default)]
    text: String,
    /// The article whose page the form stands on.
    #[serde(default)]
    article: String,
}

/// Shows the form.
pub(super) async fn form(
    State(app): State<AppState>,
    PageLocale(locale): PageLocale,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, &headers, locale, "ask");
    Ok(frame.render("help/ask.html", context! {})?.into_response())
}

/// Answers, asks back, or offers a person.
pub(super) async fn ask(
    State(app): State<AppState>,
    PageLocale(locale): PageLocale,
    headers: HeaderMap,
    Form(form): Form<AskForm>,
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, &headers, locale, "ask");
    let asked = form.text.trim().to_owned();
    let question = match Question::parse(&asked) {
        Ok(question) => question,
        Err(error) => {
            let kind = match error {
                InvalidQuestion::Empty => ProblemKind::QuestionEmpty,
                InvalidQuestion::TooLong { .. } => ProblemKind::QuestionTooLong,
                InvalidQuestion::NoWords => ProblemKind::QuestionWithoutWords,
            };
            let page = context! { asked, fault => kind.said_in(locale) };
            return Ok((
                StatusCode::BAD_REQUEST,
                frame.render("help/ask.html", page)?,
            )
                .into_response());
        }
    };
    let context = AskContext {
        reading: (!form.article.is_empty()).then(|| ArticleId::new(form.article)),
        priors: Priors {
            conversation: None,
            page: Some(locale.language()),
            accept_language: accepted_languages(&headers),
        },
        forced: None,
    };
    let started = Instant::now();
    let reply = app.desk().ask(question, context, app.now()).await?;
    app.metrics().answered(&reply.reply, started);
    let reply = AskResponse::from(&reply);
    let options: Vec<Value> = reply
        .options
        .iter()
        .map(|option| context! { title => &option.title, link => frame.link(&option.article) })
        .collect();
    let answer = reply.answer.as_ref().map(|answer| {
        context! {
            title => &answer.title,
            text => &answer.text,
            label => answer.label.as_deref(),
            lang => answer.language.code(),
            link => frame.link(&answer.article),
        }
    });
    let page = context! {
        asked,
        answered => true,
        message => reply.message,
        lang => reply.language.code(),
        answer,
        options,
        offer_person => reply.offer_person || reply.decision != "answer",
    };
    Ok(frame.render("help/ask.html", page)?.into_response())
}
