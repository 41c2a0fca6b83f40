//! Files of a conversation: attached by its visitor or by staff, and served so that nothing in them can act.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiPath, ApiQuery, RequestKey};
use super::owning::OwnConversation;
use super::problem::{ApiError, Problem, ProblemKind};
use super::state::AppState;
use crate::conversation::{Attachment, AttachmentId, ConversationId, RecognisedFile};
use crate::desk::FileReader;

/// A file of a message.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AttachmentBody {
    /// Its name in the record; messages carry it by this.
    id: String,
    /// What people call it.
    #[schema(example = "screenshot.png")]
    name: String,
    /// What it is by its content: `png`, `jpeg`, `webp`, `gif`, `pdf` or `text`.
    #[schema(example = "png")]
    kind: &'static str,
    /// The type it is served under.
    #[schema(example = "image/png")]
    media_type: &'static str,
    /// Its length.
    bytes: usize,
    /// Whether it is a picture that a page may show.
    picture: bool,
    /// Width of a picture, so that a page can leave room for it.
    width: Option<u32>,
    /// Height of a picture.
    height: Option<u32>,
    /// Where it is served, relative to the site; for whoever the conversation belongs to.
    address: String,
}

impl From<Attachment> for AttachmentBody {
    fn from(attachment: Attachment) -> Self {
        let Attachment {
            id,
            conversation,
            author: _,
            message: _,
            name,
            file,
            created: _,
        } = attachment;
        let RecognisedFile {
            kind,
            bytes,
            pixels,
        } = file;
        Self {
            id: id.to_string(),
            name: name.to_string(),
            kind: kind.code(),
            media_type: kind.media_type(),
            bytes,
            picture: kind.is_picture(),
            width: pixels.map(|(width, _)| width),
            height: pixels.map(|(_, height)| height),
            address: format!("/v1/conversations/{conversation}/attachments/{id}"),
        }
    }
}

/// What the file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NameQuery {
    /// Name of the file, percent-encoded; only its last part is kept, and its ending is made to fit the content.
    #[serde(default)]
    #[param(example = "screenshot.png")]
    pub(super) name: String,
}

/// Longest time an upload may take; a slow telephone sends ten megabytes in it.
pub(super) const UPLOAD_TIME: Duration = Duration::from_secs(120);

/// Takes a place among the uploads, held until it is dropped, or refuses when all are taken.
pub(super) fn take_upload_place(app: &AppState) -> Result<OwnedSemaphorePermit, ApiError> {
    let place = Arc::clone(app.uploads()).try_acquire_owned();
    place.map_err(|_| {
        ApiError::new(
            ProblemKind::Busy,
            "the server takes as many files at once as it can; try again after the time in Retry-After",
        )
    })
}

/// What is said once an upload took longer than it may.
pub(super) fn took_too_long() -> ApiError {
    ApiError::new(
        ProblemKind::TimedOut,
        format!(
            "the file did not arrive within {} seconds; repeat it with the same Idempotency-Key",
            UPLOAD_TIME.as_secs()
        ),
    )
}

/// Reads the body of an upload, in a bounded number of uploads and up to a bounded length.
pub(super) async fn read_upload(app: &AppState, body: Body) -> Result<Vec<u8>, ApiError> {
    let _place = take_upload_place(app)?;
    let most = app.desk().store().file_settings().max_bytes;
    let too_long = || {
        ApiError::new(
            ProblemKind::FileTooLarge,
            format!(
                "the file has more than {most} bytes (attachments.max_bytes); send a smaller one"
            ),
        )
        .in_field("body")
    };
    match tokio::time::timeout(UPLOAD_TIME, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(error)) if is_too_long(&error) => Err(too_long()),
        Ok(Err(_)) => Err(ApiError::new(
            ProblemKind::BadRequest,
            "the body ended early; send it again",
        )
        .in_field("body")),
        Err(_) => Err(took_too_long()),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.to_string().contains("length limit") {
            return true;
        }
        source = cause.source();
    }
    error.to_string().contains("length limit")
}

/// Attaches a file to a conversation; a message carries it by its id within a day, or it is removed.
///
/// The body is the file itself. Its type is decided by its content; the header `Content-Type` is not looked at.
#[utoipa::path(
    post,
    path = "/v1/conversations/{id}/attachments",
    tag = "conversations",
    request_body(content = inline(String), content_type = "application/octet-stream", description = "The file: PNG, JPEG, WebP, GIF, PDF or plain text"),
    params(
        ("id" = String, Path, description = "The conversation"),
        NameQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "A fresh UUID; a retry with the same key attaches nothing twice"),
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
    body: Body,
) -> Result<(StatusCode, Json<AttachmentBody>), ApiError> {
    let content = read_upload(&app, body).await?;
    let key = key.map(|key| key.0);
    let attached = app
        .desk()
        .attach(&id, None, &query.name, content, key, app.now())
        .await?;
    Ok((StatusCode::CREATED, Json(attached.into())))
}

/// Gives a file.
#[utoipa::path(
    get,
    path = "/v1/conversations/{id}/attachments/{attachment}",
    tag = "conversations",
    params(
        ("id" = String, Path, description = "The conversation"),
        ("attachment" = String, Path, description = "The file"),
    ),
    responses(
        (status = 200, description = "Its content", body = inline(String), content_type = "application/octet-stream"),
        (status = "4XX", description = "The request was refused", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "The server failed", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn read(
    State(app): State<AppState>,
    OwnConversation(id): OwnConversation,
    ApiPath((_conversation, attachment)): ApiPath<(ConversationId, AttachmentId)>,
) -> Result<Response, ApiError> {
    let (attachment, content) = app
        .desk()
        .attachment(&id, &attachment, FileReader::Visitor)
        .await?;
    // The widget shows it on pages of other origins, to whoever owns the conversation.
    Ok(served(&attachment, content, "cross-origin"))
}

/// Serves content so that a browser neither guesses what it is nor lets anything in it act.
pub(super) fn served(
    attachment: &Attachment,
    content: Vec<u8>,
    resource_policy: &'static str,
) -> Response {
    let kind = attachment.file.kind;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(kind.media_type()),
        ),
        (header::CONTENT_DISPOSITION, disposition(attachment)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; sandbox"),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static(resource_policy),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, max-age=3600"),
        ),
    ];
    (headers, content).into_response()
}

/// The name in both forms of RFC 6266; only pictures may be shown in place.
fn disposition(attachment: &Attachment) -> HeaderValue {
    let how = match attachment.file.kind.is_picture() {
        true => "inline",
        false => "attachment",
    };
    let name = attachment.name.as_str();
    let plain: String = name
        .chars()
        .map(|character| match character {
            '"' | '\\' | '%' => '_',
            ' '..='~' => character,
            _ => '_',
        })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    HeaderValue::from_str(&format!(
        "{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
    ))
    .expect("visible ASCII fits a header")
}

/// Routes that do a bounded piece of work.
pub(super) fn bounded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read))
}

/// Routes whose time depends on the visitor's connection; they have a bound of their own.
pub(super) fn uploads() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(attach))
}
