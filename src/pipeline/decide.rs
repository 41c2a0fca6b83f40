//! Answer, clarify or escalate: a pure function of the odds, the words and the operator's policy.

use serde::{Deserialize, Serialize};

use super::outcome::{Answer, ClarifyOption, Confidence, Decision, EscalationReason};
use crate::knowledge::{Article, Intent, LanguagePolicy};
use crate::language::Language;
use crate::safety::Signals;

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
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            answer: PerLanguage::default(),
            clarify: 0.20,
            option_share: 0.15,
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
    fn default() -> Self {
        Self {
            en: 0.80,
            zh: 0.80,
            ja: 0.80,
            ko: 0.80,
        }
    }
}

impl PerLanguage {
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
}

impl Default for Routing {
    fn default() -> Self {
        Self {
            personal: RoutingAction::AnswerAndOffer,
            personal_with_identifier: RoutingAction::Escalate,
            fraud: RoutingAction::AnswerAndOffer,
            fraud_report: RoutingAction::Escalate,
            regulated: RoutingAction::AnswerAndOffer,
        }
    }
}

/// A candidate that decisions are made about.
pub struct Considered<'a> {
    /// The article.
    pub article: &'a Article,
    /// Fitted score.
    pub score: f32,
}

/// What is known about the question besides the candidates.
pub struct Situation<'a> {
    /// Probability that the first candidate is right.
    pub confidence: Confidence,
    /// Language the visitor is addressed in; `None` when theirs is not served.
    pub language: Option<Language>,
    /// Language used when theirs is missing.
    pub fallback: Language,
    /// What the words themselves say.
    pub signals: &'a Signals,
}

/// Decides.
pub fn decide(
    ranked: &[Considered<'_>],
    situation: &Situation<'_>,
    thresholds: &Thresholds,
    routing: &Routing,
    link: impl Fn(&Article, Language) -> String,
    follow_up: impl Fn(&Article, Language) -> Vec<ClarifyOption>,
) -> Decision {
    let language = situation.language.unwrap_or(situation.fallback);
    let compose = |article: &Article| -> Option<Answer> {
        let wording = article.wording(language)?;
        Some(Answer {
            article: article.id.clone(),
            language: wording.language,
            other_language_label: article.policy != LanguagePolicy::Allow
                && situation.language != Some(wording.language),
            title: wording.title.clone(),
            text: wording.summary.clone(),
            body: wording.body.clone(),
            link: link(article, wording.language),
            follow_ups: follow_up(article, language),
        })
    };
    let escalate = |reason, first_aid| Decision::Escalate { reason, first_aid };

    if situation.signals.wants_person {
        return escalate(EscalationReason::PersonRequested, None);
    }
    let best = ranked.first();
    let sure = situation.confidence >= thresholds.answer.of(language);
    if situation.signals.fraud_report {
        let first_aid = ranked
            .iter()
            .find(|candidate| candidate.article.intent == Intent::Fraud)
            .and_then(|candidate| compose(candidate.article));
        if routing.fraud_report == RoutingAction::Escalate {
            return escalate(EscalationReason::FraudReport, first_aid);
        }
    }
    let Some(best) = best else {
        return escalate(EscalationReason::NothingFound, None);
    };
    if !sure {
        return unsure(ranked, situation, thresholds, language);
    }
    let missing =
        !best.article.translations.contains_key(&language) || situation.language.is_none();
    if missing && best.article.policy == LanguagePolicy::Strict {
        let reason = match situation.language {
            None => EscalationReason::LanguageNotServed,
            Some(_) => EscalationReason::LanguageMissing,
        };
        return escalate(reason, None);
    }
    let (action, reason) = route(best.article.intent, situation.signals, routing);
    let Some(answer) = compose(best.article) else {
        return escalate(EscalationReason::LanguageMissing, None);
    };
    match action {
        RoutingAction::Answer => Decision::Answer {
            answer,
            offer_person: None,
        },
        RoutingAction::AnswerAndOffer => Decision::Answer {
            answer,
            offer_person: Some(reason),
        },
        RoutingAction::Escalate => escalate(reason, Some(answer)),
    }
}

/// Below the threshold: close runners-up are offered, else a person is asked.
fn unsure(
    ranked: &[Considered<'_>],
    situation: &Situation<'_>,
    thresholds: &Thresholds,
    language: Language,
) -> Decision {
    let low = Decision::Escalate {
        reason: match situation.language {
            None => EscalationReason::LanguageNotServed,
            Some(_) => EscalationReason::LowConfidence,
        },
        first_aid: None,
    };
    if situation.confidence.0 < thresholds.clarify || situation.language.is_none() {
        return low;
    }
    let best = ranked.first().map_or(0.0, |candidate| candidate.score);
    let options: Vec<ClarifyOption> = ranked
        .iter()
        .take(MAX_OPTIONS)
        .filter(|candidate| candidate.score >= best * thresholds.option_share)
        .filter_map(|candidate| {
            Some(ClarifyOption {
                article: candidate.article.id.clone(),
                title: candidate.article.wording(language)?.title.clone(),
            })
        })
        .collect();
    if options.len() < MIN_OPTIONS {
        return low;
    }
    Decision::Clarify { options }
}

const MIN_OPTIONS: usize = 2;
const MAX_OPTIONS: usize = 4;

fn route(
    intent: Intent,
    signals: &Signals,
    routing: &Routing,
) -> (RoutingAction, EscalationReason) {
    match intent {
        Intent::Personal if signals.has_identifier => (
            routing.personal_with_identifier,
            EscalationReason::PersonalCase,
        ),
        Intent::Personal => (routing.personal, EscalationReason::PersonalCase),
        Intent::Fraud => (routing.fraud, EscalationReason::FraudReport),
        Intent::Regulated => (routing.regulated, EscalationReason::Regulated),
        Intent::General => (RoutingAction::Answer, EscalationReason::LowConfidence),
    }
}
