//! Rules as people set them: when, then, and a trial against last week.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};

use crate::conversation::{Rule, RuleAct, RuleCondition, RuleTrigger};
use crate::http::console::shell::AtDesk;
use crate::http::console::ticket::{
    PRIORITIES, TIERS, assignable, category_name, reason_word, teams,
};
use crate::http::console::words::Preferences;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::identity::Tier;
use crate::language::Language;
use crate::pipeline::EscalationReason;
use crate::schedule::Priority;
use crate::staff::{Level, Permission};

/// Reasons a rule can ask for.
const REASONS: [EscalationReason; 8] = [
    EscalationReason::FraudReport,
    EscalationReason::PersonalCase,
    EscalationReason::Regulated,
    EscalationReason::PersonRequested,
    EscalationReason::LowConfidence,
    EscalationReason::NothingFound,
    EscalationReason::LanguageMissing,
    EscalationReason::LanguageNotServed,
];

/// The page.
pub(in crate::http::console) async fn rules(
    State(app): State<AppState>,
    at_desk: AtDesk,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::AssignWork)?;
    let preferences = at_desk.preferences();
    let desk = app.workplace();
    let agents = desk.agents().await?;
    let snapshot = app.library().snapshot();
    let codes = snapshot.knowledge().category_codes();
    let categories: Vec<(String, String)> = codes
        .into_iter()
        .map(|code| {
            let name = category_name(snapshot.knowledge(), code, preferences.locale());
            (code.to_owned(), name)
        })
        .collect();
    let blank = Rule {
        id: String::new(),
        name: String::new(),
        is_active: true,
        condition: RuleCondition::default(),
        acts: Vec::new(),
    };
    let shown = |rule: &Rule| rule_values(preferences, rule, &categories);
    let rules: Vec<Value> = desk.rules().await?.iter().map(shown).collect();
    let macros: Vec<Value> = desk
        .macros()
        .await?
        .into_iter()
        .map(|one| context! { id => one.id, title => one.title.as_str() })
        .collect();
    // Whoever may not manage webhooks sees none to choose.
    let endpoints: Vec<Value> = match at_desk.staff.principal.may(Permission::ManageWebhooks) {
        true => desk
            .endpoints(app.now())
            .await?
            .into_iter()
            .map(|one| context! { id => one.id.to_string(), name => one.description })
            .collect(),
        false => Vec::new(),
    };
    let values = context! {
        rules,
        blank => shown(&blank),
        agents => assignable(preferences, &agents),
        teams => teams(&agents, None),
        macros,
        endpoints,
        priorities => PRIORITIES.map(|one| context! { code => one.code(), word => preferences.word(one.code()) }).to_vec(),
        levels => Level::ALL.map(|one| context! { code => one.code(), word => preferences.word(one.code()) }).to_vec(),
    };
    at_desk.page("rules.html", "/console/rules", values)
}

fn rule_values(preferences: &Preferences, rule: &Rule, categories: &[(String, String)]) -> Value {
    let RuleCondition {
        trigger,
        languages,
        categories: wanted,
        priorities,
        tiers,
        reasons,
        words,
    } = &rule.condition;
    let choice = |code: &str, word: String, chosen: bool| context! { code, word, chosen };
    let mut then = Then::default();
    for act in &rule.acts {
        then.add(act);
    }
    context! {
        id => &rule.id,
        name => &rule.name,
        active => rule.is_active,
        triggers => RuleTrigger::ALL.map(|one| {
            choice(one.code(), preferences.word(&format!("when_{}", one.code())), one == *trigger)
        }).to_vec(),
        languages => Language::ALL.map(|one| {
            choice(one.code(), one.endonym().to_owned(), languages.contains(&one))
        }).to_vec(),
        categories => categories.iter().map(|(code, name)| {
            choice(code, name.clone(), wanted.contains(code))
        }).collect::<Vec<_>>(),
        priorities => PRIORITIES.map(|one: Priority| {
            choice(one.code(), preferences.word(one.code()), priorities.contains(&one))
        }).to_vec(),
        tiers => TIERS.map(|one: Tier| {
            choice(one.code(), preferences.word(one.code()), tiers.contains(&one))
        }).to_vec(),
        reasons => REASONS.map(|one| {
            choice(one.code(), preferences.word(reason_word(one)), reasons.contains(&one))
        }).to_vec(),
        words => words.join(", "),
        tags => then.tags.join(", "),
        team => then.team,
        assign => then.assign,
        priority => then.priority,
        level => then.level,
        say => then.say,
        tell => then.tell,
    }
}

/// The acts of a rule by their kind; of a kind that stands there twice, the last.
#[derive(Default)]
struct Then {
    tags: Vec<String>,
    team: Option<String>,
    assign: Option<String>,
    priority: Option<&'static str>,
    level: Option<&'static str>,
    say: Option<String>,
    tell: Option<String>,
}

impl Then {
    fn add(&mut self, act: &RuleAct) {
        match act {
            RuleAct::AddTags(tags) => self.tags.extend(tags.iter().cloned()),
            RuleAct::Team(team) => self.team = Some(team.clone()),
            RuleAct::Assign(agent) => self.assign = Some(agent.to_string()),
            RuleAct::Priority(priority) => self.priority = Some(priority.code()),
            RuleAct::Level(level) => self.level = Some(level.code()),
            RuleAct::Say(id) => self.say = Some(id.clone()),
            RuleAct::Tell(id) => self.tell = Some(id.to_string()),
        }
    }
}
