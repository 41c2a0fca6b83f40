//! `GET /v1/welcome`: what a visitor is told before asking.

use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::{ApiQuery, Hints};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::answer::OptionBody;
use crate::http::wire::form::text::ArticleName;
use crate::http::wire::locale::{Locale, TagText};
use crate::knowledge::{Article, ArticleId, KnowledgeBase, Readership};
use crate::language::Language;

/// Most questions offered.
const MAX_STARTERS: usize = 4;

/// Where the visitor is.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WelcomeQuery {
    /// Locale of the page, such as `ja`.
    #[serde(default)]
    #[param(inline, value_type = Option<TagText>, example = "ja")]
    lang: Locale,
    /// The article the visitor is reading, if any; what is often needed next comes first.
    #[serde(default)]
    #[param(inline)]
    article: ArticleName,
}

/// What a visitor is told before asking.
#[derive(Debug, Serialize, ToSchema)]
struct WelcomeResponse {
    /// Name of the company.
    #[schema(example = "Kumora")]
    name: String,
    /// Questions many have, in the visitor's language.
    starters: Vec<OptionBody>,
}

/// Tells a visitor where they are and what others ask.
#[utoipa::path(
    get,
    path = "/v1/welcome",
    tag = "conversations",
    params(WelcomeQuery),
    responses(
        (status = 200, description = "Name and questions", body = WelcomeResponse),
        ApiError,
    )
)]
async fn welcome(
    State(app): State<AppState>,
    Hints(browser): Hints,
    ApiQuery(query): ApiQuery<WelcomeQuery>,
) -> Result<Json<WelcomeResponse>, ApiError> {
    let hints = query.lang.added_to(browser);
    let language = hints
        .page
        .or(hints.accept_language.first().copied())
        .unwrap_or(Language::English);
    let script = hints.script.unwrap_or_default();
    let snapshot = app.visitors().snapshot();
    let knowledge = snapshot.knowledge();
    let day = app.now().day();
    let readership = Readership::ANYBODY;
    let site = &app.settings().site;
    let reading = knowledge.article(&ArticleId::new(&*query.article));
    let next = reading.map_or(&[][..], |article| &article.follow_ups);
    // Where nobody has chosen any, one article of each of the first categories says what can be asked.
    let chosen = site.starters.iter().map(|id| ArticleId::new(id.as_str()));
    let usual: Vec<ArticleId> = match site.starters.is_empty() {
        true => first_of_categories(knowledge),
        false => chosen.collect(),
    };
    let mut offered: Vec<&Article> = Vec::new();
    for id in next.iter().cloned().chain(usual) {
        let article = knowledge
            .article(&id)
            .filter(|article| article.may_be_given(&day, &readership));
        if let Some(article) = article
            && offered.iter().all(|other| other.id != article.id)
        {
            offered.push(article);
        }
    }
    let starters = offered
        .into_iter()
        .filter_map(|article| {
            // An offer in a language the visitor does not read is none.
            let wording = article.written(article.translations.get(&language)?, script);
            Some(OptionBody {
                article: article.id.to_string(),
                title: wording.title.clone(),
            })
        })
        .take(MAX_STARTERS)
        .collect();
    Ok(Json(WelcomeResponse {
        name: site.name.clone(),
        starters,
    }))
}

/// One article of each category, those first where a late answer does most harm.
fn first_of_categories(knowledge: &KnowledgeBase) -> Vec<ArticleId> {
    let mut articles: Vec<&Article> = knowledge.articles.iter().collect();
    articles.sort_by(|left, right| {
        let harm = right.severity.cmp(&left.severity);
        harm.then_with(|| (&left.category, &left.id).cmp(&(&right.category, &right.id)))
    });
    let mut seen = HashSet::new();
    articles
        .into_iter()
        .filter(|article| seen.insert(article.category.as_str()))
        .map(|article| article.id.clone())
        .collect()
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(welcome))
}
