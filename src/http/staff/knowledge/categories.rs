//! `/v1/staff/categories`: the names and the order of the categories.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::articles::{HashText, ReadBefore};
use crate::desk::{CategoryLine, DeskError};
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, Problem};
use crate::http::edge::state::AppState;
use crate::http::wire::by_language::by_language;
use crate::http::wire::form::number::Whole;
use crate::http::wire::form::text::{Line, Text};
use crate::knowledge::Category;
use crate::language::Language;
use crate::staff::Permission;

/// Every category that has an article.
#[derive(Debug, Serialize, ToSchema)]
struct CategoriesResponse {
    /// In the order readers see them.
    categories: Vec<CategoryBody>,
}

/// A category.
#[derive(Debug, Serialize, ToSchema)]
struct CategoryBody {
    /// Its name in links.
    category: String,
    /// Its names for readers, by language.
    titles: BTreeMap<&'static str, String>,
    /// Its place among the others, the smallest first; nothing where none was ever given, which comes last.
    place: Option<u32>,
    /// How many articles it has.
    articles: usize,
    /// To be sent as `If-Match` when it is named; nothing where it never was, and `none` is sent.
    hash: Option<String>,
}

impl From<CategoryLine> for CategoryBody {
    fn from(line: CategoryLine) -> Self {
        let titles = line.titles.into_iter();
        Self {
            category: line.code,
            titles: titles
                .map(|(language, title)| (language.code(), title))
                .collect(),
            place: line.place,
            articles: line.articles,
            hash: line.hash,
        }
    }
}

/// Lists the categories that have an article.
#[utoipa::path(
    get,
    path = "/v1/staff/categories",
    tag = "staff",
    responses(
        (status = 200, description = "Every category", body = CategoriesResponse),
        ApiError,
    )
)]
async fn list(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<CategoriesResponse>, ApiError> {
    staff.require(Permission::WriteKnowledge)?;
    let lines = app.library().categories().await?;
    Ok(Json(CategoriesResponse {
        categories: lines.into_iter().map(CategoryBody::from).collect(),
    }))
}

/// A name as readers see it.
type TitleText = Text<Line, 80>;

/// What a category is called, and where it stands.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "titles": { "en": "Withdrawals", "ja": "出金" }, "place": 40 }))]
struct CategoryRequest {
    /// Its names, by language; one at least.
    #[schema(schema_with = titles)]
    titles: BTreeMap<Language, TitleText>,
    /// Its place among the others, the smallest first.
    place: Place,
}

/// A place among the categories.
type Place = Whole<0, 1_000_000>;

fn titles() -> RefOr<Schema> {
    by_language(TitleText::schema())
}

/// Names a category and places it among the others; readers see it at once.
#[utoipa::path(
    put,
    path = "/v1/staff/categories/{category}",
    tag = "staff",
    request_body = CategoryRequest,
    params(
        ("category" = String, Path, description = "The category", max_length = 200),
        ("If-Match" = inline(HashText), Header, description = "The hash of what was read, or `none` where there was no file"),
    ),
    responses(
        (status = 204, description = "It is called so"),
        (status = "4XX", description = "Refused; 409 with the field `If-Match` when somebody else has saved it meanwhile", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn save(
    State(app): State<AppState>,
    staff: Staff,
    Path(code): Path<String>,
    read: Result<ReadBefore, ApiError>,
    ApiJson(request): ApiJson<CategoryRequest>,
) -> Result<StatusCode, ApiError> {
    staff.agent_with(Permission::WriteKnowledge)?;
    let ReadBefore(read) = read?;
    let CategoryRequest { titles, place } = request;
    if titles.is_empty() {
        return Err(DeskError::NoTexts.into());
    }
    let titles = titles
        .into_iter()
        .map(|(language, title)| (language, title.into_string().trim().to_owned()));
    let category = Category {
        titles: titles.collect(),
        place: u32::try_from(place.0).unwrap_or_default(),
    };
    app.library()
        .save_category(&code, &category, read.as_deref())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(save))
}
