//! A question asked by a plain form: the same pipeline, the same record.

use std::time::Instant;

use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use minijinja::{Value, context};
use serde::Deserialize;

use super::frame::Frame;
use super::path::PageLocale;
use crate::desk::AskContext;
use crate::http::edge::language::hints;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::answer::{AnswerBody, AskResponse, PassageBody};
use crate::knowledge::{ArticleId, Readership, encoded};
use crate::language::Priors;
use crate::pipeline::{InvalidQuestion, asked_words};

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
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, locale, "ask");
    Ok(frame.render("help/ask.html", context! {})?.into_response())
}

/// Answers, asks back, or offers a person.
pub(super) async fn ask(
    State(app): State<AppState>,
    PageLocale(locale): PageLocale,
    headers: HeaderMap,
    Form(form): Form<AskForm>,
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, locale, "ask");
    let asked = form.text.trim().to_owned();
    let words = match asked_words(&asked) {
        Ok(words) => words,
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
    // From here on without what was hidden, so that no address leads on with it.
    let asked = words.as_str().to_owned();
    let context = AskContext {
        question: None,
        contact: None,
        page: None,
        reading: (!form.article.is_empty()).then(|| ArticleId::new(form.article)),
        priors: Priors {
            page: Some(locale.language()),
            script: locale.written_chinese(),
            ..hints(&headers)
        },
        forced: None,
        readership: Readership::ANYBODY,
    };
    let started = Instant::now();
    let reply = app.visitors().ask(words, context, app.now()).await?;
    app.metrics().answered(&reply.reply, started);
    let reply = AskResponse::from(reply);
    let options: Vec<Value> = reply
        .options
        .iter()
        .map(|option| context! { title => &option.title, link => frame.link(&option.article) })
        .collect();
    let answer = reply.answer.as_ref().map(|answer| {
        context! {
            title => &answer.title,
            text => &answer.text,
            heading => answer.passage.as_ref().and_then(|passage| passage.heading.as_deref()),
            // Sanitised where it was made from Markdown.
            passage => answer.passage.as_ref().map(|passage| Value::from_safe_string(passage.html.clone())),
            also => also_on(&frame, answer),
            label => answer.label.as_deref(),
            lang => answer.language.code(),
            link => at_section(&frame, answer, answer.passage.as_ref()),
        }
    });
    let page = context! {
        asked,
        notice => reply.notice,
        answered => true,
        message => reply.message,
        lang => reply.language.code(),
        answer,
        options,
        offer_person => reply.offer_person || !matches!(reply.decision, "answer" | "small_talk"),
    };
    Ok(frame.render("help/ask.html", page)?.into_response())
}

/// The page of the article, at the section of a passage.
fn at_section(frame: &Frame, answer: &AnswerBody, passage: Option<&PassageBody>) -> String {
    let page = frame.link(&answer.article);
    match passage.and_then(|passage| passage.anchor.as_ref()) {
        Some(anchor) => format!("{page}#{}", encoded(anchor)),
        None => page,
    }
}

/// Other sections of the article that may be meant.
fn also_on(frame: &Frame, answer: &AnswerBody) -> Vec<Value> {
    answer
        .also
        .iter()
        .map(|passage| {
            let title = passage.heading.as_ref().unwrap_or(&answer.title);
            context! { title, link => at_section(frame, answer, Some(passage)) }
        })
        .collect()
}
