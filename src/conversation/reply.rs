//! What the bot says, as it is kept with a message: the pipeline's decision without the article bodies.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use super::TicketSubject;
use crate::dialogue::DialogueAct;
use crate::ids::{AnswerId, UnknownCode};
use crate::knowledge::ArticleId;
use crate::language::{ChineseScript, Elsewhere, Language};
use crate::locale::Locale;
use crate::pipeline::{
    Answer, ClarifyOption, Confidence, Decision, EscalationReason, Outcome, Passage,
};

/// A bot message in parts.
#[derive(Debug, Clone, PartialEq)]
pub struct BotReply {
    /// The record that explains it.
    pub answer: AnswerId,
    /// What was decided.
    pub decision: BotDecision,
    /// Language the visitor is addressed in.
    pub language: Language,
    /// How they read Chinese.
    pub script: ChineseScript,
    /// Their own language, where it is not served but has a name.
    pub elsewhere: Option<Elsewhere>,
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
            script: outcome.script,
            elsewhere: outcome.elsewhere,
            confidence: outcome.confidence,
            subject: outcome.subject.as_ref().map(|subject| TicketSubject {
                category: subject.category.clone(),
                severity: subject.severity,
                collect: subject.collect.clone(),
                skills: subject.skills.clone(),
            }),
        }
    }

    /// Returns the locale in which the visitor is addressed.
    pub fn locale(&self) -> Locale {
        Locale::for_reader(self.language, self.script)
    }

    /// Tells why a person is offered or asked, when one is.
    pub fn person_reason(&self) -> Option<EscalationReason> {
        match &self.decision {
            BotDecision::Answer { offer_person, .. } => *offer_person,
            BotDecision::Clarify { .. } | BotDecision::SmallTalk { .. } => None,
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
        /// Why a person is asked.
        reason: EscalationReason,
        /// First aid in the meantime.
        first_aid: Option<GivenAnswer>,
    },
    /// A word that fits the moment is said.
    SmallTalk {
        /// What the visitor's message does.
        act: DialogueAct,
    },
}

impl BotDecision {
    /// Returns the kind without the content.
    pub fn kind(&self) -> DecisionKind {
        match self {
            BotDecision::Answer { .. } => DecisionKind::Answer,
            BotDecision::Clarify { .. } => DecisionKind::Clarify,
            BotDecision::Escalate { .. } => DecisionKind::Escalate,
            BotDecision::SmallTalk { .. } => DecisionKind::SmallTalk,
        }
    }

    /// Returns the code of the kind.
    pub fn code(&self) -> &'static str {
        self.kind().code()
    }

    /// The answer or first aid that is shown.
    pub fn given_answer(&self) -> Option<&GivenAnswer> {
        match self {
            BotDecision::Answer { answer, .. } => Some(answer),
            BotDecision::Clarify { .. } | BotDecision::SmallTalk { .. } => None,
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
            Decision::SmallTalk { act } => Self::SmallTalk { act: *act },
        }
    }
}

/// The kind of a decision.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum DecisionKind {
    /// An answer was given.
    Answer,
    /// Options were shown.
    Clarify,
    /// A person was asked.
    Escalate,
    /// A word that fits the moment was said.
    SmallTalk,
}

impl DecisionKind {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
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
    /// What answers, as plain text: the passage, or else the summary.
    pub text: String,
    /// The short answer to the title, as its author wrote it; nothing in replies that are older than passages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Page with the whole article, at the section that answers.
    pub link: String,
    /// The part of the article that answers; nothing where the summary does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<Passage>,
    /// Parts of other sections that may be meant as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Passage>,
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
            summary,
            link,
            passage,
            also,
            follow_ups,
        } = answer;
        Self {
            article: article.clone(),
            language: *language,
            other_language_label: *other_language_label,
            title: title.clone(),
            text: text.clone(),
            // Said once where it is what answers.
            summary: passage.as_ref().map(|_| summary.clone()),
            link: link.clone(),
            passage: passage.clone(),
            also: also.clone(),
            follow_ups: follow_ups.clone(),
            machine_written: false,
        }
    }
}
