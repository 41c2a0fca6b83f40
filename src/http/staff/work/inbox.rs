//! What makes a queue somebody's own: what they put aside, and the views they keep.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::{QueueOrder, QueuePart, SavedView};
use crate::http::edge::extract::{ApiJson, ApiPath};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, Problem};
use crate::http::edge::state::AppState;
use crate::http::staff::wire::WantedTag;
use crate::http::wire::form::code::Code;
use crate::http::wire::form::number::Whole;
use crate::http::wire::form::object::Object;
use crate::http::wire::form::text::{Line, ServedTag, Text};
use crate::http::wire::locale;
use crate::ids::ConversationId;
use crate::language::Language;
use crate::schedule::Priority;
use crate::staff::Permission;

/// Minutes for which something is put aside: up to thirty days.
type SnoozeMinutes = Whole<1, 43_200>;

/// For how long a conversation is put aside.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SnoozeRequest {
    /// Minutes from now.
    minutes: SnoozeMinutes,
}

/// Until when a conversation is put aside.
#[derive(Debug, Serialize, ToSchema)]
struct SnoozeResponse {
    /// The moment it comes back, unless the visitor writes before.
    #[schema(format = DateTime)]
    until: String,
}

/// Puts a conversation aside that I hold. It comes back at that moment, or as soon as the visitor writes; until then it
/// counts for nobody's capacity, and no silence ends it.
#[utoipa::path(
    put,
    path = "/v1/staff/conversations/{id}/snooze",
    tag = "staff",
    request_body = SnoozeRequest,
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 200, description = "It is put aside", body = SnoozeResponse),
        (status = "4XX", description = "The request was refused; 409 when nobody or somebody else holds the conversation", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn snooze(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
    ApiJson(request): ApiJson<SnoozeRequest>,
) -> Result<Json<SnoozeResponse>, ApiError> {
    let by = staff.agent_with(Permission::WorkConversations)?;
    let now = app.now();
    let until = now.later_by(request.minutes.0 * 60_000);
    app.workplace().snooze(by, &id, Some(until), now).await?;
    Ok(Json(SnoozeResponse {
        until: until.to_string(),
    }))
}

/// Brings a conversation back that was put aside.
#[utoipa::path(
    delete,
    path = "/v1/staff/conversations/{id}/snooze",
    tag = "staff",
    params(("id" = String, Path, description = "The conversation", format = "uuid")),
    responses(
        (status = 204, description = "It is at hand"),
        (status = "4XX", description = "The request was refused; 409 when nobody or somebody else holds the conversation", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn wake(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::WorkConversations)?;
    app.workplace().snooze(by, &id, None, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A part of the queue.
type QueuePartCode = Code<QueuePart>;

/// An order of the queue.
type ViewOrderCode = Code<QueueOrder>;

/// A priority that a view shows alone.
type ViewPriorityCode = Code<Priority>;

/// What a view shows.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewQuery {
    /// Which part of the queue; all of it where none is named.
    part: Option<QueuePartCode>,
    /// In which order; the most urgent first where none is named.
    order: Option<ViewOrderCode>,
    /// In this language only.
    #[serde(default, deserialize_with = "locale::served")]
    #[schema(value_type = Option<ServedTag>)]
    language: Option<Language>,
    /// Of this priority only.
    priority: Option<ViewPriorityCode>,
    /// With this tag only.
    tag: Option<WantedTag>,
}

/// What a view shows, as it is kept.
#[derive(Debug, Serialize, ToSchema)]
struct ViewQueryBody {
    /// Which part of the queue.
    #[schema(example = "mine")]
    part: &'static str,
    /// In which order.
    #[schema(example = "urgency")]
    order: &'static str,
    /// In this language only.
    #[schema(example = "ko")]
    language: Option<&'static str>,
    /// Of this priority only.
    #[schema(example = "high")]
    priority: Option<&'static str>,
    /// With this tag only.
    tag: Option<String>,
}

impl From<ViewQuery> for ViewQueryBody {
    fn from(query: ViewQuery) -> Self {
        let ViewQuery {
            part,
            order,
            language,
            priority,
            tag,
        } = query;
        Self {
            part: part.map(|code| code.0).unwrap_or_default().code(),
            order: order.map(|code| code.0).unwrap_or_default().code(),
            language: language.map(Language::code),
            priority: priority.map(|code| code.0.code()),
            tag: tag
                .map(|tag| tag.to_lowercase())
                .filter(|tag| !tag.is_empty()),
        }
    }
}

/// How somebody calls a view.
type ViewName = Text<Line, 40>;

/// A view to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Korean, urgent", "query": { "part": "queued", "language": "ko", "priority": "urgent" } }))]
struct SaveViewRequest {
    /// How it is called.
    name: ViewName,
    /// What it shows.
    #[schema(value_type = ViewQuery)]
    query: Object<ViewQuery>,
}

/// A view somebody keeps.
#[derive(Debug, Serialize, ToSchema)]
struct ViewResponse {
    /// Its name in the record.
    id: String,
    /// How it is called.
    name: String,
    /// What it shows.
    #[schema(value_type = ViewQueryBody)]
    query: serde_json::Value,
}

impl From<SavedView> for ViewResponse {
    fn from(view: SavedView) -> Self {
        let SavedView { id, name, query } = view;
        Self {
            id,
            name,
            query: serde_json::from_str(&query).unwrap_or_default(),
        }
    }
}

/// The views somebody keeps.
#[derive(Debug, Serialize, ToSchema)]
struct ViewsResponse {
    /// The oldest first.
    views: Vec<ViewResponse>,
}

/// Lists my views of the queue.
#[utoipa::path(
    get,
    path = "/v1/staff/views",
    tag = "staff",
    responses(
        (status = 200, description = "My views", body = ViewsResponse),
        ApiError,
    )
)]
async fn list_views(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<ViewsResponse>, ApiError> {
    let me = staff.agent_with(Permission::ReadConversations)?;
    let views = app.workplace().views(me).await?;
    Ok(Json(ViewsResponse {
        views: views.into_iter().map(ViewResponse::from).collect(),
    }))
}

/// Keeps a view of the queue; of mine there are twenty at most.
#[utoipa::path(
    post,
    path = "/v1/staff/views",
    tag = "staff",
    request_body = SaveViewRequest,
    responses(
        (status = 201, description = "The view", body = ViewResponse),
        (status = "4XX", description = "The request was refused; 409 when there are twenty already", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn save_view(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<SaveViewRequest>,
) -> Result<(StatusCode, Json<ViewResponse>), ApiError> {
    let me = staff.agent_with(Permission::ReadConversations)?;
    let query = serde_json::to_string(&ViewQueryBody::from(request.query.0));
    let query = query.map_err(ApiError::internal)?;
    let name = request.name.trim().to_owned();
    let saved = app
        .workplace()
        .save_view(me, name, query, app.now())
        .await?;
    Ok((StatusCode::CREATED, Json(saved.into())))
}

/// Forgets a view of mine.
#[utoipa::path(
    delete,
    path = "/v1/staff/views/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "The view", max_length = 40)),
    responses(
        (status = 204, description = "It is gone"),
        ApiError,
    )
)]
async fn forget_view(
    State(app): State<AppState>,
    staff: Staff,
    axum::extract::Path(id): axum::extract::Path<String>,
) -> Result<StatusCode, ApiError> {
    let me = staff.agent_with(Permission::ReadConversations)?;
    app.workplace().forget_view(me, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(snooze, wake))
        .routes(routes!(list_views, save_view))
        .routes(routes!(forget_view))
}
