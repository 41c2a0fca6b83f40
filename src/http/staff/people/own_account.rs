//! `/v1/staff/account`: what somebody changes about their own account.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::session::RecoveryCodesResponse;
use super::shown::{TypedCode, TypedPassword};
use crate::desk::{MAX_AVAILABILITY_REASON_CHARS, Profile, availability_reason};
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, Problem};
use crate::http::edge::state::AppState;
use crate::http::staff::wire::{AgentBody, AgentName, Skill, spoken, strings};
use crate::http::wire::form::code::{Code, SpokenCode};
use crate::http::wire::form::text::{Line, Long, Text};
use crate::staff::{Availability, Notice, Password, Permission};

/// How somebody is known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProfileRequest {
    /// The name shown to visitors and colleagues.
    name: AgentName,
    /// Codes of the languages they answer in, those that are not served too; those served when none is named.
    #[serde(default)]
    #[schema(example = json!(["en", "fr"]))]
    languages: Vec<SpokenCode>,
    /// What they know about.
    #[serde(default)]
    skills: Vec<Skill>,
}

/// Changes how I am known.
#[utoipa::path(
    put,
    path = "/v1/staff/account",
    tag = "staff",
    request_body = ProfileRequest,
    responses(
        (status = 200, description = "The account as it is now", body = AgentBody),
        ApiError,
    )
)]
async fn change_profile(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<ProfileRequest>,
) -> Result<Json<AgentBody>, ApiError> {
    let profile = Profile {
        name: request.name.into_string(),
        languages: spoken(request.languages),
        skills: strings(request.skills),
    };
    let desk = app.workplace();
    let changed = desk
        .change_profile(staff.agent()?, profile, app.now())
        .await?;
    Ok(Json(AgentBody::from(changed)))
}

/// Whether somebody takes new conversations.
type AvailabilityCode = Code<Availability>;

/// Why somebody does not.
type AvailabilityReason = Text<Line, MAX_AVAILABILITY_REASON_CHARS>;

/// Whether I take new conversations.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "availability": "away", "reason": "lunch" }))]
struct AvailabilityRequest {
    /// Which.
    availability: AvailabilityCode,
    /// Why I am busy or away, as colleagues read it.
    reason: Option<AvailabilityReason>,
}

/// Says whether I take new conversations: `here` does, `busy` goes on with what they hold, and `away` is not at the desk
/// for visitors either, whatever stands open on a screen.
#[utoipa::path(
    put,
    path = "/v1/staff/account/availability",
    tag = "staff",
    request_body = AvailabilityRequest,
    responses(
        (status = 200, description = "The account as it is now", body = AgentBody),
        ApiError,
    )
)]
async fn set_availability(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<AvailabilityRequest>,
) -> Result<Json<AgentBody>, ApiError> {
    let me = staff.agent_with(Permission::WorkConversations)?;
    let reason = request.reason.as_deref().and_then(availability_reason);
    let changed = app
        .workplace()
        .set_availability(me, request.availability.0, reason, app.now())
        .await?;
    Ok(Json(AgentBody::from(changed)))
}

/// Something that people are told.
type NoticeCode = Code<Notice>;

/// What I am told by mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "mail": ["unseen", "near", "mentioned"] }))]
struct NoticesRequest {
    /// These and nothing else.
    mail: Vec<NoticeCode>,
}

/// Sets what I am told by mail: `assigned` and `breached` of tickets I work on or follow, `unseen` of new ones I could take
/// and nobody has looked at for five minutes, `near` half an hour before a promised time, `mentioned` of notes that name me
/// as `@name`. What happens within ten minutes comes in one mail, in the language I have the console in.
#[utoipa::path(
    put,
    path = "/v1/staff/account/notices",
    tag = "staff",
    request_body = NoticesRequest,
    responses(
        (status = 200, description = "The account as it is now", body = AgentBody),
        ApiError,
    )
)]
async fn set_notices(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<NoticesRequest>,
) -> Result<Json<AgentBody>, ApiError> {
    let notices = request.mail.into_iter().map(|code| code.0).collect();
    let changed = app
        .workplace()
        .set_mail_notices(staff.agent()?, notices, app.now())
        .await?;
    Ok(Json(AgentBody::from(changed)))
}

/// A password that somebody chooses.
type ChosenPassword = Text<Long, 1_024>;

/// A password in place of another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordRequest {
    /// The one that holds now.
    current: TypedPassword,
    /// The one from now on; twelve characters or more, and not soon guessed.
    new: ChosenPassword,
}

/// Changes my password and signs me out everywhere else.
#[utoipa::path(
    put,
    path = "/v1/staff/account/password",
    tag = "staff",
    request_body = PasswordRequest,
    responses(
        (status = 204, description = "The new password holds"),
        (status = "4XX", description = "Refused; with the field `current` or `new`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn change_password(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<PasswordRequest>,
) -> Result<StatusCode, ApiError> {
    let current = Password::attempt(&request.current);
    let (agent, session) = (staff.agent()?, staff.session()?);
    app.workplace()
        .change_password(
            agent,
            current,
            request.new.into_string(),
            session,
            app.now(),
        )
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A code of the authenticator app, or a recovery code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeRequest {
    /// As the app shows it now, or as it was written down.
    code: TypedCode,
}

/// Takes my second factor away, such as before moving to another device.
#[utoipa::path(
    post,
    path = "/v1/staff/account/second-factor/removal",
    tag = "staff",
    request_body = CodeRequest,
    responses(
        (status = 204, description = "From now on signing in asks for no code"),
        ApiError,
    )
)]
async fn remove_second_factor(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<CodeRequest>,
) -> Result<StatusCode, ApiError> {
    let desk = app.workplace();
    desk.remove_second_factor(staff.agent()?, staff.session()?, &request.code, app.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes fresh recovery codes; those from before are worth nothing any more.
#[utoipa::path(
    post,
    path = "/v1/staff/account/second-factor/recovery-codes",
    tag = "staff",
    request_body = CodeRequest,
    responses(
        (status = 200, description = "The fresh ones", body = RecoveryCodesResponse),
        ApiError,
    )
)]
async fn renew_recovery_codes(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<CodeRequest>,
) -> Result<Json<RecoveryCodesResponse>, ApiError> {
    let desk = app.workplace();
    let codes = desk
        .renew_recovery_codes(staff.agent()?, staff.session()?, &request.code, app.now())
        .await?;
    Ok(Json(codes.into()))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(change_profile))
        .routes(routes!(set_availability))
        .routes(routes!(set_notices))
        .routes(routes!(change_password))
        .routes(routes!(remove_second_factor))
        .routes(routes!(renew_recovery_codes))
}
