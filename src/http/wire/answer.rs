//! Replies of the bot as they travel: the same JSON from `/v1/ask`, in a conversation and from `mondo ask`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::conversation::{
    BotDecision, BotReply, GivenAnswer, ReplySentence, kind_word_of, phrase_hidden,
};
use crate::desk::Reply;
use crate::language::{ChineseScript, Elsewhere, Language};
use crate::locale::{LabelWords, Locale, words};
use crate::pipeline::{ClarifyOption, EscalationReason, Passage};

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
    /// How the Chinese of this reply is written.
    #[schema(value_type = ScriptCode)]
    pub script: ChineseScript,
    /// The visitor's own language with a word in it, where it is not served but has a name.
    pub elsewhere: Option<ElsewhereBody>,
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
    /// What was hidden in the question and is kept nowhere, such as `card`; in a conversation the desk says it in a
    /// message of its own.
    #[schema(example = json!(["card"]))]
    pub hidden: Vec<&'static str>,
    /// Tells the visitor in their language what was hidden, and never to give it to anybody.
    pub notice: Option<String>,
}

/// A language that is not served, and what the visitor is told in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ElsewhereBody {
    /// Its code.
    #[schema(example = "fr")]
    pub code: &'static str,
    /// Its name in itself.
    #[schema(example = "Français")]
    pub name: &'static str,
    /// Which languages mondo speaks, and in which the answer stands or that a person can help.
    pub message: String,
}

impl ElsewhereBody {
    fn new(language: Elsewhere, message: String) -> Self {
        Self {
            code: language.code(),
            name: language.endonym(),
            message,
        }
    }
}

/// How Chinese is written.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the codes of `ChineseScript` in the OpenAPI document"
)]
pub enum ScriptCode {
    /// Simplified.
    #[schema(rename = "zh-Hans")]
    Simplified,
    /// Traditional, in the words of Taiwan.
    #[schema(rename = "zh-Hant")]
    Taiwan,
    /// Traditional, in the words of Hong Kong.
    #[schema(rename = "zh-HK")]
    HongKong,
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
    /// What answers, plain text: the passage where there is one, else the summary.
    pub text: String,
    /// The short answer to the title, plain text.
    pub summary: String,
    /// The part of the article that answers; nothing where the summary does.
    pub passage: Option<PassageBody>,
    /// Parts of other sections that may be meant as well.
    pub also: Vec<PassageBody>,
    /// Page with the whole article, relative to the site, at the section that answers.
    #[schema(example = "/help/en/deposit-how")]
    pub link: String,
    /// Tells in the visitor's language that the text is in another one.
    pub label: Option<String>,
    /// Articles often needed next.
    pub follow_ups: Vec<OptionBody>,
    /// The text was written by a program from the article, and checked by no person.
    pub machine_written: bool,
}

/// A part of an article: whole steps, whole rows, whole sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PassageBody {
    /// What it says, in Markdown.
    pub text: String,
    /// The same as HTML without scripts.
    pub html: String,
    /// The heading it stands under.
    pub heading: Option<String>,
    /// Name of that heading in links to the page, after `#`.
    pub anchor: Option<String>,
    /// Where it begins in the Markdown of the article, in bytes.
    pub start: usize,
    /// It is all that the article says beside its summary.
    pub whole: bool,
}

impl From<Passage> for PassageBody {
    fn from(passage: Passage) -> Self {
        let Passage {
            markdown,
            text: _,
            html,
            heading,
            anchor,
            range,
            is_whole,
        } = passage;
        Self {
            text: markdown,
            html,
            heading,
            anchor,
            start: range.start,
            whole: is_whole,
        }
    }
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
    /// Say the message: nothing was asked, or too little to tell what.
    SmallTalk,
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

impl From<Reply> for AskResponse {
    fn from(reply: Reply) -> Self {
        let found = reply.hidden.iter();
        Self {
            hidden: found.map(|finding| finding.kind.code()).collect(),
            notice: phrase_hidden(&reply.hidden, reply.reply.locale()),
            ..Self::from(reply.reply)
        }
    }
}

impl From<BotReply> for AskResponse {
    fn from(reply: BotReply) -> Self {
        let (sentence, locale) = (ReplySentence::of(&reply), reply.locale());
        let (reason, kind_word) = (reply.person_reason(), kind_word_of(&reply));
        let BotReply {
            answer,
            decision,
            language,
            script,
            elsewhere,
            confidence,
            subject,
        } = reply;
        let code = decision.code();
        let (given, options) = match decision {
            BotDecision::Answer { answer, .. } => (Some(answer), Vec::new()),
            BotDecision::Clarify { options } => (None, options),
            BotDecision::Escalate { first_aid, .. } => (first_aid, Vec::new()),
            BotDecision::SmallTalk { .. } => (None, Vec::new()),
        };
        Self {
            id: answer.to_string(),
            decision: code,
            language,
            script,
            elsewhere: elsewhere
                .zip(kind_word)
                .map(|(language, message)| ElsewhereBody::new(language, message)),
            confidence: confidence.0,
            answer: given.map(|given| AnswerBody::new(given, locale)),
            options: options.into_iter().map(OptionBody::from).collect(),
            reason,
            message: sentence.said_in(locale).to_owned(),
            sentence: sentence.code(),
            offer_person: reason.is_some(),
            collect: subject.map_or_else(Vec::new, |subject| subject.collect),
            hidden: Vec::new(),
            notice: None,
        }
    }
}

impl AnswerBody {
    fn new(given: GivenAnswer, visitor: Locale) -> Self {
        let GivenAnswer {
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
            machine_written,
        } = given;
        Self {
            article: article.to_string(),
            language,
            title,
            summary: summary.unwrap_or_else(|| text.clone()),
            text,
            passage: passage.map(PassageBody::from),
            also: also.into_iter().map(PassageBody::from).collect(),
            link,
            label: other_language_label.then(|| label_of(language, visitor).to_owned()),
            follow_ups: follow_ups.into_iter().map(OptionBody::from).collect(),
            machine_written,
        }
    }
}

/// Tells that an answer stands in another language than the visitor's.
fn label_of(shown: Language, visitor: Locale) -> &'static str {
    let LabelWords { en, zh, ja, ko } = &words(visitor).label;
    match shown {
        Language::English => en,
        Language::Chinese => zh,
        Language::Japanese => ja,
        Language::Korean => ko,
    }
}

impl From<ClarifyOption> for OptionBody {
    fn from(option: ClarifyOption) -> Self {
        let ClarifyOption { article, title } = option;
        Self {
            article: article.to_string(),
            title,
        }
    }
}
