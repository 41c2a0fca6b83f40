//! Answer, clarify or escalate: a pure function of the odds, the words and the operator's policy.

use super::outcome::{Answer, ClarifyOption, Confidence, Decision, EscalationReason};
use super::policy::{Routing, RoutingAction, Thresholds};
use crate::knowledge::{Article, Intent, LanguagePolicy};
use crate::language::Language;
use crate::safety::Signals;

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
    let (action, reason) = route(best.article.intent, situation.signals, routing);
    if !sure {
        let is_own_case = situation.signals.has_identifier
            && action == RoutingAction::Escalate
            && situation.confidence.0 >= thresholds.clarify;
        return if is_own_case {
            escalate(reason, None)
        } else {
            unsure(ranked, situation, thresholds, language)
        };
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
        .enumerate()
        // Two are always offered: one option would be an answer in disguise.
        .filter(|(place, candidate)| {
            *place < MIN_OPTIONS || candidate.score >= best * thresholds.option_share
        })
        .map(|(_, candidate)| candidate)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::knowledge::{ArticleId, Severity, Translation};

    fn article(
        id: &str,
        intent: Intent,
        policy: LanguagePolicy,
        languages: &[Language],
    ) -> Article {
        let wording = |language: Language| Translation {
            language,
            title: format!("{id} in {language}"),
            alternates: Vec::new(),
            summary: "short".to_owned(),
            source_rev: 1,
            body: "long".to_owned(),
            path: "a.md".into(),
            body_line: 1,
        };
        Article {
            id: ArticleId::new(id),
            category: "tests".to_owned(),
            severity: Severity::Normal,
            intent,
            policy,
            audience: Vec::new(),
            owner: String::new(),
            rev: 1,
            valid_from: None,
            valid_until: None,
            follow_ups: Vec::new(),
            collect: Vec::new(),
            skills: Vec::new(),
            translations: languages
                .iter()
                .map(|language| (*language, wording(*language)))
                .collect::<BTreeMap<_, _>>(),
        }
    }

    /// The decision in a word, with reason or options.
    fn check(
        articles: &[(&Article, f32)],
        confidence: f32,
        language: Option<Language>,
        signals: Signals,
        expected: &str,
    ) {
        let considered: Vec<Considered<'_>> = articles
            .iter()
            .map(|(article, score)| Considered {
                article,
                score: *score,
            })
            .collect();
        let situation = Situation {
            confidence: Confidence(confidence),
            language,
            fallback: Language::English,
            signals: &signals,
        };
        let decision = decide(
            &considered,
            &situation,
            &Thresholds::default(),
            &Routing::default(),
            |article, language| format!("/{language}/{}", article.id),
            |_, _| Vec::new(),
        );
        let said = match decision {
            Decision::Answer {
                answer,
                offer_person,
            } => {
                let label = if answer.other_language_label {
                    " labelled"
                } else {
                    ""
                };
                let offer = if offer_person.is_some() {
                    " or a person"
                } else {
                    ""
                };
                format!("answer {}{label}{offer}", answer.article)
            }
            Decision::Clarify { options } => format!("clarify {}", options.len()),
            Decision::Escalate { reason, first_aid } => {
                let aid = if first_aid.is_some() {
                    " with first aid"
                } else {
                    ""
                };
                format!("escalate {reason:?}{aid}")
            }
        };
        assert_eq!(said, expected);
    }

    #[test]
    fn every_road_is_taken() {
        use Language::{English, Korean};
        let fees = article(
            "fees",
            Intent::General,
            LanguagePolicy::Label,
            &[English, Korean],
        );
        let stuck = article(
            "stuck",
            Intent::Personal,
            LanguagePolicy::Label,
            &[English, Korean],
        );
        let robbed = article("robbed", Intent::Fraud, LanguagePolicy::Strict, &[English]);
        let none = Signals::default();
        let identified = Signals {
            has_identifier: true,
            ..none
        };
        let reported = Signals {
            fraud_report: true,
            ..none
        };
        let wanted = Signals {
            wants_person: true,
            ..none
        };
        let english = Some(English);

        check(&[(&fees, 0.9)], 0.99, english, none, "answer fees");
        check(&[(&fees, 0.9)], 0.99, Some(Korean), none, "answer fees");
        check(
            &[(&fees, 0.9)],
            0.99,
            Some(Language::Japanese),
            none,
            "answer fees labelled",
        );
        check(&[(&fees, 0.9)], 0.99, None, none, "answer fees labelled");
        check(
            &[(&robbed, 0.9)],
            0.99,
            Some(Korean),
            none,
            "escalate LanguageMissing",
        );
        check(
            &[(&robbed, 0.9)],
            0.99,
            None,
            none,
            "escalate LanguageNotServed",
        );
        check(
            &[(&stuck, 0.9)],
            0.99,
            english,
            none,
            "answer stuck or a person",
        );
        check(
            &[(&stuck, 0.9)],
            0.99,
            english,
            identified,
            "escalate PersonalCase with first aid",
        );
        check(
            &[(&stuck, 0.9), (&fees, 0.1)],
            0.4,
            english,
            identified,
            "escalate PersonalCase",
        );
        check(&[(&fees, 0.9)], 0.99, english, identified, "answer fees");
        check(
            &[(&robbed, 0.9)],
            0.99,
            english,
            none,
            "answer robbed or a person",
        );
        check(
            &[(&fees, 0.9), (&robbed, 0.1)],
            0.2,
            english,
            reported,
            "escalate FraudReport with first aid",
        );
        check(
            &[(&fees, 0.9)],
            0.99,
            english,
            wanted,
            "escalate PersonRequested",
        );
        check(
            &[(&fees, 0.5), (&stuck, 0.4), (&robbed, 0.3)],
            0.5,
            english,
            none,
            "clarify 3",
        );
        check(
            &[(&fees, 0.9), (&stuck, 0.001), (&robbed, 0.001)],
            0.5,
            english,
            none,
            "clarify 2",
        );
        check(
            &[(&fees, 0.9)],
            0.5,
            english,
            none,
            "escalate LowConfidence",
        );
        check(
            &[(&fees, 0.9), (&stuck, 0.8)],
            0.1,
            english,
            none,
            "escalate LowConfidence",
        );
        check(
            &[(&fees, 0.9), (&stuck, 0.8)],
            0.5,
            None,
            none,
            "escalate LanguageNotServed",
        );
        check(&[], 0.0, english, none, "escalate NothingFound");
    }
}
