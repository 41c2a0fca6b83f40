//! What the pipeline says about a question.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::evidence::Evidence;
use super::passages::Passage;
use crate::dialogue::DialogueAct;
use crate::encoder::Similarity;
use crate::ids::UnknownCode;
use crate::knowledge::{ArticleId, Intent, Revision};
use crate::language::{ChineseScript, Elsewhere, Language, LanguageDistribution};

/// Calibrated probability that the top article is right, `0..=1`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Confidence(pub f32);

/// What to do with a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Decision {
    /// Give this answer.
    Answer {
        /// What to say.
        answer: Answer,
        /// Why a person is offered beside it, when one is.
        offer_person: Option<EscalationReason>,
    },
    /// Ask which of these was meant.
    Clarify {
        /// Two to four articles, likeliest first.
        options: Vec<ClarifyOption>,
    },
    /// Hand over to a person.
    Escalate {
        /// Why.
        reason: EscalationReason,
        /// First aid to show while a person is found.
        first_aid: Option<Answer>,
    },
    /// Say a word that fits the moment: the message asks nothing, or too little to tell what.
    SmallTalk {
        /// What the message does.
        act: DialogueAct,
    },
}

/// Why a person is asked.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    IntoStaticStr,
    EnumString,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum EscalationReason {
    /// No article shares a word or a meaning with the question.
    NothingFound,
    /// The best article is not likely enough to be right.
    LowConfidence,
    /// The visitor asked for a person.
    PersonRequested,
    /// It is about the visitor's own order, transfer or account.
    PersonalCase,
    /// The visitor reports fraud or a stolen account.
    FraudReport,
    /// Law, tax or residence, where only a person may answer.
    Regulated,
    /// The article does not exist in the visitor's language and its policy is strict.
    LanguageMissing,
    /// The visitor writes in a language that is not served.
    LanguageNotServed,
}

impl EscalationReason {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Tells whether a person is asked only for want of an answer: then the visitor is offered one and decides, and no
    /// policy demands it.
    pub fn is_for_want(self) -> bool {
        match self {
            Self::NothingFound | Self::LowConfidence | Self::LanguageNotServed => true,
            Self::PersonRequested
            | Self::PersonalCase
            | Self::FraudReport
            | Self::Regulated
            // The article's own policy is `strict`.
            | Self::LanguageMissing => false,
        }
    }
}

/// An answer, ready to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
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
    /// The short answer to the title, as its author wrote it.
    pub summary: String,
    /// Page with the whole article, relative to the site, at the section that answers.
    pub link: String,
    /// The part of the article that answers; nothing where the summary does.
    #[serde(default)]
    pub passage: Option<Passage>,
    /// Parts of other sections that may be meant as well.
    #[serde(default)]
    pub also: Vec<Passage>,
    /// Articles often needed next.
    pub follow_ups: Vec<ClarifyOption>,
}

/// An article a visitor can choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClarifyOption {
    /// The article.
    pub article: ArticleId,
    /// Its title in the visitor's language where it has one.
    pub title: String,
}

/// One article with the odds the pipeline gives it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RankedArticle {
    /// The article.
    pub article: ArticleId,
    /// Fitted score that it is the right one, before calibration.
    pub score: f32,
    /// Best cosine of its units with the question.
    pub similarity: Similarity,
    /// What the score was computed from.
    pub evidence: Evidence,
}

/// Everything the pipeline found out, so that an answer can be explained and replayed.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// What to do.
    pub decision: Decision,
    /// Which language the question is in, with retrieval evidence weighed in.
    pub detected: LanguageDistribution,
    /// Language the visitor is addressed in.
    pub language: Language,
    /// How they read Chinese; the words of the decision are written so.
    pub script: ChineseScript,
    /// The visitor's language, where it is not served but has a name.
    pub elsewhere: Option<Elsewhere>,
    /// Probability that the first ranked article is right.
    pub confidence: Confidence,
    /// Threshold the confidence was held against.
    pub threshold: Confidence,
    /// Candidates, best first.
    pub ranked: Vec<RankedArticle>,
    /// What the words themselves say the visitor wants.
    pub signals: crate::safety::Signals,
    /// What lowered the confidence, or changed how the question was read.
    pub judgement: Judgement,
    /// Intent of the top article.
    pub intent: Option<Intent>,
    /// Category, severity and fields of the top article, for a ticket.
    pub subject: Option<Subject>,
    /// Knowledge the outcome was computed from.
    pub revision: Revision,
    /// Encoder the outcome was computed with.
    pub encoder: String,
}

impl Outcome {
    /// Returns about how much memory it takes, in bytes.
    pub fn size_bytes(&self) -> usize {
        let answer = match &self.decision {
            Decision::Answer { answer, .. } => answer.size_bytes(),
            Decision::Escalate { first_aid, .. } => {
                first_aid.as_ref().map_or(0, |answer| answer.size_bytes())
            }
            Decision::Clarify { options } => options_bytes(options),
            Decision::SmallTalk { .. } => 0,
        };
        let ranked: usize = self
            .ranked
            .iter()
            .map(|ranked| {
                size_of_val(ranked)
                    + ranked.article.as_str().len()
                    + size_of_val(ranked.evidence.0.as_slice())
            })
            .sum();
        size_of_val(self) + answer + ranked
    }
}

impl Answer {
    fn size_bytes(&self) -> usize {
        let passages = self.passage.iter().chain(&self.also).map(|passage| {
            size_of_val(passage) + passage.markdown.len() + passage.text.len() + passage.html.len()
        });
        let texts = [&self.title, &self.text, &self.summary, &self.link];
        size_of_val(self)
            + texts.into_iter().map(String::len).sum::<usize>()
            + passages.sum::<usize>()
            + options_bytes(&self.follow_ups)
    }
}

fn options_bytes(options: &[ClarifyOption]) -> usize {
    let bytes = options
        .iter()
        .map(|option| size_of_val(option) + option.title.len() + option.article.as_str().len());
    bytes.sum()
}

/// What was seen about a question beside the odds of the articles.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Judgement {
    /// The question as it was understood where it was spelled otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored: Option<String>,
    /// The turn before was read with it.
    pub leaned: bool,
    /// How sure the fusion was before any rule lowered it.
    pub fitted: f32,
    /// Weight share of its content words that are foreign to the first article: unknown, and far from it in meaning.
    pub foreign_share: f32,
    /// Weight share of its content words that no text of the base holds.
    pub unknown_share: f32,
    /// Weight share of its content words that the first article does not hold.
    pub missing_share: f32,
    /// How near in meaning the unknown words are to the first article, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub support: Vec<f32>,
    /// Content words the base does not know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// Every rule that lowered the confidence, and to what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<(Cap, f32)>,
}

/// A rule that limits how sure an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cap {
    /// Much of what the question says is unknown to the base.
    Unknown,
    /// Much of what the question says does not stand in the article.
    Missing,
    /// A number or code is like one of the article, but another.
    OtherCode,
    /// The name of something that is not the operator's.
    NotOurs,
    /// Two articles fit equally.
    Tie,
    /// One or two words that name no article.
    Fragment,
    /// The question is about the opposite.
    Opposite,
    /// It was read with the turn before.
    Leaned,
    /// It was read in another spelling.
    Restored,
}

/// What a ticket inherits from the article nearest to the question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Category of the article.
    pub category: String,
    /// Its severity.
    pub severity: crate::knowledge::Severity,
    /// Fields to collect.
    pub collect: Vec<String>,
    /// What agents should know about, beside the category.
    pub skills: Vec<String>,
}

#[cfg(test)]
mod tests {
    use strum::VariantNames as _;

    use super::*;

    #[test]
    fn a_reason_has_one_code_in_columns_in_requests_and_in_recorded_replies() {
        for code in EscalationReason::VARIANTS {
            let reason: EscalationReason = code.parse().expect("it is one of its codes");
            assert_eq!(reason.code(), *code);
            let written = serde_json::to_value(reason).expect("a code is JSON");
            assert_eq!(written, *code);
        }
        assert!(EscalationReason::VARIANTS.contains(&"person_requested"));
        assert!("PersonRequested".parse::<EscalationReason>().is_err());
    }
}
