//! What staff see of a conversation beyond what its visitor sees, and that an agent is writing.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::EarlierConversation;
use crate::http::edge::extract::ApiPath;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, Problem};
use crate::http::edge::state::AppState;
use crate::http::wire::account::AccountBody;
use crate::http::wire::conversation::{ConversationResponse, StateCode};
use crate::http::wire::csat::SatisfactionBody;
use crate::ids::ConversationId;
use crate::staff::Permission;

/// A conversation as staff see it.
#[derive(Debug, Serialize, ToSchema)]
struct StaffConversationResponse {
    /// What its visitor sees.
    #[serde(flatten)]
    conversation: ConversationResponse,
    /// Whether the visitor has it open.
    visitor_here: bool,
    /// The account the visitor's host vouches for.
    account: Option<AccountBody>,
    /// Address of the page the visitor wrote from last, without its query.
    #[schema(example = "https://www.example.com/pricing")]
    page: Option<String>,
    /// The time zone the visitor lives by, as their browser says.
    #[schema(example = "Asia/Seoul")]
    time_zone: Option<String>,
    /// What else the account has brought to the desk, the newest first; nothing of a visitor whom nobody vouches for.
    earlier: Vec<EarlierBody>,
    /// Until when whoever holds it has put it aside.
    #[schema(format = DateTime)]
    snoozed_until: Option<String>,
    /// How satisfied the visitor was, one entry for each episode that was scored.
    satisfaction_given: Vec<SatisfactionBody>,
}

/// A conversation that the same account has had.
#[derive(Debug, Serialize, ToSchema)]
struct EarlierBody {
    /// Which.
    conversation: String,
    /// Who answers.
    #[schema(value_type = StateCode)]
    state: &'static str,
    /// Number of its newest ticket.
    #[schema(example = "M-000123")]
    ticket: Option<String>,
    /// What has become of that.
    #[schema(example = "solved")]
    ticket_status: Option<&'static str>,
    /// What it was about.
    about: String,
    /// When it was opened.
    #[schema(format = DateTime)]
    created: String,
}

impl From<EarlierConversation> for EarlierBody {
    fn from(earlier: EarlierConversation) -> Self {
        let EarlierConversation {
            conversation,
            state,
            ticket,
            about,
            created,
        } = earlier;
        Self {
            conversation: conversation.to_string(),
            state: state.code(),
            ticket: ticket.map(|(number, _)| number.to_string()),
            ticket_status: ticket.map(|(_, status)| status.code()),
            about,
            created: created.to_string(),
        }
    }
}

/// Reads a conversation whole.
#[utoipa::path(
    get,
    path = "/v1/staff/conversations/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 200, description = "Everything said so far", body = StaffConversationResponse),
        ApiError,
    )
)]
async fn read_conversation(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<Json<StaffConversationResponse>, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let view = app.workplace().conversation(&id).await?;
    let given = view.satisfaction.clone();
    let snoozed_until = view.conversation.snoozed_until;
    let card = app.workplace().visitor_card(&id).await?;
    let page = card.page.unwrap_or_default();
    Ok(Json(StaffConversationResponse {
        conversation: view.into(),
        account: card.account.map(AccountBody::from),
        page: page.url,
        time_zone: page.time_zone,
        earlier: card.earlier.into_iter().map(EarlierBody::from).collect(),
        snoozed_until: snoozed_until.map(|moment| moment.to_string()),
        visitor_here: app.workplace().visitor_is_here(&id),
        satisfaction_given: given.into_iter().map(SatisfactionBody::from).collect(),
    }))
}

/// Tells the visitor that the agent who holds the conversation is writing; nothing is kept.
///
/// Send it while the agent types, at most every few seconds; it is good for six.
#[utoipa::path(
    post,
    path = "/v1/staff/conversations/{id}/typing",
    tag = "staff",
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 204, description = "Passed on, unless the last one is still good"),
        (status = "4XX", description = "The request was refused; 409 when the agent does not hold the conversation", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn type_on(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::WorkConversations)?;
    app.workplace().agent_types(by, &id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(read_conversation))
        .routes(routes!(type_on))
}
