//! `/v1/staff/session`: sign in, sign out, who am I; and the second factor.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::shown::{
    PasskeyBody, SignInRequest, TypedCode, TypedPassword, device_cookie, shown_factor,
};
use crate::desk::{DEVICE_MS, OpenSession, SignedIn};
use crate::http::edge::client::origin::Origin;
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::staff::{Staff, session_cookie, session_token};
use crate::http::edge::problem::{ApiError, Problem};
use crate::http::edge::state::AppState;
use crate::http::staff::wire::AgentBody;
use crate::http::wire::form::text::{Base32, Text};
use crate::staff::{Password, RecoveryCode, SecondFactor};
use crate::time::Timestamp;

/// The secret of a second factor.
type FactorSecret = Text<Base32, 103>;

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
    origin: Origin,
    headers: HeaderMap,
    ApiJson(request): ApiJson<SignInRequest>,
) -> Result<
    (
        AppendHeaders<[(HeaderName, String); 2]>,
        Json<SessionResponse>,
    ),
    ApiError,
> {
    let attempt = request.attempt(&app, origin, &headers)?;
    let now = app.now();
    let signed_in = app.workplace().sign_in(attempt, now).await?;
    let cookies = cookies_of(&signed_in, origin, now);
    let SignedIn { agent, csrf, .. } = signed_in;
    let agent = AgentBody::from(agent);
    Ok((
        AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie))),
        Json(SessionResponse { agent, csrf }),
    ))
}

/// Writes the cookies of a session that was opened: its own, and the one by which the browser is known.
pub(super) fn cookies_of(signed_in: &SignedIn, origin: Origin, now: Timestamp) -> [String; 2] {
    let SignedIn {
        token,
        device,
        expires,
        ..
    } = signed_in;
    let seconds = expires.millis_since(now) / 1_000;
    let known = DEVICE_MS / 1_000;
    [
        cookie(session_cookie(origin), token.reveal(), seconds, origin),
        cookie(device_cookie(origin), device.reveal(), known, origin),
    ]
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

/// Where the provider ends its own session.
#[derive(Debug, Serialize, ToSchema)]
struct SignedOutResponse {
    /// The address that the browser is to go on to; it leads back to the console.
    continue_at: String,
}

/// Ends the session.
#[utoipa::path(
    delete,
    path = "/v1/staff/session",
    tag = "staff",
    responses(
        (status = 200, description = "Signed out here; the provider that opened the session ends its own at this address", body = SignedOutResponse),
        (status = 204, description = "Signed out; the cookie is gone"),
        (status = "4XX", description = "Nobody was signed in", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn sign_out(
    State(app): State<AppState>,
    staff: Staff,
    origin: Origin,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    staff.agent()?;
    let now = app.now();
    let id_token = match session_token(&headers, origin) {
        Some(token) => app.workplace().sign_out(&token, now).await?,
        None => None,
    };
    let cookie = cookie(session_cookie(origin), "", 0, origin);
    let gone = [(header::SET_COOKIE, cookie)];
    let back = format!("{}/console/sign-in", app.settings().site.address);
    let leaving = match &id_token {
        Some(id_token) => app.workplace().leaving(id_token, &back, now).await,
        None => None,
    };
    Ok(match leaving {
        Some(continue_at) => (gone, Json(SignedOutResponse { continue_at })).into_response(),
        None => (StatusCode::NO_CONTENT, gone).into_response(),
    })
}

/// Lax, so that a link in a mail finds its reader signed in; what changes anything needs the CSRF token besides.
fn cookie(name: &str, token: &str, seconds: i64, origin: Origin) -> String {
    let secure = if origin.is_secure { "; Secure" } else { "" };
    format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// What somebody shows again of who they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProofRequest {
    /// The password.
    password: TypedPassword,
    /// The code of the second factor, where the account has one.
    code: Option<TypedCode>,
    /// A passkey in place of the code.
    passkey: Option<PasskeyBody>,
}

/// Shows again who one is, as keys, webhooks, passwords of others, the second factor, and handing out or destroying what
/// is kept of a visitor ask for some time after signing in.
#[utoipa::path(
    post,
    path = "/v1/staff/session/proof",
    tag = "staff",
    request_body = ProofRequest,
    responses(
        (status = 204, description = "Shown; what was refused for want of it is taken now"),
        (status = "4XX", description = "Refused; with the field `current` or `code`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn prove(
    State(app): State<AppState>,
    staff: Staff,
    headers: HeaderMap,
    ApiJson(request): ApiJson<ProofRequest>,
) -> Result<StatusCode, ApiError> {
    let (agent, session) = (staff.agent()?, staff.session()?);
    let password = Password::attempt(&request.password);
    let shown = shown_factor(&app, &headers, request.code, request.passkey)?;
    app.workplace()
        .prove_session(agent, session, password, shown, app.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A session that is open.
#[derive(Debug, Serialize, ToSchema)]
struct OpenSessionBody {
    /// Its name.
    id: String,
    /// What the browser calls itself.
    browser: String,
    /// When it was opened.
    #[schema(format = DateTime)]
    created: String,
    /// When something was last done in it.
    #[schema(format = DateTime)]
    used: String,
    /// Whether it is this one.
    current: bool,
}

impl From<OpenSession> for OpenSessionBody {
    fn from(session: OpenSession) -> Self {
        let OpenSession {
            id,
            browser,
            created,
            used,
            is_current,
        } = session;
        Self {
            id,
            browser,
            created: created.to_string(),
            used: used.to_string(),
            current: is_current,
        }
    }
}

/// The sessions of whoever asks.
#[derive(Debug, Serialize, ToSchema)]
struct SessionsResponse {
    /// The newest first.
    sessions: Vec<OpenSessionBody>,
}

/// Lists where I am signed in.
#[utoipa::path(
    get,
    path = "/v1/staff/account/sessions",
    tag = "staff",
    responses(
        (status = 200, description = "The open sessions", body = SessionsResponse),
        ApiError,
    )
)]
async fn list_sessions(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<SessionsResponse>, ApiError> {
    let (agent, session) = (staff.agent()?, staff.session()?);
    let open = app.workplace().sessions_of(agent, session, app.now());
    let sessions = open.await?.into_iter().map(OpenSessionBody::from).collect();
    Ok(Json(SessionsResponse { sessions }))
}

/// Signs me out somewhere.
#[utoipa::path(
    delete,
    path = "/v1/staff/account/sessions/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "The session", max_length = 200)),
    responses(
        (status = 204, description = "It has ended, and its streams with it"),
        ApiError,
    )
)]
async fn end_session(
    State(app): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    app.workplace()
        .end_session_of(staff.agent()?, &id, app.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How many sessions were ended.
#[derive(Debug, Serialize, ToSchema)]
struct EndedResponse {
    /// All but this one.
    ended: u64,
}

/// Signs me out everywhere but here.
#[utoipa::path(
    delete,
    path = "/v1/staff/account/sessions",
    tag = "staff",
    responses(
        (status = 200, description = "The others have ended, and their streams with them", body = EndedResponse),
        ApiError,
    )
)]
async fn end_other_sessions(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<EndedResponse>, ApiError> {
    let (agent, session) = (staff.agent()?, staff.session()?);
    let desk = app.workplace();
    let ended = desk.end_other_sessions(agent, session, app.now()).await?;
    Ok(Json(EndedResponse { ended }))
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
        ApiError,
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
    secret: FactorSecret,
    /// The code the app shows now.
    code: TypedCode,
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
        ApiError,
    )
)]
async fn set_second_factor(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<SecondFactorRequest>,
) -> Result<Json<RecoveryCodesResponse>, ApiError> {
    let agent = staff.agent()?;
    staff.require_proof(&app)?;
    let factor = SecondFactor::chosen(&request.secret)?;
    let codes = app
        .workplace()
        .set_second_factor(agent, factor, &request.code, app.now())
        .await?;
    Ok(Json(codes.into()))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in, who_am_i, sign_out))
        .routes(routes!(prove))
        .routes(routes!(list_sessions, end_other_sessions))
        .routes(routes!(end_session))
        .routes(routes!(propose_second_factor, set_second_factor))
}
