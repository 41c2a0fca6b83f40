//! What the bot says, as it is kept with a message: the pipeline's decision without the article bodies.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{AnswerId, TicketSubject, UnknownCode};
use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::pipeline::{Answer, ClarifyOption, Confidence, Decision, EscalationReason, Outcome};

/// A bot message in parts.
#[derive(Debug, Clone, PartialEq)]
pub struct BotReply {
    /// The record that explains it.
    pub answer: AnswerId,
    /// What was decided.
    pub decision: BotDecision,
    /// Language the visitor is addressed in.
    pub language: Language,
    /// Probability that the first article is right.
    pub confidence: Confidence,
    /// What a ticket on it would inherit.
    pub subject: Option<TicketSubject>,
}

impl BotReply {
    /// Takes from an outcome what is said and kept.
    pub fn new(answer: AnswerId, outcome: &Outcome) -> Self {
        Self {
            answer,
            decision: BotDecision::from(&outcome.decision),
            language: outcome.language,
            confidence: outcome.confidence,
            subject: outcome.subject.as_ref().map(|subject| TicketSubject {
                category: subject.category.clone(),
                severity: subject.severity,
                collect: subject.collect.clone(),
                skills: subject.skills.clone(),
            }),
        }
    }

    /// Tells why a person is offered or asked, when one is.
    pub fn person_reason(&self) -> Option<EscalationReason> {
        match &self.decision {
            BotDecision::Answer { offer_person, .. } => *offer_person,
            BotDecision::Clarify { .. } => None,
            BotDecision::Escalate { reason, .. } => Some(*reason),
        }
    }
}

/// A decision without article bodies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BotDecision {
    /// This answer is given.
    Answer {
        /// What is said.
        answer: GivenAnswer,
        /// Why a person is offered beside it, when one is.
        offer_person: Option<EscalationReason>,
    },
    /// The visitor is asked which of these was meant.
    Clarify {
        /// Two to four articles, likeliest first.
        options: Vec<ClarifyOption>,
    },
    /// A person is asked.
    Escalate {
        /// Why.
        reason: EscalationReason,
        /// First aid in the meantime.
        first_aid: Option<GivenAnswer>,
    },
}

impl BotDecision {
    /// Gives the kind without the content.
    pub fn kind(&self) -> DecisionKind {
        match self {
            BotDecision::Answer { .. } => DecisionKind::Answer,
            BotDecision::Clarify { .. } => DecisionKind::Clarify,
            BotDecision::Escalate { .. } => DecisionKind::Escalate,
        }
    }

    /// Gives the code of the kind.
    pub fn code(&self) -> &'static str {
        self.kind().code()
    }

    /// The answer or first aid that is shown.
    pub fn given_answer(&self) -> Option<&GivenAnswer> {
        match self {
            BotDecision::Answer { answer, .. } => Some(answer),
            BotDecision::Clarify { .. } => None,
            BotDecision::Escalate { first_aid, .. } => first_aid.as_ref(),
        }
    }
}

impl From<&Decision> for BotDecision {
    fn from(decision: &Decision) -> Self {
        match decision {
            Decision::Answer {
                answer,
                offer_person,
            } => Self::Answer {
                answer: answer.into(),
                offer_person: *offer_person,
            },
            Decision::Clarify { options } => Self::Clarify {
                options: options.clone(),
            },
            Decision::Escalate { reason, first_aid } => Self::Escalate {
                reason: *reason,
                first_aid: first_aid.as_ref().map(GivenAnswer::from),
            },
        }
    }
}

/// The kind of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// An answer was given.
    Answer,
    /// Options were shown.
    Clarify,
    /// A person was asked.
    Escalate,
}

impl DecisionKind {
    /// Gives the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        match self {
            DecisionKind::Answer => "answer",
            DecisionKind::Clarify => "clarify",
            DecisionKind::Escalate => "escalate",
        }
    }
}

impl FromStr for DecisionKind {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        [Self::Answer, Self::Clarify, Self::Escalate]
            .into_iter()
            .find(|kind| kind.code() == code)
            .ok_or_else(|| UnknownCode {
                what: "decision",
                code: code.to_owned(),
            })
    }
}

/// An answer as it was given; the long text stays in the article, which the revision pins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GivenAnswer {
    /// The article it comes from.
    pub article: ArticleId,
    /// Language of the text.
    pub language: Language,
    /// The visitor should be told that the text is in another language than theirs.
    pub other_language_label: bool,
    /// The question the article answers.
    pub title: String,
    /// The short answer.
    pub text: String,
    /// Page with the whole article.
    pub link: String,
    /// Articles often needed next.
    pub follow_ups: Vec<ClarifyOption>,
    /// The text was written by a program from the article, and checked by no person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub machine_written: bool,
}

impl From<&Answer> for GivenAnswer {
    fn from(answer: &Answer) -> Self {
        let Answer {
            article,
            language,
            other_language_label,
            title,
            text,
            body: _,
            link,
            follow_ups,
        } = answer;
        Self {
            article: article.clone(),
            language: *language,
            other_language_label: *other_language_label,
            title: title.clone(),
            text: text.clone(),
            link: link.clone(),
            follow_ups: follow_ups.clone(),
            machine_written: false,
        }
    }
}
