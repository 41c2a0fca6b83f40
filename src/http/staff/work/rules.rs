//! `/v1/staff/rules`: when something happens to a ticket that fits, something is done by itself.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::{Rule, RuleAct, RuleCondition, RuleTrigger};
use crate::desk::words_of_staff;
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::staff::wire::WantedTag;
use crate::http::wire::answer::{LanguageCode, ReasonCode};
use crate::http::wire::conversation::TicketBody;
use crate::http::wire::form::code::Code;
use crate::http::wire::form::object::Object;
use crate::http::wire::form::text::{Any, Filled, IdText, Line, Text};
use crate::identity::Tier;
use crate::language::Language;
use crate::pipeline::EscalationReason;
use crate::schedule::Priority;
use crate::staff::{Level, Permission};

/// What a rule waits for.
type RuleTriggerCode = Code<RuleTrigger>;

/// A priority.
type RulePriorityCode = Code<Priority>;

/// What is known of who a visitor is.
type RuleTierCode = Code<Tier>;

/// A level of difficulty.
type RuleLevelCode = Code<Level>;

/// The code of a category.
type RuleCategory = Text<Any, 80>;

/// Words that are looked for.
type RuleWords = Text<Filled, 80>;

/// The name of a team.
type RuleTeam = Text<Line, 80>;

/// How people call a rule.
type RuleName = Text<Line, 80>;

/// The id of a macro.
type RuleMacro = Text<Any, 80>;

/// What has to happen, to which tickets: of every list that is not empty, one has to fit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConditionRequest {
    /// What it waits for: a ticket that is opened, or a promised time that has passed.
    trigger: RuleTriggerCode,
    /// In one of these languages.
    #[serde(default)]
    #[schema(value_type = Vec<LanguageCode>)]
    languages: Vec<Language>,
    /// Of one of these categories.
    #[serde(default)]
    categories: Vec<RuleCategory>,
    /// Of one of these priorities.
    #[serde(default)]
    priorities: Vec<RulePriorityCode>,
    /// Of one of these visitors.
    #[serde(default)]
    tiers: Vec<RuleTierCode>,
    /// For one of these reasons.
    #[serde(default)]
    #[schema(value_type = Vec<ReasonCode>)]
    reasons: Vec<EscalationReason>,
    /// With one of these words in the first question or in the visitor's note.
    #[serde(default)]
    words: Vec<RuleWords>,
}

/// What a rule does; exactly one of the fields.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum RuleActRequest {
    /// Put tags on it.
    AddTags(Vec<WantedTag>),
    /// Give it to a team.
    Team(RuleTeam),
    /// Give it to an agent, unless somebody has taken it.
    Assign(IdText),
    /// Set its priority.
    Priority(RulePriorityCode),
    /// Hand it to people who know more.
    Level(RuleLevelCode),
    /// Say a macro to the visitor, where it has a text in their language.
    Say(RuleMacro),
    /// Tell a webhook, whatever it has asked for.
    Tell(IdText),
}

/// A rule to be kept or tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Chargebacks", "active": true, "when": { "trigger": "opened", "words": ["chargeback"] }, "then": [{ "add_tags": ["chargeback"] }, { "level": "l2" }] }))]
struct RuleRequest {
    /// How people call it.
    name: RuleName,
    /// Whether it is on.
    active: bool,
    /// What has to happen, to which tickets.
    #[schema(value_type = ConditionRequest)]
    when: Object<ConditionRequest>,
    /// What is done, in this order.
    then: Vec<RuleActRequest>,
}

impl RuleRequest {
    fn into_rule(self, id: String) -> Result<Rule, ApiError> {
        let Object(when) = self.when;
        let codes = |codes: Vec<RulePriorityCode>| codes.into_iter().map(|code| code.0).collect();
        let condition = RuleCondition {
            trigger: when.trigger.0,
            languages: when.languages,
            categories: when.categories.into_iter().map(Text::into_string).collect(),
            priorities: codes(when.priorities),
            tiers: when.tiers.into_iter().map(|code| code.0).collect(),
            reasons: when.reasons,
            words: when.words.into_iter().map(Text::into_string).collect(),
        };
        let acts = self.then.into_iter().map(act_of);
        Ok(Rule {
            id,
            name: self.name.trim().to_owned(),
            is_active: self.active,
            condition,
            acts: acts.collect::<Result<_, ApiError>>()?,
        })
    }
}

fn act_of(request: RuleActRequest) -> Result<RuleAct, ApiError> {
    Ok(match request {
        RuleActRequest::AddTags(tags) => {
            let tags = tags
                .iter()
                .map(|tag| Ok(words_of_staff(&tag.to_lowercase())?));
            let tags: Vec<_> = tags.collect::<Result<_, ApiError>>()?;
            RuleAct::AddTags(tags.iter().map(|tag| tag.as_str().to_owned()).collect())
        }
        RuleActRequest::Team(name) => RuleAct::Team(name.trim().to_owned()),
        RuleActRequest::Assign(id) => RuleAct::Assign(id.parse()?),
        RuleActRequest::Priority(Code(priority)) => RuleAct::Priority(priority),
        RuleActRequest::Level(Code(level)) => RuleAct::Level(level),
        RuleActRequest::Say(id) => RuleAct::Say(id.into_string()),
        RuleActRequest::Tell(id) => RuleAct::Tell(id.parse()?),
    })
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
struct RuleResponse {
    /// Its name in the record.
    id: String,
    /// How people call it.
    name: String,
    /// Whether it is on.
    active: bool,
    /// What has to happen, to which tickets.
    #[schema(value_type = ConditionRequest)]
    when: RuleCondition,
    /// What is done, in this order.
    #[schema(value_type = Vec<RuleActRequest>)]
    then: Vec<RuleAct>,
}

impl From<Rule> for RuleResponse {
    fn from(rule: Rule) -> Self {
        let Rule {
            id,
            name,
            is_active,
            condition,
            acts,
        } = rule;
        Self {
            id,
            name,
            active: is_active,
            when: condition,
            then: acts,
        }
    }
}

/// Every rule.
#[derive(Debug, Serialize, ToSchema)]
struct RulesResponse {
    /// In the order in which they are applied.
    rules: Vec<RuleResponse>,
}

/// What a rule would have met.
#[derive(Debug, Serialize, ToSchema)]
struct RuleTrialResponse {
    /// Tickets of the last week that were looked at.
    tried: usize,
    /// How many it fits.
    fitting: usize,
    /// The first fifty of those, the newest change first.
    tickets: Vec<TicketBody>,
}

/// Tickets a trial names.
const MAX_NAMED: usize = 50;

/// Lists the rules.
#[utoipa::path(
    get,
    path = "/v1/staff/rules",
    tag = "staff",
    responses(
        (status = 200, description = "Every rule", body = RulesResponse),
        ApiError,
    )
)]
async fn list_rules(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<RulesResponse>, ApiError> {
    staff.require(Permission::AssignWork)?;
    let rules = app.workplace().rules().await?;
    Ok(Json(RulesResponse {
        rules: rules.into_iter().map(RuleResponse::from).collect(),
    }))
}

/// Keeps a new rule; it looks at what happens from now on, within seconds.
#[utoipa::path(
    post,
    path = "/v1/staff/rules",
    tag = "staff",
    request_body = RuleRequest,
    responses(
        (status = 201, description = "The rule", body = RuleResponse),
        ApiError,
    )
)]
async fn add_rule(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<RuleRequest>,
) -> Result<(StatusCode, Json<RuleResponse>), ApiError> {
    let by = staff.agent_with(Permission::AssignWork)?;
    let rule = request.into_rule(String::new())?;
    let kept = app.workplace().put_rule(rule, by, app.now()).await?;
    Ok((StatusCode::CREATED, Json(kept.into())))
}

/// Keeps a rule in place of the one before.
#[utoipa::path(
    put,
    path = "/v1/staff/rules/{id}",
    tag = "staff",
    request_body = RuleRequest,
    params(("id" = String, Path, description = "The rule", max_length = 40)),
    responses(
        (status = 200, description = "The rule", body = RuleResponse),
        ApiError,
    )
)]
async fn change_rule(
    State(app): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    ApiJson(request): ApiJson<RuleRequest>,
) -> Result<Json<RuleResponse>, ApiError> {
    let by = staff.agent_with(Permission::AssignWork)?;
    let rule = request.into_rule(id)?;
    let kept = app.workplace().put_rule(rule, by, app.now()).await?;
    Ok(Json(kept.into()))
}

/// Forgets a rule.
#[utoipa::path(
    delete,
    path = "/v1/staff/rules/{id}",
    tag = "staff",
    params(("id" = String, Path, description = "The rule", max_length = 40)),
    responses(
        (status = 204, description = "It is gone"),
        ApiError,
    )
)]
async fn forget_rule(
    State(app): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::AssignWork)?;
    app.workplace().forget_rule(&id, by, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells which tickets of the last week a rule would have met. Nothing is kept, and nothing is done to them.
#[utoipa::path(
    post,
    path = "/v1/staff/rules/trial",
    tag = "staff",
    request_body = RuleRequest,
    responses(
        (status = 200, description = "What it would have met", body = RuleTrialResponse),
        ApiError,
    )
)]
async fn try_rule(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<RuleRequest>,
) -> Result<Json<RuleTrialResponse>, ApiError> {
    staff.require(Permission::AssignWork)?;
    let rule = request.into_rule(String::new())?;
    let trial = app.workplace().try_rule(&rule, app.now()).await?;
    let fitting = trial.fitting.len();
    let tickets = trial.fitting.into_iter().take(MAX_NAMED);
    Ok(Json(RuleTrialResponse {
        tried: trial.tried,
        fitting,
        tickets: tickets.map(|one| one.ticket.into()).collect(),
    }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_rules, add_rule))
        .routes(routes!(try_rule))
        .routes(routes!(change_rule, forget_rule))
}
