//! What the operator and the caller say about answering.

use serde::{Deserialize, Serialize};

use crate::knowledge::ArticleId;
use crate::language::{Language, Priors};

/// The operator's choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeskSettings {
    /// Language used for visitors whose own is not served.
    pub fallback: Language,
    /// Minutes a visitor waits for the agent who holds the conversation before it goes back into the queue.
    pub agent_away_minutes: u32,
    /// Minutes after the agent's last word until a conversation ends by itself.
    pub visitor_gone_minutes: u32,
    /// Days for which a link to the status page of a ticket works.
    pub link_days: u32,
}

impl Default for DeskSettings {
    fn default() -> Self {
        Self {
            fallback: Language::English,
            agent_away_minutes: 10,
            visitor_gone_minutes: 24 * 60,
            link_days: 30,
        }
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
}
