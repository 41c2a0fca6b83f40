//! `/v1/staff/webhooks`: places that are told what happens.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::messenger_body::MessengerBody;
use crate::conversation::Topic;
use crate::desk::{Endpoint, EndpointChange, NewEndpoint, ServiceAccount};
use crate::http::edge::extract::{ApiJson, ApiPath};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::form::code::Code;
use crate::http::wire::form::number::OtherNumber;
use crate::http::wire::form::object::Object;
use crate::http::wire::form::text::{Address, Any, Text};
use crate::ids::EndpointId;
use crate::staff::Permission;

/// A place that is told what happens, without its secrets.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookBody {
    /// Its name in the record.
    id: String,
    /// `webhook`, `channel`, the help desk: `chatwoot` or `zendesk`; or the messenger: `telegram`, `line`, `slack`,
    /// `whatsapp`, `kakao`, `discord` or `wechat`.
    #[schema(example = "webhook")]
    kind: &'static str,
    /// What it is for.
    description: String,
    /// Where it is.
    url: String,
    /// Path under which this server takes what a messenger sends.
    #[schema(example = "/v1/channels/0199…/events")]
    events_path: Option<String>,
    /// What it wants to hear.
    #[schema(example = json!(["ticket.created"]))]
    events: Vec<&'static str>,
    /// Whether it is told anything.
    active: bool,
    /// Why it was switched off by itself.
    disabled_why: Option<String>,
    /// Since when nothing has been taken there.
    #[schema(format = DateTime)]
    failing_since: Option<String>,
    /// When it was set up.
    #[schema(format = DateTime)]
    created: String,
}

impl From<Endpoint> for WebhookBody {
    fn from(endpoint: Endpoint) -> Self {
        let events_path = endpoint.events_path();
        let Endpoint {
            id,
            kind,
            description,
            url,
            topics,
            secrets: _,
            account: _,
            active,
            disabled_why,
            failing_since,
            created,
        } = endpoint;
        Self {
            id: id.to_string(),
            events_path,
            kind: kind.code(),
            description,
            url,
            events: topics.into_iter().map(Topic::code).collect(),
            active,
            disabled_why,
            failing_since: failing_since.map(|moment| moment.to_string()),
            created: created.to_string(),
        }
    }
}

/// Every place.
#[derive(Debug, Serialize, ToSchema)]
struct WebhooksResponse {
    /// The oldest first.
    webhooks: Vec<WebhookBody>,
}

/// Lists the places that are told what happens.
#[utoipa::path(
    get,
    path = "/v1/staff/webhooks",
    tag = "staff",
    responses(
        (status = 200, description = "Every webhook, without its secret", body = WebhooksResponse),
        ApiError,
    )
)]
async fn list_webhooks(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<WebhooksResponse>, ApiError> {
    staff.require(Permission::ManageWebhooks)?;
    let endpoints = app.workplace().endpoints(app.now()).await?;
    let webhooks = endpoints.into_iter().map(WebhookBody::from).collect();
    Ok(Json(WebhooksResponse { webhooks }))
}

/// Where something is on the web.
type WebAddress = Text<Address, 2_000>;

/// What a place is for; cut to what is kept.
type Description = Text<Any, 1_000>;

/// One kind of thing that can be told.
type TopicCode = Code<Topic>;

/// What opens another help desk.
type AccessToken = Text<Any, 1_000>;

/// Who somebody is in another help desk.
type UserName = Text<Any, 254>;

/// A place to be told what happens.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "url": "https://example.com/hooks/mondo", "events": ["ticket.created", "message.created"] }))]
struct AddWebhookRequest {
    /// Where it is; for a help desk the address of its server. Left out, a messenger is where its company has it; a server
    /// of one's own for bots is named here.
    url: Option<WebAddress>,
    /// What it is for.
    #[serde(default)]
    description: Description,
    /// What it wants to hear; everything when there is none.
    #[serde(default)]
    #[schema(example = json!(["ticket.created", "message.created"]))]
    events: Vec<TopicCode>,
    /// When tickets are also to live in a help desk: how to reach it.
    #[schema(value_type = Option<HelpDeskBody>)]
    help_desk: Option<Object<HelpDeskBody>>,
    /// Whether it is a channel: it hands in what visitors write elsewhere (`POST /v1/channels/{id}/messages`) and is sent
    /// what they are to read, and nothing of other conversations. Its `events` are then left out.
    #[serde(default)]
    channel: bool,
    /// When visitors write by a messenger: the bot or account there. Its `events` are then left out.
    #[schema(value_type = Option<MessengerBody>)]
    messenger: Option<Object<MessengerBody>>,
}

/// How to reach a help desk.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum HelpDeskBody {
    /// An account of Chatwoot with an inbox of its API channel.
    Chatwoot {
        /// Number of the account.
        account: OtherNumber,
        /// Number of the inbox.
        inbox: OtherNumber,
        /// Access token of a user or bot.
        token: AccessToken,
    },
    /// An account of Zendesk.
    Zendesk {
        /// Mail address of the user whose token it is.
        user: UserName,
        /// API token.
        token: AccessToken,
    },
}

impl std::fmt::Debug for HelpDeskBody {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("HelpDeskBody(***)")
    }
}

impl From<HelpDeskBody> for ServiceAccount {
    fn from(body: HelpDeskBody) -> Self {
        match body {
            HelpDeskBody::Chatwoot {
                account,
                inbox,
                token,
            } => Self::Chatwoot {
                account: account.0.unsigned_abs(),
                inbox: inbox.0.unsigned_abs(),
                token: token.into_string(),
            },
            HelpDeskBody::Zendesk { user, token } => Self::Zendesk {
                user: user.into_string(),
                token: token.into_string(),
            },
        }
    }
}

/// A place with its secret.
#[derive(Debug, Serialize, ToSchema)]
struct NewWebhookResponse {
    /// The place.
    webhook: WebhookBody,
    /// Signs what it is sent; of Telegram the `secret_token` to set its webhook with, of WhatsApp and WeChat the token that
    /// is entered beside the address, of KakaoTalk the value of the header `x-mondo-secret`; nothing of a messenger that
    /// brings its own. Shown this once.
    #[schema(example = "whsec_…")]
    secret: Option<String>,
}

/// Sets up a place that is told what happens.
#[utoipa::path(
    post,
    path = "/v1/staff/webhooks",
    tag = "staff",
    request_body = AddWebhookRequest,
    responses(
        (status = 201, description = "The webhook and its secret", body = NewWebhookResponse),
        ApiError,
    )
)]
async fn add_webhook(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<AddWebhookRequest>,
) -> Result<(StatusCode, Json<NewWebhookResponse>), ApiError> {
    let by = staff.agent_with(Permission::ManageWebhooks)?;
    staff.require_proof(&app)?;
    if request.channel && (request.help_desk.is_some() || !request.events.is_empty()) {
        return Err(ApiError::new(
            ProblemKind::ContentRefused,
            "a channel is sent what its own visitors are to read; leave out `events` and `help_desk`",
        )
        .in_field("channel"));
    }
    let elsewhere = request.help_desk.is_some() || request.channel;
    if request.messenger.is_some() && (elsewhere || !request.events.is_empty()) {
        return Err(ApiError::new(
            ProblemKind::ContentRefused,
            "a messenger is sent what its own visitors are to read; leave out `events`, `help_desk` and `channel`",
        )
        .in_field("messenger"));
    }
    if request.messenger.is_none() && request.url.is_none() {
        return Err(ApiError::new(
            ProblemKind::ContentRefused,
            "say in `url` where it is; a messenger alone can do without",
        )
        .in_field("url"));
    }
    let help_desk = request.help_desk.map(|Object(body)| body.into());
    let messenger = request.messenger.map(|Object(body)| body.into());
    let new = NewEndpoint {
        description: request.description.into_string(),
        url: request.url.map(WebAddress::into_string),
        topics: topics(request.events),
        account: help_desk.or(messenger),
        is_channel: request.channel,
    };
    let endpoint = app.workplace().add_endpoint(new, by, app.now()).await?;
    let made = NewWebhookResponse {
        secret: endpoint
            .secrets
            .first()
            .and_then(|secret| endpoint.kind.shown_secret(secret)),
        webhook: endpoint.into(),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

fn topics(codes: Vec<TopicCode>) -> Vec<Topic> {
    codes.into_iter().map(|code| code.0).collect()
}

/// What is to be different; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeWebhookRequest {
    /// Where it is.
    url: Option<WebAddress>,
    /// What it is for.
    description: Option<Description>,
    /// What it wants to hear.
    events: Option<Vec<TopicCode>>,
    /// Whether it is told anything; switching it on forgets earlier failures.
    active: Option<bool>,
}

/// Changes a place.
#[utoipa::path(
    put,
    path = "/v1/staff/webhooks/{id}",
    tag = "staff",
    request_body = ChangeWebhookRequest,
    params(("id" = String, Path, description = "The webhook", format = "uuid")),
    responses(
        (status = 200, description = "As it is now", body = WebhookBody),
        ApiError,
    )
)]
async fn change_webhook(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<EndpointId>,
    ApiJson(request): ApiJson<ChangeWebhookRequest>,
) -> Result<Json<WebhookBody>, ApiError> {
    let by = staff.agent_with(Permission::ManageWebhooks)?;
    staff.require_proof(&app)?;
    let change = EndpointChange {
        description: request.description.map(Description::into_string),
        url: request.url.map(WebAddress::into_string),
        topics: request.events.map(topics),
        active: request.active,
    };
    let changed = app
        .workplace()
        .change_endpoint(id, change, by, app.now())
        .await?;
    Ok(Json(changed.into()))
}

/// A secret.
#[derive(Debug, Serialize, ToSchema)]
struct SecretResponse {
    /// Signs from now on; the one before signs beside it for a day. Shown this once; nothing of a messenger that brings its own.
    #[schema(example = "whsec_…")]
    secret: Option<String>,
}

/// Gives a place a new secret.
#[utoipa::path(
    post,
    path = "/v1/staff/webhooks/{id}/secret",
    tag = "staff",
    params(("id" = String, Path, description = "The webhook", format = "uuid")),
    responses(
        (status = 200, description = "The new secret", body = SecretResponse),
        ApiError,
    )
)]
async fn rotate_webhook(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<EndpointId>,
) -> Result<Json<SecretResponse>, ApiError> {
    let by = staff.agent_with(Permission::ManageWebhooks)?;
    staff.require_proof(&app)?;
    let now = app.now();
    let kind = app.workplace().endpoint(&id, now).await?.kind;
    let secret = app.workplace().rotate_endpoint(id, by, now).await?;
    Ok(Json(SecretResponse {
        secret: kind.shown_secret(&secret),
    }))
}

/// Forgets a place with everything that was to be told there.
#[utoipa::path(
    delete,
    path = "/v1/staff/webhooks/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "The webhook", format = "uuid")),
    responses(
        (status = 204, description = "It is forgotten"),
        ApiError,
    )
)]
async fn remove_webhook(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<EndpointId>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::ManageWebhooks)?;
    app.workplace().remove_endpoint(id, by, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks, add_webhook))
        .routes(routes!(change_webhook, remove_webhook))
        .routes(routes!(rotate_webhook))
}
