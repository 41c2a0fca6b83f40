//! `/v1/staff/account/push`: browsers of mine that are told something while the console is not open.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::PushSubscription;
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::form::object::Object;
use crate::http::wire::form::text::{Address, Any, Text};

/// Where a browser is told something.
type PushAddress = Text<Address, 1_000>;

/// A key of a browser.
type PushKey = Text<Any, 120>;

/// How browsers subscribe.
#[derive(Debug, Serialize, ToSchema)]
struct PushResponse {
    /// The public key to subscribe with; nothing where no such messages are sent.
    key: Option<String>,
}

/// The keys of a browser.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PushKeysBody {
    /// Its public key on P-256.
    p256dh: PushKey,
    /// Its secret.
    auth: PushKey,
}

/// A subscription as `PushSubscription.toJSON()` writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SubscribeRequest {
    /// Its address at the push service.
    endpoint: PushAddress,
    /// When it ends, where the service says so; it is forgotten once the service no longer knows it.
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "browsers send it, and a subscription ends by what its service says"
    )]
    expiration_time: Option<f64>,
    /// Its keys.
    #[schema(value_type = PushKeysBody)]
    keys: Object<PushKeysBody>,
}

/// A browser that is told something.
#[derive(Debug, Serialize, ToSchema)]
struct SubscribedResponse {
    /// Its name, to end it by.
    id: String,
}

/// Tells with which key a browser subscribes.
#[utoipa::path(
    get,
    path = "/v1/staff/account/push",
    tag = "staff",
    responses(
        (status = 200, description = "The key", body = PushResponse),
        ApiError,
    )
)]
async fn key(State(app): State<AppState>, staff: Staff) -> Result<Json<PushResponse>, ApiError> {
    staff.agent()?;
    let key = app.workplace().push_key();
    Ok(Json(PushResponse { key }))
}

/// Lets a browser of mine be told of new tickets that nobody has looked at, of promised times and of notes that name me.
#[utoipa::path(
    post,
    path = "/v1/staff/account/push",
    tag = "staff",
    request_body = SubscribeRequest,
    responses(
        (status = 200, description = "Kept", body = SubscribedResponse),
        ApiError,
    )
)]
async fn subscribe(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<SubscribeRequest>,
) -> Result<Json<SubscribedResponse>, ApiError> {
    let agent = staff.agent()?;
    let SubscribeRequest {
        endpoint,
        expiration_time: _,
        keys: Object(keys),
    } = request;
    let subscription = PushSubscription {
        endpoint: endpoint.into_string(),
        p256dh: keys.p256dh.into_string(),
        auth: keys.auth.into_string(),
    };
    let desk = app.workplace();
    let id = desk
        .subscribe_to_push(agent, subscription, app.now())
        .await?;
    Ok(Json(SubscribedResponse { id }))
}

/// Ends it for a browser of mine.
#[utoipa::path(
    delete,
    path = "/v1/staff/account/push/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "Name of the subscription", format = "uuid")),
    responses(
        (status = 204, description = "It is told nothing any more"),
        ApiError,
    )
)]
async fn unsubscribe(
    State(app): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let agent = staff.agent()?;
    app.workplace().unsubscribe_from_push(agent, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(key, subscribe))
        .routes(routes!(unsubscribe))
}
