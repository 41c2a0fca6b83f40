//! The first page, with every category, and the page of one category.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use minijinja::{Value, context};

use super::frame::{Frame, faq_data};
use super::missing::missing;
use super::path::PageLocale;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::knowledge::{Article, KnowledgeBase, Readership};
use crate::language::Language;
use crate::locale::{Locale, filled};

/// Articles of a category shown on the first page.
const SHOWN_PER_CATEGORY: usize = 4;

/// Shows every category with its first articles.
pub(super) async fn home(
    State(app): State<AppState>,
    PageLocale(locale): PageLocale,
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, locale, "");
    let snapshot = app.visitors().snapshot();
    let knowledge = snapshot.knowledge();
    let day = app.now().day();
    let mut shelves: Vec<(u32, &str, Vec<&Article>)> = by_category(knowledge, &day)
        .into_iter()
        .map(|(name, articles)| (place_of(knowledge, name), name, articles))
        .collect();
    shelves.sort_by_key(|(place, name, _)| (*place, *name));
    let categories: Vec<Value> = shelves
        .iter()
        .map(|(_, name, articles)| {
            let count = articles.len().to_string();
            context! {
                title => title_of(knowledge, name, locale),
                link => frame.link(&format!("topic/{name}")),
                count => filled(&frame.words().help.category_count, &[("count", &count)]),
                articles => entries(&frame, &articles[..articles.len().min(SHOWN_PER_CATEGORY)]),
            }
        })
        .collect();
    Ok(frame
        .render("help/home.html", context! { categories })?
        .into_response())
}

/// Lists the articles of one category.
pub(super) async fn category(
    State(app): State<AppState>,
    PageLocale(locale): PageLocale,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, locale, &format!("topic/{name}"));
    let snapshot = app.visitors().snapshot();
    let knowledge = snapshot.knowledge();
    let day = app.now().day();
    let Some(articles) = by_category(knowledge, &day).remove(name.as_str()) else {
        return missing(&frame);
    };
    let language = locale.language();
    let questions: Vec<(&str, &str)> = articles
        .iter()
        .filter_map(|article| {
            let wording = article.translations.get(&language)?;
            Some(article.written(wording, locale.script()))
        })
        .map(|wording| (wording.title.as_str(), wording.summary.as_str()))
        .collect();
    let page = context! {
        title => title_of(knowledge, &name, locale),
        articles => entries(&frame, &articles),
        data => faq_data(&questions),
    };
    Ok(frame.render("help/category.html", page)?.into_response())
}

/// Articles that anybody may read on a day, by category.
pub(super) fn by_category<'a>(
    knowledge: &'a KnowledgeBase,
    day: &str,
) -> BTreeMap<&'a str, Vec<&'a Article>> {
    let mut found: BTreeMap<&str, Vec<&Article>> = BTreeMap::new();
    for article in &knowledge.articles {
        if article.may_be_given(day, Readership::anybody()) {
            found.entry(&article.category).or_default().push(article);
        }
    }
    found
}

/// Names a category in the language of a locale, else in English, else by its folder.
pub(super) fn title_of(knowledge: &KnowledgeBase, name: &str, locale: Locale) -> String {
    let titles = knowledge.categories.get(name).map(|known| &known.titles);
    titles
        .and_then(|titles| {
            let own = titles.get(&locale.language());
            own.map(|title| locale.script().written(title).into_owned())
                .or_else(|| titles.get(&Language::English).cloned())
        })
        .unwrap_or_else(|| name.replace(['-', '_'], " "))
}

fn place_of(knowledge: &KnowledgeBase, name: &str) -> u32 {
    knowledge
        .categories
        .get(name)
        .map_or(u32::MAX, |category| category.place)
}

/// Articles as lines of a list; one in another language says so.
fn entries(frame: &Frame, articles: &[&Article]) -> Vec<Value> {
    articles
        .iter()
        .filter_map(|article| {
            let language = frame.locale.language();
            let wording = article.wording_in(language, frame.fallback, frame.locale.script())?;
            let elsewhere = wording.language != frame.locale.language();
            Some(context! {
                title => &wording.title,
                summary => &wording.summary,
                lang => elsewhere.then(|| wording.language.code()),
                language => elsewhere.then(|| wording.language.endonym()),
                link => frame.link(article.id.as_str()),
            })
        })
        .collect()
}
