//! Search: a whole page of results, also without JavaScript.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::{Value, context};
use serde::Deserialize;

use super::frame::Frame;
use super::path::PageLocale;
use crate::http::edge::language::hints;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::knowledge::Readership;
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
    let frame = Frame::new(&app, locale, "search");
    let query = form.q.trim().to_owned();
    if query.is_empty() {
        return Ok(Redirect::to(&frame.link("")).into_response());
    }
    let hits = match Question::parse(&query) {
        Ok(question) => {
            let priors = Priors {
                page: Some(locale.language()),
                script: locale.written_chinese(),
                ..hints(&headers)
            };
            app.visitors()
                .search_and_count(question, priors, Readership::ANYBODY, HITS, app.now())
                .await?
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
