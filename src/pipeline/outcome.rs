//! What the pipeline says about a question.

use serde::{Deserialize, Serialize};

use super::evidence::Evidence;
use crate::encoder::Similarity;
use crate::knowledge::{ArticleId, Intent, Revision};
use crate::language::{Language, LanguageDistribution};

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
}

/// Why a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// The short answer.
    pub text: String,
    /// The long answer, in Markdown.
    pub body: String,
    /// Page with the whole article, relative to the site.
    pub link: String,
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
    /// Probability that the first ranked article is right.
    pub confidence: Confidence,
    /// Threshold the confidence was held against.
    pub threshold: Confidence,
    /// Candidates, best first.
    pub ranked: Vec<RankedArticle>,
    /// What the words themselves say the visitor wants.
    pub signals: crate::safety::Signals,
    /// Intent of the top article.
    pub intent: Option<Intent>,
    /// Category, severity and fields of the top article, for a ticket.
    pub subject: Option<Subject>,
    /// Knowledge the outcome was computed from.
    pub revision: Revision,
    /// Encoder the outcome was computed with.
    pub encoder: String,
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
