//! What an assistant is told: the words that a visitor would read, and where they come from.

use serde::Serialize;
use utoipa::ToSchema;

use crate::conversation::{
    BotDecision, GivenAnswer, ReplySentence, kind_word_of, phrase_hidden, reply_message,
};
use crate::desk::Reply;
use crate::http::edge::pages::address::help_link;
use crate::http::edge::state::AppState;
use crate::http::wire::answer::{DecisionKind, LanguageCode, ReasonCode};
use crate::language::Language;
use crate::locale::{Locale, filled, words};
use crate::pipeline::{ClarifyOption, EscalationReason};

/// What was decided about a question, and on what the words beside it rest.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Grounds {
    /// Names the record of this answer; `mondo explain ID` tells how it came about.
    #[schema(example = "019a9f6e-1c00-7000-8000-000000000000")]
    id: String,
    /// What to do: give the answer, offer the options, or bring in a person.
    #[schema(value_type = DecisionKind)]
    decision: &'static str,
    /// Why a person is asked or offered.
    #[schema(value_type = Option<ReasonCode>)]
    reason: Option<EscalationReason>,
    /// Language the visitor is addressed in.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// Probability that the first article is right.
    #[schema(minimum = 0, maximum = 1, example = 0.97)]
    confidence: f64,
    /// The articles that the answer is taken from.
    citations: Vec<Citation>,
    /// With the decision `clarify`, the articles that may be meant, in the order of their numbers.
    options: Vec<NamedArticle>,
    /// Page on which a person is written to, where one is asked or offered.
    #[schema(example = "https://help.example.com/help/en/write")]
    person: Option<String>,
    /// What was hidden in the question and is kept nowhere, such as `card`.
    #[schema(example = json!(["card"]))]
    hidden: Vec<&'static str>,
}

/// An article that an answer is taken from.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Citation {
    /// The article.
    #[schema(example = "deposit-how")]
    article: String,
    /// The question the article answers.
    title: String,
    /// Language of the text.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// Its help page, at the section that answers; relative where `http.site.address` is empty.
    #[schema(example = "https://help.example.com/help/en/deposit-how")]
    address: String,
}

/// An article by its title.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct NamedArticle {
    /// The article.
    #[schema(example = "deposit-missing")]
    pub(super) article: String,
    /// Its title.
    pub(super) title: String,
    /// Its help page.
    #[schema(example = "https://help.example.com/help/en/deposit-missing")]
    pub(super) address: String,
}

/// Makes the address of a page whole where the settings say how this server is reached.
pub(super) fn whole_address(app: &AppState, path: &str) -> String {
    let site = app.settings().site.address.trim_end_matches('/');
    format!("{site}{path}")
}

impl Grounds {
    /// Returns what a reply rests on.
    pub(super) fn of(reply: &Reply, app: &AppState) -> Self {
        let bot = &reply.reply;
        let locale = bot.locale();
        let citation = |given: &GivenAnswer| Citation {
            article: given.article.to_string(),
            title: given.title.clone(),
            language: given.language,
            address: whole_address(app, &given.link),
        };
        let offered = |option: &ClarifyOption| NamedArticle {
            article: option.article.to_string(),
            title: option.title.clone(),
            address: whole_address(app, &help_link(locale, option.article.as_str())),
        };
        Self {
            id: reply.id.to_string(),
            decision: bot.decision.code(),
            reason: bot.person_reason(),
            language: bot.language,
            confidence: rounded(bot.confidence.0),
            citations: bot
                .decision
                .given_answer()
                .map(citation)
                .into_iter()
                .collect(),
            options: options_of(&bot.decision).iter().map(offered).collect(),
            person: bot.person_reason().map(|_| write_page(app, locale)),
            hidden: reply.hidden.iter().map(|found| found.kind.code()).collect(),
        }
    }
}

/// Says a reply as a visitor reads it, in plain text.
pub(super) fn told(reply: &Reply, app: &AppState) -> String {
    let bot = &reply.reply;
    let locale = bot.locale();
    let message = || reply_message(bot).to_owned();
    let mut parts: Vec<String> = Vec::new();
    parts.extend(phrase_hidden(&reply.hidden, locale));
    parts.extend(kind_word_of(bot));
    match &bot.decision {
        BotDecision::Answer { answer, .. } => {
            parts.push(answer.text.clone());
            parts.extend(source(answer, app, locale));
            if ReplySentence::of(bot) != ReplySentence::Found {
                parts.push(message());
            }
        }
        BotDecision::Clarify { options } => {
            let titles = options.iter().map(|option| option.title.as_str());
            parts.push(message());
            parts.push(numbered(titles));
        }
        BotDecision::Escalate { first_aid, .. } => {
            parts.push(message());
            if let Some(answer) = first_aid {
                parts.push(answer.text.clone());
                parts.extend(source(answer, app, locale));
            }
        }
        BotDecision::SmallTalk { .. } => parts.push(message()),
    }
    if bot.person_reason().is_some() {
        let address = write_page(app, locale);
        let person = &words(locale).assistant.person;
        parts.push(filled(person, &[("address", &address)]));
    }
    parts.join("\n\n")
}

/// Numbers lines from 1.
pub(super) fn numbered<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let numbered = (1..).zip(lines);
    let numbered = numbered.map(|(number, line)| format!("{number}. {line}"));
    numbered.collect::<Vec<_>>().join("\n")
}

/// Says where the whole article stands; nothing where nobody has told how this server is reached.
fn source(answer: &GivenAnswer, app: &AppState, locale: Locale) -> Option<String> {
    let is_reached = !app.settings().site.address.is_empty();
    is_reached.then(|| {
        let address = whole_address(app, &answer.link);
        filled(&words(locale).assistant.source, &[("address", &address)])
    })
}

fn write_page(app: &AppState, locale: Locale) -> String {
    whole_address(app, &help_link(locale, "write"))
}

fn options_of(decision: &BotDecision) -> &[ClarifyOption] {
    match decision {
        BotDecision::Clarify { options } => options,
        BotDecision::Answer { .. }
        | BotDecision::Escalate { .. }
        | BotDecision::SmallTalk { .. } => &[],
    }
}

/// Four digits say as much as eight.
fn rounded(share: f32) -> f64 {
    (f64::from(share) * 10_000.0).round() / 10_000.0
}
