//! `/v1/staff/insights/searches`: what visitors searched the help pages for and found no fitting article.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::insights::{DaysQuery, days_of, fruitless_searches};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::answer::LanguageCode;
use crate::language::Language;
use crate::staff::Permission;
use crate::store::FruitlessSearch;

/// What visitors searched for and found no fitting article.
#[derive(Debug, Serialize, ToSchema)]
struct SearchesResponse {
    /// How many days were looked at.
    days: u32,
    /// The most frequent first; up to a hundred.
    searches: Vec<SearchBody>,
}

/// What was searched for.
#[derive(Debug, Serialize, ToSchema)]
struct SearchBody {
    /// The words as they are stored: what was hidden in them stays hidden.
    text: String,
    /// Language they were searched in.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// How often.
    count: i64,
}

impl From<FruitlessSearch> for SearchBody {
    fn from(search: FruitlessSearch) -> Self {
        let FruitlessSearch {
            text,
            language,
            count,
        } = search;
        Self {
            text,
            language,
            count,
        }
    }
}

/// Lists what visitors searched the help pages for where no article was likely enough to be offered.
///
/// What an article fits by now is left out. Searches are kept as long as questions outside of conversations.
#[utoipa::path(
    get,
    path = "/v1/staff/insights/searches",
    tag = "staff",
    params(DaysQuery),
    responses(
        (status = 200, description = "Searches without a fitting article", body = SearchesResponse),
        ApiError,
    )
)]
async fn read_searches(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<DaysQuery>,
) -> Result<Json<SearchesResponse>, ApiError> {
    staff.require(Permission::ReadInsights)?;
    let days = days_of(query.days)?;
    let searches = fruitless_searches(&app, days).await?;
    Ok(Json(SearchesResponse {
        days,
        searches: searches.into_iter().map(SearchBody::from).collect(),
    }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read_searches))
}
