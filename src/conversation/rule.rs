//! Rules: when something happens to a ticket that fits, something is done by itself. Pure: what fits is decided here.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::Ticket;
use crate::identity::Tier;
use crate::ids::{AgentId, EndpointId, UnknownCode};
use crate::language::Language;
use crate::pipeline::EscalationReason;
use crate::schedule::Priority;
use crate::staff::Level;

/// What a rule waits for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    IntoStaticStr,
    EnumString,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum RuleTrigger {
    /// A ticket was opened.
    #[default]
    Opened,
    /// A promised time has passed.
    Breached,
}

impl RuleTrigger {
    /// Every trigger.
    pub const ALL: [RuleTrigger; 2] = [RuleTrigger::Opened, RuleTrigger::Breached];

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// What a ticket has to be: of every list that is not empty, one has to fit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleCondition {
    /// What it waits for.
    pub trigger: RuleTrigger,
    /// In one of these languages.
    pub languages: Vec<Language>,
    /// Of one of these categories.
    pub categories: Vec<String>,
    /// Of one of these priorities.
    pub priorities: Vec<Priority>,
    /// Of one of these visitors.
    pub tiers: Vec<Tier>,
    /// For one of these reasons.
    pub reasons: Vec<EscalationReason>,
    /// With one of these words in the first question or in the visitor's note.
    pub words: Vec<String>,
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleAct {
    /// Put tags on it.
    AddTags(Vec<String>),
    /// Give it to a team.
    Team(String),
    /// Give it to somebody.
    Assign(AgentId),
    /// Set its priority.
    Priority(Priority),
    /// Hand it to people who know more.
    Level(Level),
    /// Say a macro to the visitor, in their language.
    Say(String),
    /// Tell a webhook, whatever it has asked for.
    Tell(EndpointId),
}

/// When something happens to a ticket that fits, something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name in the record.
    pub id: String,
    /// How people call it.
    pub name: String,
    /// Whether it is on.
    pub is_active: bool,
    /// What has to happen, to which tickets.
    pub condition: RuleCondition,
    /// What is done, in this order.
    pub acts: Vec<RuleAct>,
}

/// What is done to the ticket once a macro was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MacroAct {
    /// Put tags on it.
    AddTags(Vec<String>),
    /// Give it to a team.
    Team(String),
    /// Hand it to people who know more.
    Level(Level),
    /// Say who has to act, by the code of a status.
    Status(String),
}

impl RuleCondition {
    /// Tells whether a ticket is what the rule is about.
    pub fn fits(&self, ticket: &Ticket) -> bool {
        let category = ticket.subject.as_ref().map(|subject| &subject.category);
        let said = format!(
            "{} {}",
            ticket.summary,
            ticket.note.as_deref().unwrap_or_default()
        );
        let said = said.to_lowercase();
        let is_said = |word: &String| said.contains(&word.to_lowercase());
        one_of(&self.languages, &ticket.language)
            && (self.categories.is_empty()
                || category.is_some_and(|category| self.categories.contains(category)))
            && one_of(&self.priorities, &ticket.priority)
            && one_of(&self.tiers, &ticket.tier)
            && one_of(&self.reasons, &ticket.reason)
            && (self.words.is_empty() || self.words.iter().any(is_said))
    }
}

fn one_of<T: PartialEq>(wanted: &[T], is: &T) -> bool {
    wanted.is_empty() || wanted.contains(is)
}
