//! Search: a whole page of results, also without JavaScript.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::{Value, context};
use serde::Deserialize;

use super::super::language::accepted_languages;
use super::super::problem::ApiError;
use super::super::state::AppState;
use super::frame::Frame;
use super::path::PageLocale;
use crate::language::Priors;
use crate::locale::filled;
use crate::pipeline::Question;

const HITS: usize = 20;

/// What to search for.
#[derive(Debug, Deserialize)]
pub(super) struct SearchForm {
    #[serde(default)]
    q: String,
}

/// Lists articles, best first.
pub(super) async fn search(
    State(app): State<AppState>,
    PageLocale(locale): PageLocale,
    Query(form): Query<SearchForm>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, &headers, locale, "search");
    let query = form.q.trim().to_owned();
    if query.is_empty() {
        return Ok(Redirect::to(&frame.link("")).into_response());
    }
    let hits = match Question::parse(&query) {
        Ok(question) => {
            let priors = Priors {
                conversation: None,
                page: Some(locale.language()),
                accept_language: accepted_languages(&headers),
            };
            let engine = app.desk().engine().clone();
            let day = app.now().day();
            tokio::task::spawn_blocking(move || engine.search(&question, &priors, &day, HITS))
                .await
                .map_err(ApiError::internal)??
        }
        // Words that cannot be searched for find nothing.
        Err(_) => Vec::new(),
    };
    let hits: Vec<Value> = hits
        .into_iter()
        .map(|hit| {
            let elsewhere = hit.language != locale.language();
            context! {
                title => hit.title,
                summary => hit.summary,
                lang => hit.language.code(),
                language => elsewhere.then(|| hit.language.endonym()),
                link => frame.link(hit.article.as_str()),
            }
        })
        .collect();
    let help = &frame.words().help;
    let sentence = if hits.is_empty() {
        &help.no_results
    } else {
        &help.results_for
    };
    let heading = filled(sentence, &[("query", &query)]);
    let page = context! { query, heading, hits };
    Ok(frame.render("help/search.html", page)?.into_response())
}
