//! `/v1/staff/account/passkeys`: keys of browsers, telephones and security keys as the second factor.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::shown::{AnswerBytes, PasskeyName, SignInRequest, browser_in};
use crate::desk::KeptPasskey;
use crate::http::edge::client::origin::Origin;
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::passkey_site::passkey_site;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, Problem};
use crate::http::edge::state::AppState;
use crate::http::wire::form::text::{Any, Text};
use crate::staff::{NewPasskey, RecoveryCode};

/// A way to reach a passkey.
type Transport = Text<Any, 40>;

/// What a browser is to be asked.
#[derive(Debug, Serialize, ToSchema)]
struct PasskeyQuestion {
    /// The options of `navigator.credentials.create` or `.get`, bytes in Base64 in the alphabet of addresses.
    #[schema(value_type = Object)]
    public_key: Value,
}

/// A passkey that a browser has made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPasskeyRequest {
    /// `id` of the credential.
    id: PasskeyName,
    /// `attestationObject`.
    attestation: AnswerBytes,
    /// `clientDataJSON`.
    client_data: AnswerBytes,
    /// What `getTransports` says.
    #[serde(default)]
    #[schema(max_items = 20)]
    transports: Vec<Transport>,
}

/// A passkey of mine.
#[derive(Debug, Serialize, ToSchema)]
struct KeptPasskeyBody {
    /// Its name.
    id: String,
    /// What the browser calls itself in which it was made.
    browser: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created: String,
    /// When it was last shown.
    #[schema(format = DateTime)]
    used: Option<String>,
}

impl From<KeptPasskey> for KeptPasskeyBody {
    fn from(kept: KeptPasskey) -> Self {
        let KeptPasskey {
            passkey,
            browser,
            created,
            used,
        } = kept;
        Self {
            id: passkey.id,
            browser,
            created: created.to_string(),
            used: used.map(|used| used.to_string()),
        }
    }
}

/// The passkeys of whoever asks.
#[derive(Debug, Serialize, ToSchema)]
struct PasskeysResponse {
    /// The oldest first.
    passkeys: Vec<KeptPasskeyBody>,
}

/// A passkey that was taken.
#[derive(Debug, Serialize, ToSchema)]
struct NewPasskeyResponse {
    /// As it is kept.
    passkey: KeptPasskeyBody,
    /// Codes that stand in for the second factor, where it is the first; not shown again.
    recovery_codes: Vec<String>,
}

/// Asks for a passkey at the door, once the password is right; answer with POST /v1/staff/session.
#[utoipa::path(
    post,
    path = "/v1/staff/session/passkey",
    tag = "staff",
    request_body = SignInRequest,
    responses(
        (status = 200, description = "What to ask the browser", body = PasskeyQuestion),
        (status = "4XX", description = "Refused, or the account has no passkey", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn ask_at_door(
    State(app): State<AppState>,
    origin: Origin,
    headers: HeaderMap,
    ApiJson(request): ApiJson<SignInRequest>,
) -> Result<Json<PasskeyQuestion>, ApiError> {
    let site = passkey_site(&app, &headers)?;
    let attempt = request.attempt(&app, origin, &headers)?;
    let desk = app.workplace();
    let public_key = desk.ask_for_passkey_at_door(&attempt, &site, app.now());
    let public_key = public_key.await?;
    Ok(Json(PasskeyQuestion { public_key }))
}

/// Asks for one of my passkeys; answer with POST /v1/staff/session/proof.
#[utoipa::path(
    post,
    path = "/v1/staff/session/proof/passkey",
    tag = "staff",
    responses(
        (status = 200, description = "What to ask the browser", body = PasskeyQuestion),
        ApiError,
    )
)]
async fn ask_again(
    State(app): State<AppState>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<Json<PasskeyQuestion>, ApiError> {
    let agent = staff.agent()?;
    let site = passkey_site(&app, &headers)?;
    let public_key = app.workplace().ask_for_passkey(agent, &site).await?;
    Ok(Json(PasskeyQuestion { public_key }))
}

/// Asks for a new passkey; answer with POST /v1/staff/account/passkeys.
#[utoipa::path(
    post,
    path = "/v1/staff/account/passkeys/question",
    tag = "staff",
    responses(
        (status = 200, description = "What to ask the browser", body = PasskeyQuestion),
        ApiError,
    )
)]
async fn offer(
    State(app): State<AppState>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<Json<PasskeyQuestion>, ApiError> {
    let agent = staff.agent()?;
    staff.require_proof(&app)?;
    let site = passkey_site(&app, &headers)?;
    let public_key = app.workplace().offer_passkey(agent, &site).await?;
    Ok(Json(PasskeyQuestion { public_key }))
}

/// Keeps a passkey of mine.
#[utoipa::path(
    post,
    path = "/v1/staff/account/passkeys",
    tag = "staff",
    request_body = NewPasskeyRequest,
    responses(
        (status = 201, description = "From now on signing in asks for it, or for a code", body = NewPasskeyResponse),
        ApiError,
    )
)]
async fn add(
    State(app): State<AppState>,
    staff: Staff,
    headers: HeaderMap,
    ApiJson(request): ApiJson<NewPasskeyRequest>,
) -> Result<(StatusCode, Json<NewPasskeyResponse>), ApiError> {
    let agent = staff.agent()?;
    staff.require_proof(&app)?;
    let site = passkey_site(&app, &headers)?;
    let transports = request.transports.into_iter();
    let made = NewPasskey {
        id: request.id.into_string(),
        attestation: request.attestation.into_string(),
        client_data: request.client_data.into_string(),
        transports: transports.map(Transport::into_string).collect(),
    };
    let browser = browser_in(&headers);
    let desk = app.workplace();
    let (kept, codes) = desk
        .add_passkey(agent, &site, made, &browser, app.now())
        .await?;
    let response = NewPasskeyResponse {
        passkey: kept.into(),
        recovery_codes: codes.iter().map(RecoveryCode::reveal).collect(),
    };
    Ok((StatusCode::CREATED, Json(response)))
}

/// Lists my passkeys.
#[utoipa::path(
    get,
    path = "/v1/staff/account/passkeys",
    tag = "staff",
    responses(
        (status = 200, description = "My passkeys", body = PasskeysResponse),
        ApiError,
    )
)]
async fn list(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<PasskeysResponse>, ApiError> {
    let passkeys = app.workplace().passkeys_of(staff.agent()?).await?;
    let passkeys = passkeys.into_iter().map(KeptPasskeyBody::from).collect();
    Ok(Json(PasskeysResponse { passkeys }))
}

/// Takes one of my passkeys away.
#[utoipa::path(
    delete,
    path = "/v1/staff/account/passkeys/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "The passkey", max_length = 1400)),
    responses(
        (status = 204, description = "It opens nothing any more"),
        ApiError,
    )
)]
async fn remove(
    State(app): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let agent = staff.agent()?;
    staff.require_proof(&app)?;
    app.workplace()
        .remove_passkey(agent, &id, app.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(ask_at_door))
        .routes(routes!(ask_again))
        .routes(routes!(offer))
        .routes(routes!(list, add))
        .routes(routes!(remove))
}
