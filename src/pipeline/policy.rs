//! The operator's policy: how sure is sure enough, and where each kind of question goes.

use serde::{Deserialize, Serialize};

use super::outcome::Confidence;
use crate::language::Language;

/// How sure is sure enough, per language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Least confidence for an answer, by language code.
    pub answer: PerLanguage,
    /// Least confidence at which the likeliest articles are offered as options.
    pub clarify: f32,
    /// Share of the best option's score an option must reach.
    pub option_share: f32,
    /// Whether a server raises the thresholds that nobody has set, where its base shows that they are too low.
    pub calibrate_at_start: bool,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            answer: PerLanguage::default(),
            clarify: 0.30,
            option_share: 0.15,
            calibrate_at_start: true,
        }
    }
}

/// One confidence for each served language.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PerLanguage {
    /// English.
    pub en: f32,
    /// Chinese.
    pub zh: f32,
    /// Japanese.
    pub ja: f32,
    /// Korean.
    pub ko: f32,
}

impl Default for PerLanguage {
    /// What serves the demo base, whose articles have many alternates. On bases that the fusion has not seen, answers at
    /// these are right in 93 to 96 of 100 on average; `models/fusion/both-report.md` has what each higher one gives and costs.
    fn default() -> Self {
        Self {
            en: 0.65,
            zh: 0.58,
            ja: 0.60,
            ko: 0.65,
        }
    }
}

impl PerLanguage {
    /// Sets the threshold of one language.
    pub fn set(&mut self, language: Language, threshold: f32) {
        *match language {
            Language::English => &mut self.en,
            Language::Chinese => &mut self.zh,
            Language::Japanese => &mut self.ja,
            Language::Korean => &mut self.ko,
        } = threshold;
    }

    /// The threshold of one language.
    pub fn of(&self, language: Language) -> Confidence {
        Confidence(match language {
            Language::English => self.en,
            Language::Chinese => self.zh,
            Language::Japanese => self.ja,
            Language::Korean => self.ko,
        })
    }
}

/// What to do with a kind of question once its article is known well enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoutingAction {
    /// Answer.
    Answer,
    /// Answer and offer a person beside it.
    AnswerAndOffer,
    /// Hand over, with the article as first aid.
    Escalate,
}

/// The operator's policy per intent of the article, and for what the words themselves say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Routing {
    /// Articles on the visitor's own case, asked about in general words.
    pub personal: RoutingAction,
    /// The same, when the question carries a transaction, order or ticket number.
    pub personal_with_identifier: RoutingAction,
    /// Articles on fraud, asked about in general words.
    pub fraud: RoutingAction,
    /// The visitor says that it happened to them.
    pub fraud_report: RoutingAction,
    /// Law, tax and residence.
    pub regulated: RoutingAction,
    /// The article shown first to who is asked for a secret or for money in advance; empty for the nearest on fraud.
    pub safety_article: String,
}

impl Default for Routing {
    fn default() -> Self {
        Self {
            personal: RoutingAction::AnswerAndOffer,
            personal_with_identifier: RoutingAction::Escalate,
            fraud: RoutingAction::AnswerAndOffer,
            fraud_report: RoutingAction::Escalate,
            regulated: RoutingAction::AnswerAndOffer,
            safety_article: String::new(),
        }
    }
}
