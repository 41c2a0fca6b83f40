//! `POST /v1/hooks/{source}`: what other programs and help desks tell us.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::relay::{Received, receive};

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
struct HookResponse {
    /// `done`, `repeated` when it was done before, or `ignored` when it wishes nothing of this server.
    #[schema(example = "done")]
    result: &'static str,
}

/// Takes a signed request of a program that was let in under `/v1/staff/sources`.
///
/// In the format `mondo`, signed by the Standard Webhooks convention, the body is one of
/// `{"type": "reply", "conversation" or "ticket", "text", "language"?, "name"?}`,
/// `{"type": "note", "ticket", "text", "name"?}`, `{"type": "status", "ticket", "status"}` and
/// `{"type": "priority", "ticket", "priority", "why"}`. Chatwoot and Zendesk send their own webhooks here. A request that
/// comes again under the same id changes nothing.
#[utoipa::path(
    post,
    path = "/v1/hooks/{source}",
    tag = "hooks",
    request_body(content = Object, content_type = "application/json"),
    params(
        ("source" = String, Path, description = "The name of the source", max_length = 200),
        ("webhook-id" = Option<String>, Header, description = "The sender's own name for the request"),
        ("webhook-timestamp" = Option<String>, Header, description = "When it was signed, in seconds since 1970"),
        ("webhook-signature" = Option<String>, Header, description = "`v1,` and the signature in base64"),
    ),
    responses(
        (status = 200, description = "It was taken", body = HookResponse),
        ApiError,
    )
)]
async fn take(
    State(app): State<AppState>,
    Path(source): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<HookResponse>, ApiError> {
    let received = receive(app.workplace(), &source, &headers, &body, app.now()).await?;
    let result = match received {
        Received::Done => "done",
        Received::Repeated => "repeated",
        Received::Ignored => "ignored",
    };
    Ok(Json(HookResponse { result }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(take))
}
