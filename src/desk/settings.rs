//! What the operator and the caller say about answering.

use serde::{Deserialize, Serialize};

use crate::conversation::VisitedPage;
use crate::knowledge::{ArticleId, Readership};
use crate::language::{Language, Priors};
use crate::pipeline::Question;
use crate::safety::Words;
use crate::staff::Role;

/// The operator's choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeskSettings {
    /// Language used for visitors whose own is not served.
    pub fallback: Language,
    /// Minutes an agent is away from the desk, with a visitor waiting for them, before the conversation goes back into the
    /// queue.
    pub agent_away_minutes: u32,
    /// Minutes after the agent's last word until a conversation ends by itself.
    pub visitor_gone_minutes: u32,
    /// Days for which a link to the status page of a ticket works.
    pub link_days: u32,
    /// Letters that are taken from one address in an hour.
    pub letters_per_hour: u32,
    /// The same in a day, so that two answering machines fall silent.
    pub letters_per_day: u32,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self {
            fallback: Language::English,
            agent_away_minutes: 10,
            visitor_gone_minutes: 24 * 60,
            link_days: 30,
            letters_per_hour: 20,
            letters_per_day: 60,
        }
    }
}

/// How staff are let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffSettings {
    /// Minutes without doing anything after which a session ends; 0 for never.
    pub idle_minutes: u32,
    /// Minutes after showing who one is for which keys, webhooks and the second factor can be changed, and what visitors
    /// said handed out or destroyed; 0 for always.
    pub ask_again_minutes: u32,
    /// Roles that have to set up a second factor.
    pub second_factor_roles: Vec<Role>,
}

impl Default for StaffSettings {
    fn default() -> Self {
        Self {
            idle_minutes: 120,
            ask_again_minutes: 30,
            second_factor_roles: Vec::new(),
        }
    }
}

impl StaffSettings {
    /// Tells whether a role has to set up a second factor.
    pub fn demands_second_factor(&self, role: Role) -> bool {
        self.second_factor_roles.contains(&role)
    }
}

/// What is known about the visitor beside the text.
#[derive(Debug, Clone, Default)]
pub struct AskContext {
    /// Page locale and browser languages of this request.
    pub priors: Priors,
    /// The language the visitor chose; overrides detection.
    pub forced: Option<Language>,
    /// The article the visitor is reading; in doubt, that one is meant.
    pub reading: Option<ArticleId>,
    /// Where the visitor writes from, for whoever answers them.
    pub page: Option<VisitedPage>,
    /// What is asked, where the message says more than that, such as a letter with its courtesies.
    pub question: Option<Question>,
    /// How a visitor is reached who writes letters: nothing is offered to them, and what the bot has no answer to becomes a
    /// ticket.
    pub contact: Option<Words>,
    /// For whom the answer is; articles meant for others are left out.
    pub readership: Readership,
}
