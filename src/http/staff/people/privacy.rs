//! `/v1/staff/privacy`: what is kept of a person handed out or destroyed, and words that were hidden shown with a reason.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::{HeldConversation, Whose};
use crate::http::edge::extract::{ApiJson, ApiPath};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::form::text::{Filled, IdText, Shown, Text};
use crate::identity::MAX_SUBJECT_CHARS;
use crate::ids::{ConversationId, MessageId};
use crate::safety::Words;
use crate::staff::Permission;
use crate::store::Erased;

/// Longest reason.
const MAX_REASON_CHARS: usize = 500;

/// The account of a visitor, as its host names it.
type Subject = Text<Filled, MAX_SUBJECT_CHARS>;

/// Why something is done, for the record.
type Reason = Text<Shown, MAX_REASON_CHARS>;

/// Whose words are meant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "name either `visitor`, the subject of an account, or `conversation`, by its id"
)]
enum ExportRequest {
    /// A visitor with an account.
    Visitor {
        /// The account as its host names it: the subject of its tokens.
        visitor: Subject,
    },
    /// A visitor without one.
    Conversation {
        /// One conversation.
        conversation: IdText,
    },
}

/// Whose words are to be destroyed, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "name either `visitor`, the subject of an account, or `conversation`, by its id, and say in `reason` why, in 1 to 500 characters"
)]
enum ErasureRequest {
    /// A visitor with an account.
    Visitor {
        /// The account as its host names it: the subject of its tokens.
        visitor: Subject,
        /// Why, for the record; it names the request, not the person.
        reason: Reason,
    },
    /// A visitor without one.
    Conversation {
        /// One conversation.
        conversation: IdText,
        /// Why, for the record; it names the request, not the person.
        reason: Reason,
    },
}

/// What was destroyed.
#[derive(Debug, Serialize, ToSchema)]
struct ErasureResponse {
    /// Conversations.
    conversations: u64,
    /// Messages in them.
    messages: u64,
    /// Files.
    files: u64,
    /// Conversations that were left alone, because they are on legal hold.
    on_hold: u64,
}

impl From<Erased> for ErasureResponse {
    fn from(erased: Erased) -> Self {
        let Erased {
            conversations,
            messages,
            files,
            on_hold,
        } = erased;
        Self {
            conversations,
            messages,
            files,
            on_hold,
        }
    }
}

/// Whether a conversation is kept whatever its age, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HoldRequest {
    /// Whether it is.
    held: bool,
    /// Why, for the record.
    reason: Reason,
}

/// A conversation that is kept whatever its age.
#[derive(Debug, Serialize, ToSchema)]
struct HeldBody {
    /// Which.
    conversation: String,
    /// Number of its newest ticket.
    #[schema(example = "M-000123")]
    ticket: Option<String>,
    /// Id of the agent who holds it, or `operator` for the command line.
    by: String,
    /// Why.
    reason: String,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
}

impl From<HeldConversation> for HeldBody {
    fn from(held: HeldConversation) -> Self {
        let HeldConversation {
            conversation,
            ticket,
            by,
            why,
            since,
        } = held;
        Self {
            conversation: conversation.to_string(),
            ticket: ticket.map(|number| number.to_string()),
            by,
            reason: why,
            since: since.to_string(),
        }
    }
}

/// Conversations that are kept.
#[derive(Debug, Serialize, ToSchema)]
struct HoldsResponse {
    /// Those held last first.
    holds: Vec<HeldBody>,
}

/// Why hidden words are to be shown.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OriginalRequest {
    /// Why, for the record.
    reason: Reason,
}

/// A message as it was said.
#[derive(Debug, Serialize, ToSchema)]
struct OriginalResponse {
    /// The words; absent where nothing was hidden in them.
    text: Option<String>,
}

impl TryFrom<ExportRequest> for Whose {
    type Error = ApiError;

    fn try_from(request: ExportRequest) -> Result<Self, ApiError> {
        match request {
            ExportRequest::Visitor { visitor } => Ok(Self::Visitor(visitor.into_string())),
            ExportRequest::Conversation { conversation } => {
                Ok(Self::Conversation(conversation.parse()?))
            }
        }
    }
}

fn reason(text: &str) -> Result<Words, ApiError> {
    Words::parse_line(text, MAX_REASON_CHARS).map_err(|_| {
        ApiError::new(
            ProblemKind::BadRequest,
            format!("a reason has 1 to {MAX_REASON_CHARS} characters; it is kept in the log"),
        )
        .in_field("reason")
    })
}

/// Reads everything that is kept of a person.
#[utoipa::path(
    post,
    path = "/v1/staff/privacy/export",
    tag = "staff",
    request_body = ExportRequest,
    responses(
        (status = 200, description = "Everything, with times in milliseconds since 1970 UTC", body = Object),
        ApiError,
    )
)]
async fn export(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<ExportRequest>,
) -> Result<Json<serde_json::Value>, ApiError> {
    staff.agent_with(Permission::ManagePrivacy)?;
    staff.require_proof(&app)?;
    let whose = Whose::try_from(request)?;
    Ok(Json(app.workplace().export(&whose).await?))
}

/// Destroys what a person said, in every place; the record of who did what, and when, still verifies.
#[utoipa::path(
    post,
    path = "/v1/staff/privacy/erasure",
    tag = "staff",
    request_body = ErasureRequest,
    responses(
        (status = 200, description = "Destroyed, but for what is on legal hold", body = ErasureResponse),
        ApiError,
    )
)]
async fn erase(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<ErasureRequest>,
) -> Result<Json<ErasureResponse>, ApiError> {
    let by = staff.agent_with(Permission::ManagePrivacy)?;
    staff.require_proof(&app)?;
    let (whose, why) = match request {
        ErasureRequest::Visitor { visitor, reason } => (ExportRequest::Visitor { visitor }, reason),
        ErasureRequest::Conversation {
            conversation,
            reason,
        } => (ExportRequest::Conversation { conversation }, reason),
    };
    let (whose, why) = (Whose::try_from(whose)?, reason(&why)?);
    let erased = app.workplace().erase(&whose, &why, by, app.now()).await?;
    Ok(Json(erased.into()))
}

/// Lists the conversations that are on legal hold.
#[utoipa::path(
    get,
    path = "/v1/staff/privacy/holds",
    tag = "staff",
    responses(
        (status = 200, description = "All of them, with who asked for it and why", body = HoldsResponse),
        ApiError,
    )
)]
async fn list_holds(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<HoldsResponse>, ApiError> {
    staff.require(Permission::ManagePrivacy)?;
    let holds = app.workplace().held_conversations().await?;
    let holds = holds.into_iter().map(HeldBody::from).collect();
    Ok(Json(HoldsResponse { holds }))
}

/// Keeps a conversation whatever its age and whoever asks, or lets it go again.
#[utoipa::path(
    put,
    path = "/v1/staff/conversations/{id}/hold",
    tag = "staff",
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    request_body = HoldRequest,
    responses(
        (status = 204, description = "So it is"),
        ApiError,
    )
)]
async fn hold(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
    ApiJson(request): ApiJson<HoldRequest>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::ManagePrivacy)?;
    let why = reason(&request.reason)?;
    app.workplace()
        .hold(id, request.held, &why, by, app.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows a message as it was said, before something in it was hidden; the log keeps who asked, and why.
#[utoipa::path(
    post,
    path = "/v1/staff/conversations/{id}/messages/{message}/original",
    tag = "staff",
    params(
        ("id" = String, Path, description = "The conversation", format = "uuid"),
        ("message" = String, Path, description = "The message", format = "uuid"),
    ),
    request_body = OriginalRequest,
    responses(
        (status = 200, description = "The words", body = OriginalResponse),
        ApiError,
    )
)]
async fn open_original(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath((id, message)): ApiPath<(ConversationId, MessageId)>,
    ApiJson(request): ApiJson<OriginalRequest>,
) -> Result<Json<OriginalResponse>, ApiError> {
    let by = staff.agent_with(Permission::OpenOriginals)?;
    let why = reason(&request.reason)?;
    let text = app
        .workplace()
        .open_original(id, message, &why, by, app.now())
        .await?;
    Ok(Json(OriginalResponse { text }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(export))
        .routes(routes!(erase))
        .routes(routes!(list_holds))
        .routes(routes!(hold))
        .routes(routes!(open_original))
}
