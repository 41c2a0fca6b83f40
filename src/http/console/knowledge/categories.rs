//! The categories: what they are called in each language, and their order.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};

use crate::http::console::shell::AtDesk;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::language::Language;
use crate::locale::Locale;
use crate::staff::Permission;

/// Every category that has an article.
pub(in crate::http::console) async fn categories(
    State(app): State<AppState>,
    at_desk: AtDesk,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::WriteKnowledge)?;
    let lines = app.library().categories().await?;
    let categories: Vec<Value> = lines
        .iter()
        .map(|line| {
            let titles: Vec<Value> = Language::ALL
                .into_iter()
                .map(|language| {
                    context! {
                        language => language.code(),
                        name => Locale::of(language).endonym(),
                        title => line.titles.get(&language),
                    }
                })
                .collect();
            context! {
                code => &line.code,
                articles => line.articles,
                place => line.place,
                hash => &line.hash,
                titles,
            }
        })
        .collect();
    at_desk.page(
        "categories.html",
        "/console/knowledge",
        context! { categories },
    )
}
