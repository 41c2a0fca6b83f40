//! Files of a conversation: attached by its visitor or by staff, and served so that nothing in them can act.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::client::origin::Origin;
use crate::http::edge::extract::{ApiPath, ApiQuery, RequestKey};
use crate::http::edge::files::downloads::download;
use crate::http::edge::files::uploads::read_upload;
use crate::http::edge::guard::visitor::OwnConversation;
use crate::http::edge::problem::{ApiError, Problem};
use crate::http::edge::state::AppState;
use crate::http::wire::attachment::{AttachmentBody, FileContent, NameQuery};
use crate::ids::{AttachmentId, ConversationId};

/// Attaches a file to a conversation; a message carries it by its id within a day, or it is removed.
///
/// The body is the file itself. Its type is decided by its content; the header `Content-Type` is not looked at.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/attachments",
    tag = "conversations",
    request_body(content = inline(FileContent), content_type = "application/octet-stream", description = "The file: PNG, JPEG, WebP, GIF, PDF or plain text"),
    params(
        ("id" = String, Path, description = "The conversation", format = "uuid"),
        NameQuery,
        RequestKey,
    ),
    responses(
        (status = 201, description = "The file, ready to be carried by a message", body = AttachmentBody),
        (status = "4XX", description = "The request was refused; `file-refused` by its content, `file-too-large`, `file-empty`, `too-many-files`", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "The server failed", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn attach(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
    ApiQuery(query): ApiQuery<NameQuery>,
    key: Option<RequestKey>,
    origin: Origin,
    body: Body,
) -> Result<(StatusCode, Json<AttachmentBody>), ApiError> {
    let content = read_upload(&app, origin, body).await?;
    let key = key.map(|key| key.0);
    let attached = app
        .visitors()
        .attach(&id, &query.said(), content, key, app.now())
        .await?;
    Ok((StatusCode::CREATED, Json(attached.into())))
}

/// Returns a file.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/attachments/{attachment}",
    tag = "conversations",
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
    OwnConversation(id): OwnConversation,
    origin: Origin,
    ApiPath((_conversation, attachment)): ApiPath<(ConversationId, AttachmentId)>,
) -> Result<Response, ApiError> {
    let read = async { Ok(app.visitors().attachment(&id, &attachment).await?) };
    // The widget shows it on pages of other origins, to whoever owns the conversation.
    download(&app, origin, read, "cross-origin").await
}

/// Routes whose time depends on the visitor's connection; they have bounds of their own.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(attach))
        .routes(routes!(read))
}
