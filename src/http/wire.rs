//! Replies of the bot as they travel: the same JSON from `/v1/ask`, in a conversation and from `mondo ask`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::conversation::{BotDecision, BotReply, GivenAnswer, ReplySentence};
use crate::desk::Reply;
use crate::language::Language;
use crate::locale::{LabelWords, Locale, words};
use crate::pipeline::{ClarifyOption, EscalationReason};

/// What mondo says to a question.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AskResponse {
    /// Names the record of this answer; `mondo explain ID` tells how it came about.
    #[schema(example = "019a9f6e-1c00-7000-8000-000000000000")]
    pub id: String,
    /// What to do: show the answer, offer the options, or bring in a person.
    #[schema(value_type = DecisionKind)]
    pub decision: &'static str,
    /// Language the visitor is addressed in.
    #[schema(value_type = LanguageCode)]
    pub language: Language,
    /// Probability that the best article is right.
    #[schema(minimum = 0, maximum = 1, example = 0.97)]
    pub confidence: f32,
    /// The answer; with the decision `escalate`, first aid until a person takes over.
    pub answer: Option<AnswerBody>,
    /// With the decision `clarify`, the articles that may be meant, likeliest first.
    pub options: Vec<OptionBody>,
    /// Why a person is asked or offered.
    #[schema(value_type = Option<ReasonCode>)]
    pub reason: Option<EscalationReason>,
    /// One sentence for the visitor, in their language.
    pub message: String,
    /// Name of that sentence in the locale files, for a reader of another script.
    #[schema(example = "found")]
    pub sentence: &'static str,
    /// Whether to offer a person beside the answer.
    pub offer_person: bool,
    /// Facts staff will need when a person takes over, such as `txid`.
    pub collect: Vec<String>,
}

/// An answer from the knowledge base.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AnswerBody {
    /// The article it comes from.
    #[schema(example = "deposit-how")]
    pub article: String,
    /// Language of the text.
    #[schema(value_type = LanguageCode)]
    pub language: Language,
    /// The question the article answers.
    pub title: String,
    /// The short answer, plain text.
    pub text: String,
    /// Page with the whole article, relative to the site.
    #[schema(example = "/help/en/deposit-how")]
    pub link: String,
    /// Tells in the visitor's language that the text is in another one.
    pub label: Option<String>,
    /// Articles often needed next.
    pub follow_ups: Vec<OptionBody>,
    /// The text was written by a program from the article, and checked by no person.
    pub machine_written: bool,
}

/// An article a visitor can choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OptionBody {
    /// The article.
    #[schema(example = "deposit-missing")]
    pub article: String,
    /// Its title in the visitor's language.
    pub title: String,
}

/// Code of a language served.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(
    dead_code,
    reason = "describes the codes of `Language` in the OpenAPI document"
)]
pub enum LanguageCode {
    /// English.
    En,
    /// Chinese.
    Zh,
    /// Japanese.
    Ja,
    /// Korean.
    Ko,
}

/// What to do with a question.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "describes the codes of `BotDecision` in the OpenAPI document"
)]
pub enum DecisionKind {
    /// Show the answer.
    Answer,
    /// Offer the options.
    Clarify,
    /// Bring in a person.
    Escalate,
}

/// Why a person is asked or offered.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "describes the codes of `EscalationReason` in the OpenAPI document"
)]
pub enum ReasonCode {
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
    /// Law, tax or residence.
    Regulated,
    /// The article lacks the visitor's language.
    LanguageMissing,
    /// The visitor's language is not served.
    LanguageNotServed,
}

impl From<&Reply> for AskResponse {
    fn from(reply: &Reply) -> Self {
        Self::from(&reply.reply)
    }
}

impl From<&BotReply> for AskResponse {
    fn from(reply: &BotReply) -> Self {
        let BotReply {
            answer,
            decision,
            language,
            confidence,
            subject,
        } = reply;
        let sentence = ReplySentence::of(reply);
        let options: &[ClarifyOption] = match decision {
            BotDecision::Clarify { options } => options,
            BotDecision::Answer { .. } | BotDecision::Escalate { .. } => &[],
        };
        Self {
            id: answer.to_string(),
            decision: decision.code(),
            language: *language,
            confidence: confidence.0,
            answer: decision
                .given_answer()
                .map(|given| AnswerBody::new(given, *language)),
            options: options.iter().map(OptionBody::from).collect(),
            reason: reply.person_reason(),
            message: sentence.said_in(Locale::of(*language)).to_owned(),
            sentence: sentence.code(),
            offer_person: reply.person_reason().is_some(),
            collect: subject
                .as_ref()
                .map_or_else(Vec::new, |subject| subject.collect.clone()),
        }
    }
}

impl AnswerBody {
    fn new(given: &GivenAnswer, visitor: Language) -> Self {
        let GivenAnswer {
            article,
            language,
            other_language_label,
            title,
            text,
            link,
            follow_ups,
            machine_written,
        } = given;
        Self {
            article: article.to_string(),
            language: *language,
            title: title.clone(),
            text: text.clone(),
            link: link.clone(),
            label: other_language_label.then(|| label_of(*language, visitor).to_owned()),
            follow_ups: follow_ups.iter().map(OptionBody::from).collect(),
            machine_written: *machine_written,
        }
    }
}

/// Tells that an answer stands in another language than the visitor's.
fn label_of(shown: Language, visitor: Language) -> &'static str {
    let LabelWords { en, zh, ja, ko } = &words(Locale::of(visitor)).label;
    match shown {
        Language::English => en,
        Language::Chinese => zh,
        Language::Japanese => ja,
        Language::Korean => ko,
    }
}

impl From<&ClarifyOption> for OptionBody {
    fn from(option: &ClarifyOption) -> Self {
        let ClarifyOption { article, title } = option;
        Self {
            article: article.to_string(),
            title: title.clone(),
        }
    }
}
