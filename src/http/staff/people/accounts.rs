//! `/v1/staff/agents`: accounts.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::{ApiJson, ApiPath};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::staff::wire::{AgentBody, AgentName, RoleCode, Skill, spoken, strings};
use crate::http::wire::form::code::{Code, SpokenCode};
use crate::http::wire::form::number::Whole;
use crate::http::wire::form::text::{Any, Mail, Text};
use crate::ids::AgentId;
use crate::staff::{Department, Duties, Level, MAX_EMAIL_CHARS, NewAgent, Permission, tidy_skills};

/// Every account.
#[derive(Debug, Serialize, ToSchema)]
struct AgentsResponse {
    /// The oldest first.
    agents: Vec<AgentBody>,
}

/// Lists the accounts.
#[utoipa::path(
    get,
    path = "/v1/staff/agents",
    tag = "staff",
    responses(
        (status = 200, description = "Every account", body = AgentsResponse),
        ApiError,
    )
)]
async fn list_agents(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<AgentsResponse>, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let agents = app.workplace().agents().await?;
    let agents = agents.into_iter().map(AgentBody::from).collect();
    Ok(Json(AgentsResponse { agents }))
}

/// An address somebody signs in with.
type MailAddress = Text<Mail, MAX_EMAIL_CHARS>;

/// Where somebody works; cut to what fits on a badge.
type DepartmentName = Text<Any, 200>;

/// A level of difficulty.
type LevelCode = Code<Level>;

/// Conversations that somebody holds at once.
type Capacity = Whole<1, 100>;

/// An account to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddAgentRequest {
    /// What they sign in with.
    email: MailAddress,
    /// The name shown to visitors and colleagues.
    name: AgentName,
    /// What they may do.
    role: RoleCode,
    /// Where they work, as visitors may read it.
    #[serde(default)]
    department: DepartmentName,
    /// Codes of the languages they answer in, those that are not served too; those served when none is named.
    #[serde(default)]
    #[schema(example = json!(["en", "fr"]))]
    languages: Vec<SpokenCode>,
    /// What they know about.
    #[serde(default)]
    skills: Vec<Skill>,
}

/// An account with a password to be handed over.
#[derive(Debug, Serialize, ToSchema)]
struct PasswordResponse {
    /// The account.
    id: String,
    /// Shown this once.
    password: String,
}

/// Makes an account with a password nobody has chosen.
#[utoipa::path(
    post,
    path = "/v1/staff/agents",
    tag = "staff",
    request_body = AddAgentRequest,
    responses(
        (status = 201, description = "The account and its first password", body = PasswordResponse),
        ApiError,
    )
)]
async fn add_agent(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<AddAgentRequest>,
) -> Result<(StatusCode, Json<PasswordResponse>), ApiError> {
    let by = staff.agent_with(Permission::ManageUsers)?;
    let mut new = NewAgent::new(&request.email, &request.name, request.role.into())?;
    new.department = Department::new(&request.department);
    new.skills = tidy_skills(&strings(request.skills));
    if !request.languages.is_empty() {
        new.languages = spoken(request.languages);
    }
    let (agent, password) = app.workplace().add_agent(new, by, app.now()).await?;
    let made = PasswordResponse {
        id: agent.id.to_string(),
        password: password.reveal().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// What an account is to be from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeAgentRequest {
    /// What they may do.
    role: RoleCode,
    /// Whether they may sign in.
    active: bool,
}

/// Changes role and activity of an account.
#[utoipa::path(
    put,
    path = "/v1/staff/agents/{id}",
    tag = "staff",
    request_body = ChangeAgentRequest,
    params(("id" = String, Path, description = "The account", format = "uuid")),
    responses(
        (status = 200, description = "The account as it is now", body = AgentBody),
        ApiError,
    )
)]
async fn change_agent(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<AgentId>,
    ApiJson(request): ApiJson<ChangeAgentRequest>,
) -> Result<Json<AgentBody>, ApiError> {
    let by = staff.agent_with(Permission::ManageUsers)?;
    let changed = app
        .workplace()
        .change_agent(id, request.role.into(), request.active, by, app.now())
        .await?;
    Ok(Json(AgentBody::from(changed)))
}

/// What decides which conversations an agent is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SkillsRequest {
    /// Codes of the languages they answer in, those that are not served too; those served when none is named.
    #[serde(default)]
    #[schema(example = json!(["en", "fr"]))]
    languages: Vec<SpokenCode>,
    /// Skills that articles name, and categories.
    #[schema(example = json!(["withdrawals"]))]
    skills: Vec<Skill>,
    /// Levels they take beside the first; as they are when it is left out.
    #[schema(example = json!(["l2", "l3"]))]
    levels: Option<Vec<LevelCode>>,
    /// Conversations they hold at once before the next is given to somebody else; as it is when it is left out.
    capacity: Option<Capacity>,
    /// The team they work in, as visitors may read it; as it is when it is left out.
    department: Option<DepartmentName>,
}

/// Sets languages, skills, levels, capacity and team of an account, which decide what the agent is given.
#[utoipa::path(
    put,
    path = "/v1/staff/agents/{id}/skills",
    tag = "staff",
    request_body = SkillsRequest,
    params(("id" = String, Path, description = "The account", format = "uuid")),
    responses(
        (status = 200, description = "The account as it is now", body = AgentBody),
        ApiError,
    )
)]
async fn set_skills(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<AgentId>,
    ApiJson(request): ApiJson<SkillsRequest>,
) -> Result<Json<AgentBody>, ApiError> {
    let by = staff.agent_with(Permission::ManageUsers)?;
    let SkillsRequest {
        languages,
        skills,
        levels,
        capacity,
        department,
    } = request;
    let known = app.workplace().agent(&id).await?;
    let levels = levels.map(|codes| codes.into_iter().map(|code| code.0).collect());
    let duties = Duties {
        languages: spoken(languages),
        skills: strings(skills),
        levels: levels.unwrap_or(known.levels),
        capacity: capacity.map_or(known.capacity, |capacity| capacity.0),
        department: department.map_or(known.department, |name| Department::new(&name)),
    };
    let changed = app
        .workplace()
        .set_duties(id, duties, by, app.now())
        .await?;
    Ok(Json(AgentBody::from(changed)))
}

/// Gives an account a new password, takes its second factor away and signs it out everywhere.
#[utoipa::path(
    post,
    path = "/v1/staff/agents/{id}/reset",
    tag = "staff",
    params(("id" = String, Path, description = "The account", format = "uuid")),
    responses(
        (status = 200, description = "The new password", body = PasswordResponse),
        ApiError,
    )
)]
async fn reset_agent(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(id): ApiPath<AgentId>,
) -> Result<Json<PasswordResponse>, ApiError> {
    let by = staff.agent_with(Permission::ManageUsers)?;
    staff.require_proof(&app)?;
    let password = app.workplace().reset_agent(&id, by, app.now()).await?;
    Ok(Json(PasswordResponse {
        id: id.to_string(),
        password: password.reveal().to_owned(),
    }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_agents, add_agent))
        .routes(routes!(change_agent))
        .routes(routes!(set_skills))
        .routes(routes!(reset_agent))
}
