//! `GET /v1/welcome`: what a visitor is told before asking.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::OfferedTo;
use crate::http::edge::extract::{ApiQuery, Hints};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::answer::OptionBody;
use crate::http::wire::form::text::ArticleName;
use crate::http::wire::locale::{Locale, TagText};
use crate::knowledge::{ArticleId, Readership};
use crate::language::Language;

/// Where the visitor is.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WelcomeQuery {
    /// Locale of the page, such as `ja`.
    #[serde(default)]
    #[param(inline, value_type = Option<TagText>, example = "ja")]
    lang: Locale,
    /// The article the visitor is reading, if any; what is often needed next, by its author or by others who read it, comes
    /// before what is usual, and what belongs to an incident that is on before both.
    #[serde(default)]
    #[param(inline)]
    article: ArticleName,
}

/// What a visitor is told before asking.
#[derive(Debug, Serialize, ToSchema)]
struct WelcomeResponse {
    /// Name of the company.
    #[schema(example = "Example Shop")]
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
    let site = &app.settings().site;
    let chosen: Vec<ArticleId> = site
        .starters
        .iter()
        .map(|id| ArticleId::new(id.as_str()))
        .collect();
    let reading = (!query.article.is_empty()).then(|| ArticleId::new(&*query.article));
    let to = OfferedTo {
        language,
        script,
        readership: &Readership::ANYBODY,
    };
    let desk = app.visitors();
    let starters = desk
        .starters(reading.as_ref(), &chosen, to, app.now())
        .await;
    let starters = starters.into_iter().map(|option| OptionBody {
        article: option.article.to_string(),
        title: option.title,
    });
    let starters = starters.collect();
    Ok(Json(WelcomeResponse {
        name: site.name.clone(),
        starters,
    }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(welcome))
}
