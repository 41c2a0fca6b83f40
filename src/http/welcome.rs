//! `GET /v1/welcome`: what a visitor is told before asking.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{AcceptedLanguages, ApiQuery};
use super::locale::Locale;
use super::problem::{ApiError, Problem};
use super::state::AppState;
use super::wire::OptionBody;
use crate::knowledge::{Article, ArticleId};
use crate::language::Language;

/// Most questions offered.
const MAX_STARTERS: usize = 4;

/// Where the visitor is.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WelcomeQuery {
    /// Locale of the page, such as `ja`.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "ja")]
    lang: Locale,
    /// The article the visitor is reading, if any; what is often needed next comes first.
    #[serde(default)]
    article: String,
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
        (status = "4XX", description = "The request was refused", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn welcome(
    State(app): State<AppState>,
    AcceptedLanguages(accepted): AcceptedLanguages,
    ApiQuery(query): ApiQuery<WelcomeQuery>,
) -> Result<Json<WelcomeResponse>, ApiError> {
    let language = query
        .lang
        .language()
        .or(accepted.first().copied())
        .unwrap_or(Language::English);
    let snapshot = app.desk().engine().snapshot();
    let knowledge = snapshot.knowledge();
    let day = app.now().day();
    let site = &app.settings().site;
    let reading = knowledge.article(&ArticleId::new(query.article.as_str()));
    let next = reading.map_or(&[][..], |article| &article.follow_ups);
    let usual = site.starters.iter().map(|id| ArticleId::new(id.as_str()));
    let mut offered: Vec<&Article> = Vec::new();
    for id in next.iter().cloned().chain(usual) {
        let article = knowledge
            .article(&id)
            .filter(|article| article.is_valid_on(&day));
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
            let wording = article.translations.get(&language)?;
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

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(welcome))
}
