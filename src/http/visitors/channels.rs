//! `POST /v1/channels/{outlet}/messages`: what visitors write by a channel other than the web.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::ApiPath;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::ids::EndpointId;
use crate::relay::{HandedIn, hand_in};

/// What became of the words.
#[derive(Debug, Serialize, ToSchema)]
struct HandedInResponse {
    /// The conversation they belong to.
    conversation: String,
    /// Who answers next: `bot`, `queued`, `agent` or `closed`.
    #[schema(example = "bot")]
    state: &'static str,
}

impl From<HandedIn> for HandedInResponse {
    fn from(handed_in: HandedIn) -> Self {
        Self {
            conversation: handed_in.conversation.to_string(),
            state: handed_in.state.code(),
        }
    }
}

/// Takes what a visitor of a channel has written, signed with the channel's secret.
///
/// Set a channel up under `/v1/staff/webhooks` with `"channel": true`. The body is
/// `{"external_id", "text", "locale"?}`: `external_id` is the program's own name for the conversation, and its first
/// words open one. What the visitor is told, by the bot or by a person, is sent to the channel's address as
/// `{"type": "message.created", "timestamp", "external_id", "conversation", "state", "message"}`, signed by the Standard
/// Webhooks convention and in order. A request that comes again under the same `webhook-id` says nothing twice.
#[utoipa::path(
    post,
    path = "/v1/channels/{outlet}/messages",
    tag = "hooks",
    request_body(content = Object, content_type = "application/json"),
    params(
        ("outlet" = String, Path, description = "The channel", format = "uuid"),
        ("webhook-id" = String, Header, description = "The sender's own name for the message"),
        ("webhook-timestamp" = String, Header, description = "When it was signed, in seconds since 1970"),
        ("webhook-signature" = String, Header, description = "`v1,` and the signature in base64"),
    ),
    responses(
        (status = 200, description = "The words are kept; what the visitor is told is on its way", body = HandedInResponse),
        ApiError,
    )
)]
async fn post_channel_message(
    State(app): State<AppState>,
    ApiPath(outlet): ApiPath<EndpointId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<HandedInResponse>, ApiError> {
    let (workplace, visitors) = (app.workplace(), app.visitors());
    let handed_in = hand_in(workplace, visitors, outlet, &headers, &body, app.now()).await?;
    Ok(Json(handed_in.into()))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(post_channel_message))
}
