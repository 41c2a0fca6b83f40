//! `/v1/staff/insights/conversations`: the conversations behind a number.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::insights::{MOST_FACTS, facts};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::answer::LanguageCode;
use crate::http::wire::form::facts::FactsQuery;
use crate::language::Language;
use crate::staff::Permission;
use crate::store::FactRow;

/// What happened.
#[derive(Debug, Serialize, ToSchema)]
struct FactsResponse {
    /// The newest first.
    found: Vec<FactBody>,
    /// Goes on after them as `after`, where there may be more.
    next: Option<String>,
}

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
struct FactBody {
    /// Where it stands in the list.
    place: String,
    /// When it happened.
    #[schema(format = DateTime)]
    created: String,
    /// Its conversation; nothing for questions outside of any.
    #[schema(format = "uuid")]
    conversation: Option<String>,
    /// Language the visitor was addressed in; nothing where it was not known.
    #[schema(value_type = Option<LanguageCode>)]
    language: Option<Language>,
    /// Code of the channel; `ask` for questions outside of conversations.
    #[schema(example = "web")]
    channel: String,
    /// The article that was given.
    article: Option<String>,
    /// Why an answer did not help, or the score that was given.
    detail: Option<String>,
    /// What was asked, or else what the visitor said first, as it is stored; nothing where it was erased.
    words: Option<String>,
}

impl From<FactRow> for FactBody {
    fn from(row: FactRow) -> Self {
        let FactRow {
            place,
            created,
            conversation,
            language,
            channel,
            article,
            detail,
            words,
        } = row;
        Self {
            place: place.to_string(),
            created: created.to_string(),
            conversation: conversation.map(|id| id.to_string()),
            language,
            channel,
            article,
            detail,
            words,
        }
    }
}

/// Lists the conversations behind a number of the outcomes, of the parts or of satisfaction: one line for each time that
/// something happened, so that as many lines come as were counted, as long as what was counted is kept.
#[utoipa::path(
    get,
    path = "/v1/staff/insights/conversations",
    tag = "staff",
    params(FactsQuery),
    responses(
        (status = 200, description = "What happened, fifty at a time", body = FactsResponse),
        ApiError,
    )
)]
async fn read_conversations(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<FactsQuery>,
) -> Result<Json<FactsResponse>, ApiError> {
    staff.require(Permission::ReadInsights)?;
    staff.require(Permission::ReadConversations)?;
    let found = facts(&app, &query.filter(app.now())?).await?;
    let is_full = found.len() == MOST_FACTS;
    let last = found.last().map(|row| row.place.to_string());
    Ok(Json(FactsResponse {
        found: found.into_iter().map(FactBody::from).collect(),
        next: last.filter(|_| is_full),
    }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read_conversations))
}
