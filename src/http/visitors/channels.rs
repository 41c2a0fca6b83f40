//! `/v1/channels`: what visitors write by a channel other than the web, and the files that messengers fetch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use tracing::Instrument as _;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::ConversationState;
use crate::http::edge::client::clients::{Act, Client};
use crate::http::edge::client::origin::Origin;
use crate::http::edge::extract::{ApiPath, ApiQuery};
use crate::http::edge::files::downloads::download;
use crate::http::edge::files::uploads::read_letter;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::attachment::FileContent;
use crate::ids::{ConversationId, EndpointId};
use crate::relay::{
    Arrived, HandedIn, Presented, ReceiveError, Served, Taken, TakenLetter, answer_challenge,
    hand_in, late_reply, take_events, take_posted,
};

/// How long a messenger is kept waiting: Discord waits for three seconds, KakaoTalk and WeChat for five.
const PATIENCE: Duration = Duration::from_millis(2_400);

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
    let (official, now) = (&app.settings().channels, app.now());
    let handed_in = hand_in(workplace, visitors, official, outlet, &headers, &body, now).await?;
    Ok(Json(handed_in.into()))
}

/// What a messenger shows in the query of an address that was given to it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PresentedQuery {
    /// Of WhatsApp: `subscribe`.
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    /// Of WhatsApp: the secret that was shown when it was set up.
    #[serde(rename = "hub.verify_token")]
    verify_token: Option<String>,
    /// Of WhatsApp: what it wants to read.
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
    /// Of WeChat: SHA-1 over the secret that was shown when it was set up, the timestamp and the nonce.
    signature: Option<String>,
    /// Of WeChat: when it was signed, in seconds since 1970.
    timestamp: Option<String>,
    /// Of WeChat: any text.
    nonce: Option<String>,
    /// Of WeChat: what it wants to read.
    echostr: Option<String>,
}

impl From<PresentedQuery> for Presented {
    fn from(query: PresentedQuery) -> Self {
        let PresentedQuery {
            mode,
            verify_token,
            challenge,
            signature,
            timestamp,
            nonce,
            echostr,
        } = query;
        Self {
            mode: mode.unwrap_or_default(),
            verify_token: verify_token.unwrap_or_default(),
            challenge: challenge.or(echostr).unwrap_or_default(),
            signature: signature.unwrap_or_default(),
            timestamp: timestamp.unwrap_or_default(),
            nonce: nonce.unwrap_or_default(),
        }
    }
}

/// Says back what a messenger asks for when the address of its events is entered there, as WhatsApp and WeChat do.
#[utoipa::path(
    get,
    path = "/v1/channels/{outlet}/events",
    tag = "hooks",
    params(("outlet" = String, Path, description = "The messenger", format = "uuid"), PresentedQuery),
    responses(
        (status = 200, description = "What it wants to read", body = String, content_type = "text/plain"),
        ApiError,
    )
)]
async fn read_channel_challenge(
    State(app): State<AppState>,
    ApiPath(outlet): ApiPath<EndpointId>,
    ApiQuery(query): ApiQuery<PresentedQuery>,
) -> Result<String, ApiError> {
    Ok(answer_challenge(app.workplace(), outlet, &query.into(), app.now()).await?)
}

/// Takes what a messenger sends by its own webhook, such as an update of a bot of Telegram.
///
/// Set the messenger up under `/v1/staff/webhooks` with `messenger`. Telegram shows the secret it was given in
/// `X-Telegram-Bot-Api-Secret-Token`, KakaoTalk in `X-Mondo-Secret`; LINE signs the body in `X-Line-Signature`, Slack in
/// `X-Slack-Signature`, WhatsApp in `X-Hub-Signature-256`, Discord in `X-Signature-Ed25519`; WeChat signs in the query. What
/// comes again under the same name does nothing twice; what happens in groups is let be. KakaoTalk, Discord and WeChat, whose
/// messages are XML, are replied what waits for the visitor; others are told by their own APIs.
#[utoipa::path(
    post,
    path = "/v1/channels/{outlet}/events",
    tag = "hooks",
    request_body(content = Object, content_type = "application/json"),
    params(
        ("outlet" = String, Path, description = "The messenger", format = "uuid"),
        PresentedQuery,
        ("x-mondo-secret" = Option<String>, Header, description = "Of KakaoTalk: the secret that was shown when it was set up"),
        ("x-telegram-bot-api-secret-token" = Option<String>, Header, description = "Of Telegram: the secret of the webhook"),
        ("x-signature-ed25519" = Option<String>, Header, description = "Of Discord: over the timestamp and the body"),
        ("x-signature-timestamp" = Option<String>, Header, description = "Of Discord: in seconds since 1970"),
        ("x-line-signature" = Option<String>, Header, description = "Of LINE: HMAC-SHA256 of the body, in base64"),
        ("x-hub-signature-256" = Option<String>, Header, description = "Of WhatsApp: `sha256=` and HMAC-SHA256 of the body"),
    ),
    responses(
        (status = 200, description = "Everything is kept; what visitors are told is on its way", body = Object),
        ApiError,
    )
)]
async fn post_channel_events(
    State(app): State<AppState>,
    ApiPath(outlet): ApiPath<EndpointId>,
    ApiQuery(query): ApiQuery<PresentedQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let is_awaited = Arc::new(AtomicBool::new(true));
    // A messenger that waits no longer ends nothing: the work goes on without it.
    let work = take(
        app.clone(),
        outlet,
        query.into(),
        headers,
        body.clone(),
        Arc::clone(&is_awaited),
    );
    let mut work = tokio::spawn(work.in_current_span());
    let in_time = tokio::time::timeout(PATIENCE, &mut work).await;
    let done = match in_time {
        Ok(done) => done,
        Err(_) => {
            let late = late_reply(app.workplace(), outlet, &body, app.now()).await?;
            match late.filter(|_| is_awaited.swap(false, Ordering::AcqRel)) {
                Some(late) => return Ok(replied(late)),
                // It waits longer, or the reply is being written just now.
                None => work.await,
            }
        }
    };
    Ok(replied(done.map_err(ApiError::internal)??))
}

async fn take(
    app: AppState,
    outlet: EndpointId,
    presented: Presented,
    headers: HeaderMap,
    body: Bytes,
    is_awaited: Arc<AtomicBool>,
) -> Result<Taken, ReceiveError> {
    let now = app.now();
    let admits = |conversation: &ConversationId| {
        let client = Client::Conversation(conversation.to_string());
        app.clients()
            .count(&[client], Act::Question, 1, now)
            .is_ok()
    };
    let served = Served {
        workplace: app.workplace(),
        visitors: app.visitors(),
        official: &app.settings().channels,
        admits: &admits,
        is_awaited: &|| is_awaited.swap(false, Ordering::AcqRel),
        site: app.settings().site.address.trim_end_matches('/'),
    };
    let arrived = Arrived {
        headers: &headers,
        presented: &presented,
        body: &body,
    };
    take_events(&served, outlet, arrived, now).await
}

fn replied(taken: Taken) -> Response {
    match taken {
        Taken::Json(value) => Json(value).into_response(),
        Taken::Text(text) => text.into_response(),
        Taken::Xml(text) => {
            ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], text).into_response()
        }
    }
}

/// Returns a file that a person has sent to the visitor of a messenger, which fetches it by a signed link for a week.
#[utoipa::path(
    get,
    path = "/v1/channels/files/{token}",
    tag = "hooks",
    params(("token" = String, Path, description = "As it stands in the link", max_length = 300)),
    responses(
        (status = 200, description = "Its content", body = inline(String), content_type = "application/octet-stream"),
        ApiError,
    )
)]
async fn read_channel_file(
    State(app): State<AppState>,
    origin: Origin,
    Path(token): Path<String>,
) -> Result<Response, ApiError> {
    let read = async {
        let found = app.visitors().file_by_link(&token, app.now()).await?;
        found.ok_or_else(|| ApiError::not_found("file"))
    };
    download(&app, origin, read, "cross-origin").await
}

/// What became of a mail.
#[derive(Debug, Serialize, ToSchema)]
struct TakenLetterResponse {
    /// What: `taken`, `automatic`, `bulk`, `own`, `bounce`, `refused` or `limited`; the same for a mail that comes again.
    #[schema(example = "taken")]
    outcome: &'static str,
    /// The conversation its words went to.
    conversation: Option<String>,
    /// Who answers next there, where words were taken just now: `bot`, `queued`, `agent` or `closed`.
    state: Option<&'static str>,
}

impl From<TakenLetter> for TakenLetterResponse {
    fn from(taken: TakenLetter) -> Self {
        let TakenLetter {
            outcome,
            conversation,
            state,
        } = taken;
        Self {
            outcome: outcome.code(),
            conversation: conversation.map(|id| id.to_string()),
            state: state.map(ConversationState::code),
        }
    }
}

/// Takes a mail that a visitor has written to the mailbox, signed with the secret of its outlet.
///
/// The body is the whole mail with its headers (RFC 5322), as it came over the wire. A mail that comes again under the same
/// Message-ID says nothing twice. Mail of programs, lists and servers is taken note of and never answered.
#[utoipa::path(
    post,
    path = "/v1/channels/{outlet}/mail",
    tag = "hooks",
    request_body(content = inline(FileContent), content_type = "application/octet-stream", description = "The mail"),
    params(
        ("outlet" = String, Path, description = "The outlet of the mailbox", format = "uuid"),
        ("webhook-id" = String, Header, description = "The sender's own name for the request"),
        ("webhook-timestamp" = String, Header, description = "When it was signed, in seconds since 1970"),
        ("webhook-signature" = String, Header, description = "`v1,` and the signature in base64"),
    ),
    responses(
        (status = 200, description = "The mail is noted; what its writer is told is on its way", body = TakenLetterResponse),
        ApiError,
    )
)]
async fn post_mail(
    State(app): State<AppState>,
    ApiPath(outlet): ApiPath<EndpointId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<TakenLetterResponse>, ApiError> {
    // Whoever does not know the outlet is not listened to for long.
    app.workplace().endpoint(&outlet, app.now()).await?;
    let body = read_letter(&app, body).await?;
    let (workplace, visitors) = (app.workplace(), app.visitors());
    let taken = take_posted(workplace, visitors, outlet, &headers, &body, app.now()).await?;
    Ok(Json(taken.into()))
}

/// Files that are fetched and mails that are sent, which may be long: they have bounds of their own.
pub(super) fn lasting() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(read_channel_file))
        .routes(routes!(post_mail))
}

pub(super) fn bounded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(post_channel_message))
        .routes(routes!(read_channel_challenge, post_channel_events))
}
