//! Files of a conversation for staff, who may attach some too.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::client::origin::Origin;
use crate::http::edge::extract::{ApiPath, ApiQuery, RequestKey};
use crate::http::edge::files::served::served;
use crate::http::edge::files::uploads::read_upload;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::attachment::{AttachmentBody, FileContent, NameQuery};
use crate::ids::{AttachmentId, ConversationId};
use crate::staff::Permission;

/// Attaches a file, to be sent with one of the agent's messages within a day.
#[utoipa::path(
    post,
    path = "/v1/staff/conversations/{id}/attachments",
    tag = "staff",
    request_body(content = inline(FileContent), content_type = "application/octet-stream", description = "The file: PNG, JPEG, WebP, GIF, PDF or plain text"),
    params(
        ("id" = String, Path, description = "The conversation", format = "uuid"),
        NameQuery,
        RequestKey,
    ),
    responses(
        (status = 201, description = "The file, ready to be carried by a message", body = AttachmentBody),
        ApiError,
    )
)]
async fn attach(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
    ApiQuery(query): ApiQuery<NameQuery>,
    key: Option<RequestKey>,
    origin: Origin,
    body: Body,
) -> Result<(StatusCode, Json<AttachmentBody>), ApiError> {
    let by = staff.agent_with(Permission::WorkConversations)?;
    let content = read_upload(&app, origin, body).await?;
    let key = key.map(|key| key.0);
    let attached = app
        .workplace()
        .attach(by, &id, &query.said(), content, key, app.now())
        .await?;
    Ok((StatusCode::CREATED, Json(attached.into())))
}

/// Returns a file.
#[utoipa::path(
    get,
    path = "/v1/staff/conversations/{id}/attachments/{attachment}",
    tag = "staff",
    params(
        ("id" = String, Path, description = "The conversation", format = "uuid"),
        ("attachment" = String, Path, description = "The file", format = "uuid"),
    ),
    responses(
        (status = 200, description = "Its content", body = inline(String), content_type = "application/octet-stream"),
        ApiError,
    )
)]
async fn read(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath((id, attachment)): ApiPath<(ConversationId, AttachmentId)>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let (attachment, content) = app.workplace().attachment(&id, &attachment).await?;
    Ok(served(&attachment, content.into(), "same-origin"))
}

/// Routes that do a bounded piece of work.
pub(super) fn bounded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read))
}

/// Routes whose time depends on the agent's connection.
pub(super) fn uploads() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(attach))
}
