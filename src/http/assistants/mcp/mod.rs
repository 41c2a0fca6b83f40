//! The Model Context Protocol (revision 2025-06-18, older ones by negotiation): mondo as tools of an assistant, over HTTP
//! at `POST /mcp` and over the standard streams by `mondo mcp`. Nothing is remembered between two messages.
//!
//! Written out here: of the protocol a server of tools needs four methods, and the official SDK would bring a second
//! framework of schemas and some fifteen packages for them.

mod message;

mod tools;

mod article;
mod ask;
mod search;
mod ticket;

mod given;
mod schema;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::asker::Asker;
use crate::http::edge::extract::is_json;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use message::{Handled, VERSIONS, handle};

/// Header in which a client repeats the revision that was agreed on.
const PROTOCOL_VERSION: &str = "mcp-protocol-version";

/// Takes a message of the Model Context Protocol (streamable HTTP).
///
/// Every reply is one JSON body: there are no sessions and no streams. The tools are `ask`, `search`, `article` and, where
/// `http.assistants.tickets` allows it, `ticket`; `tools/list` describes them.
#[utoipa::path(
    post,
    path = "/mcp",
    tag = "assistants",
    request_body(content = serde_json::Value, description = "A JSON-RPC request or notification", content_type = "application/json"),
    params(("MCP-Protocol-Version" = Option<String>, Header, description = "The revision that was agreed on")),
    responses(
        (status = 200, description = "The JSON-RPC response", body = serde_json::Value),
        (status = 202, description = "A notification was taken; there is nothing to say"),
        (status = 400, description = "The body is no message; a JSON-RPC error says why", body = serde_json::Value),
        ApiError,
    )
)]
async fn take_message(
    State(app): State<AppState>,
    asker: Asker,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    guard(&app, &headers)?;
    Ok(match handle(&app, &asker, &body).await {
        Handled::Nothing => StatusCode::ACCEPTED.into_response(),
        Handled::Reply(reply) => Json(reply).into_response(),
        Handled::Unreadable(fault) => (StatusCode::BAD_REQUEST, Json(fault)).into_response(),
    })
}

/// Answers one line of the standard streams; nothing where nothing is to be said.
///
/// Whoever started the program is a visitor of whom nothing is known, and is held back by no limit.
pub async fn answer_mcp_line(app: &AppState, line: &[u8]) -> Option<String> {
    match handle(app, &Asker::default(), line).await {
        Handled::Nothing => None,
        Handled::Reply(reply) | Handled::Unreadable(reply) => Some(reply.to_string()),
    }
}

/// Refuses pages that may not ask, and what only looks like a message.
fn guard(app: &AppState, headers: &HeaderMap) -> Result<(), ApiError> {
    let origins = &app.settings().origins;
    let is_allowed = |origin: &[u8]| {
        origins
            .iter()
            .any(|known| known == "*" || known.as_bytes() == origin)
    };
    if let Some(origin) = headers.get(header::ORIGIN)
        && !is_allowed(origin.as_bytes())
    {
        let detail = "pages of this origin may not ask; name it in http.origins";
        return Err(ApiError::new(ProblemKind::Forbidden, detail).in_field("Origin"));
    }
    if !is_json(headers) {
        return Err(ApiError::not_json());
    }
    let version = headers.get(PROTOCOL_VERSION);
    let is_known = |version: &str| VERSIONS.contains(&version);
    if version.is_some_and(|version| !version.to_str().is_ok_and(is_known)) {
        let detail = format!(
            "this revision of the protocol is not spoken here; send one of {}",
            VERSIONS.join(", ")
        );
        let error = ApiError::new(ProblemKind::BadRequest, detail);
        return Err(error.in_field("MCP-Protocol-Version"));
    }
    Ok(())
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(take_message))
}
