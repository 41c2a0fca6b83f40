//! `/v1/staff/session`: sign in, sign out, who am I; and the second factor.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guard::{SESSION_COOKIE, Staff, session_token};
use super::wire::AgentBody;
use crate::desk::{SignIn, SignedIn};
use crate::http::extract::ApiJson;
use crate::http::problem::{ApiError, Problem};
use crate::http::state::AppState;
use crate::staff::{Password, RecoveryCode, SecondFactor};

/// What somebody signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInRequest {
    /// The address of the account.
    #[schema(example = "sora@example.com")]
    email: String,
    /// The password.
    password: String,
    /// The code of the second factor, where the account has one.
    code: Option<String>,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
struct SessionResponse {
    /// Who is signed in.
    agent: AgentBody,
    /// To be repeated in the header `X-CSRF-Token` by everything but GET.
    csrf: String,
}

/// Opens a session; its token travels in a cookie that scripts cannot read.
#[utoipa::path(
    post,
    path = "/v1/staff/session",
    tag = "staff",
    request_body = SignInRequest,
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = SessionResponse),
        (status = "4XX", description = "Refused; with the field `code` when only that is missing", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn sign_in(
    State(app): State<AppState>,
    headers: HeaderMap,
    ApiJson(request): ApiJson<SignInRequest>,
) -> Result<([(HeaderName, String); 1], Json<SessionResponse>), ApiError> {
    let attempt = SignIn {
        email: request.email,
        password: Password::attempt(&request.password),
        code: request.code.filter(|code| !code.trim().is_empty()),
    };
    let now = app.now();
    let SignedIn {
        agent,
        token,
        csrf,
        expires,
    } = app.desk().sign_in(attempt, now).await?;
    let seconds = expires.millis_since(now) / 1_000;
    let cookie = cookie(token.reveal(), seconds, &headers);
    let agent = AgentBody::from(agent);
    Ok((
        [(header::SET_COOKIE, cookie)],
        Json(SessionResponse { agent, csrf }),
    ))
}

/// Tells who is signed in.
#[utoipa::path(
    get,
    path = "/v1/staff/session",
    tag = "staff",
    responses(
        (status = 200, description = "Who is signed in", body = SessionResponse),
        (status = "4XX", description = "Nobody is", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn who_am_i(staff: Staff) -> Result<Json<SessionResponse>, ApiError> {
    let agent = AgentBody::from(staff.agent()?.clone());
    let csrf = staff.csrf.unwrap_or_default();
    Ok(Json(SessionResponse { agent, csrf }))
}

/// Ends the session.
#[utoipa::path(
    delete,
    path = "/v1/staff/session",
    tag = "staff",
    responses(
        (status = 204, description = "Signed out; the cookie is gone"),
        (status = "4XX", description = "Nobody was signed in", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn sign_out(
    State(app): State<AppState>,
    staff: Staff,
    headers: HeaderMap,
) -> Result<(StatusCode, [(HeaderName, String); 1]), ApiError> {
    staff.agent()?;
    if let Some(token) = session_token(&headers) {
        app.desk().sign_out(&token).await?;
    }
    let cookie = cookie("", 0, &headers);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]))
}

/// Lax, so that a link in a mail finds its reader signed in; what changes anything needs the CSRF token besides.
fn cookie(token: &str, seconds: i64, headers: &HeaderMap) -> String {
    // Whoever forges this header only makes their own cookie stricter.
    let is_secure = headers
        .get("x-forwarded-proto")
        .is_some_and(|scheme| scheme.as_bytes() == b"https");
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{SESSION_COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// A secret for an authenticator app.
#[derive(Debug, Serialize, ToSchema)]
struct SecondFactorResponse {
    /// The secret in base 32, to be typed into the app.
    secret: String,
    /// The same as an address for a QR code.
    uri: String,
}

/// Makes a secret for an authenticator app; nothing changes until a code proves that the app has it.
#[utoipa::path(
    post,
    path = "/v1/staff/second-factor",
    tag = "staff",
    responses(
        (status = 200, description = "A fresh secret", body = SecondFactorResponse),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn propose_second_factor(staff: Staff) -> Result<Json<SecondFactorResponse>, ApiError> {
    let agent = staff.agent()?;
    let factor = SecondFactor::generate();
    Ok(Json(SecondFactorResponse {
        secret: factor.reveal().to_owned(),
        uri: factor.uri(&agent.email).map_err(ApiError::internal)?,
    }))
}

/// A secret with the code the app shows for it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecondFactorRequest {
    /// The secret, as it was given.
    secret: String,
    /// The code the app shows now.
    code: String,
}

/// Codes that stand in for the second factor.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryCodesResponse {
    /// To be kept where the device is not; each works once, and they are not shown again.
    recovery_codes: Vec<String>,
}

impl From<Vec<RecoveryCode>> for RecoveryCodesResponse {
    fn from(codes: Vec<RecoveryCode>) -> Self {
        let recovery_codes = codes.iter().map(RecoveryCode::reveal).collect();
        Self { recovery_codes }
    }
}

/// Sets up the second factor.
#[utoipa::path(
    put,
    path = "/v1/staff/second-factor",
    tag = "staff",
    request_body = SecondFactorRequest,
    responses(
        (status = 200, description = "From now on signing in asks for a code", body = RecoveryCodesResponse),
        (status = "4XX", description = "Refused", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn set_second_factor(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<SecondFactorRequest>,
) -> Result<Json<RecoveryCodesResponse>, ApiError> {
    let factor = SecondFactor::stored(request.secret);
    let codes = app
        .desk()
        .set_second_factor(staff.agent()?, factor, &request.code, app.now())
        .await?;
    Ok(Json(codes.into()))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in, who_am_i, sign_out))
        .routes(routes!(propose_second_factor, set_second_factor))
}
