//! An answer's record in one sentence, for whoever runs the desk.

use crate::conversation::DecisionKind;
use crate::desk::AnswerRecord;
use crate::pipeline::EscalationReason;
use serde_json::Value;

/// Says what was done and why, without a term that only a developer knows.
pub fn sentence_of(record: &AnswerRecord, recorded: &Value) -> String {
    let article = record.article.as_ref().map(|article| article.as_str());
    let (sure, wanted) = (percent(record.confidence.0), percent(record.threshold.0));
    let done = match record.decision {
        DecisionKind::SmallTalk => {
            return "It was read as no question, and a line that fits the moment was said."
                .to_owned();
        }
        DecisionKind::Answer => format!(
            "The article {} was given: mondo was {sure} sure of it, and {wanted} is enough here",
            article.unwrap_or("chosen")
        ),
        DecisionKind::Clarify => format!(
            "The visitor was asked which of several articles is meant: mondo was {sure} sure of the first, and {wanted} \
             is needed to give one"
        ),
        DecisionKind::Escalate => match record.reason {
            Some(reason) if !reason.is_for_want() => {
                format!("A person was asked because {}", policy(reason))
            }
            Some(EscalationReason::NothingFound) => {
                "A person was offered because no article is near the question".to_owned()
            }
            _ => format!(
                "A person was offered: mondo was {sure} sure of the nearest article, which is too little even to ask back"
            ),
        },
    };
    let doubts: Vec<&str> = recorded["judgement"]["caps"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|cap| cap[0].as_str().and_then(doubt))
        .collect();
    match doubts.is_empty() {
        true => format!("{done}."),
        false => format!("{done}; it was held back because {}.", doubts.join(" and ")),
    }
}

fn percent(share: f32) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Why policy wants a person, whatever is known.
fn policy(reason: EscalationReason) -> &'static str {
    match reason {
        EscalationReason::PersonRequested => "the visitor asked for one",
        EscalationReason::FraudReport => "the visitor reports fraud",
        EscalationReason::PersonalCase => {
            "it is about the visitor's own case, which only a person can look up"
        }
        EscalationReason::Regulated => "the subject is regulated, and policy leaves it to people",
        EscalationReason::LanguageMissing => "the article is not written in the visitor's language",
        EscalationReason::LanguageNotServed => "the visitor writes a language that is not served",
        EscalationReason::NothingFound | EscalationReason::LowConfidence => {
            "no article is near enough"
        }
    }
}

/// What a rule that lowered the number saw.
fn doubt(cap: &str) -> Option<&'static str> {
    Some(match cap {
        "unknown" => "much of the question is in no article",
        "missing" => "much of the question is not in that article",
        "other_code" => "the question has another number or code than the article",
        "not_ours" => "the question names what is not yours",
        "tie" => "two articles fit equally well",
        "fragment" => "one or two words name no article",
        "opposite" => "the article says the opposite of what was asked",
        "leaned" => "it makes sense only with what was said before",
        "restored" => "it was read in another spelling",
        _ => return None,
    })
}
