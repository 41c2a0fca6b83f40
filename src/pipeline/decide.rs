//! Answer, clarify or escalate: a pure function of the odds, the words and the operator's policy.

use super::giving::Giving;
use super::outcome::{ClarifyOption, Confidence, Decision, EscalationReason};
use super::policy::{RoutingAction, Thresholds};
use crate::knowledge::{Article, Intent};
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
    /// What the words themselves say.
    pub signals: &'a Signals,
    /// To whom an article would be given.
    pub giving: &'a Giving<'a>,
}

/// Decides.
pub fn decide(
    ranked: &[Considered<'_>],
    situation: &Situation<'_>,
    thresholds: &Thresholds,
) -> Decision {
    let giving = situation.giving;
    let language = giving.addressed();
    let escalate = |reason, first_aid| Decision::Escalate { reason, first_aid };

    if situation.signals.wants_person {
        return escalate(EscalationReason::PersonRequested, None);
    }
    let best = ranked.first();
    let threshold = match giving.language {
        Some(_) => thresholds.answer.of(language),
        None => Confidence(thresholds.answer.of(language).0.max(SURE_ELSEWHERE)),
    };
    let sure = situation.confidence >= threshold;
    if situation.signals.fraud_report {
        let first_aid = ranked
            .iter()
            .find(|candidate| candidate.article.intent == Intent::Fraud)
            .and_then(|candidate| giving.answer(candidate.article));
        if giving.routing.fraud_report == RoutingAction::Escalate {
            return escalate(EscalationReason::FraudReport, first_aid);
        }
    }
    let Some(best) = best else {
        return escalate(EscalationReason::NothingFound, None);
    };
    let (action, reason) = giving.route(best.article, situation.signals);
    if !sure {
        let is_own_case = situation.signals.has_identifier
            && action == RoutingAction::Escalate
            && situation.confidence.0 >= thresholds.clarify;
        return if is_own_case {
            escalate(reason, None)
        } else {
            unsure(ranked, situation, thresholds)
        };
    }
    giving.give(best.article, situation.signals)
}

/// Below the threshold: close runners-up are offered, else a person is asked.
fn unsure(
    ranked: &[Considered<'_>],
    situation: &Situation<'_>,
    thresholds: &Thresholds,
) -> Decision {
    let giving = situation.giving;
    let low = Decision::Escalate {
        reason: match giving.language {
            None => EscalationReason::LanguageNotServed,
            Some(_) => EscalationReason::LowConfidence,
        },
        first_aid: None,
    };
    if situation.confidence.0 < thresholds.clarify || giving.language.is_none() {
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
        .filter_map(|candidate| giving.option(candidate.article))
        .collect();
    if options.len() < MIN_OPTIONS {
        return low;
    }
    Decision::Clarify { options }
}

/// Least confidence for an answer to a question in a language not served: nothing was fitted on such questions, and the
/// number is as large for what only looks alike.
const SURE_ELSEWHERE: f32 = 0.95;
const MIN_OPTIONS: usize = 2;
const MAX_OPTIONS: usize = 4;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::knowledge::{
        ArticleId, KnowledgeBase, LanguagePolicy, Readership, Revision, Translation,
    };
    use crate::language::{ChineseScript, Language};
    use crate::pipeline::Routing;

    fn article(
        id: &str,
        intent: Intent,
        policy: LanguagePolicy,
        languages: &[Language],
    ) -> Article {
        let wording = |language: Language| Translation {
            title: format!("{id} in {language}"),
            summary: "short".to_owned(),
            body: "long".to_owned(),
            ..Translation::blank(language)
        };
        Article {
            intent,
            policy,
            translations: languages
                .iter()
                .map(|language| (*language, wording(*language)))
                .collect::<BTreeMap<_, _>>(),
            ..Article::blank(ArticleId::new(id))
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
        let knowledge = KnowledgeBase::of_articles(Vec::new(), Revision("test".to_owned()));
        let giving = Giving {
            knowledge: &knowledge,
            routing: &Routing::default(),
            language,
            fallback: Language::English,
            script: ChineseScript::Simplified,
            today: "2026-11-28",
            readership: Readership::anybody(),
            passages: None,
        };
        let situation = Situation {
            confidence: Confidence(confidence),
            signals: &signals,
            giving: &giving,
        };
        let decision = decide(&considered, &situation, &Thresholds::default());
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
            Decision::SmallTalk { act } => format!("small talk {act:?}"),
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
        check(&[(&fees, 0.9)], 0.99, None, none, "answer fees");
        check(
            &[(&fees, 0.9)],
            0.9,
            None,
            none,
            "escalate LanguageNotServed",
        );
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
