//! Answering in languages one does not read: the same article or macro in the reader's own language beside what the visitor
//! gets, and beside the visitor's words the nearest question that is known in it. What is the same text in another language
//! is told apart from what is only likely.

use super::Workplace;
use super::suggestion::{Suggestion, SuggestionSource};
use crate::conversation::Author;
use crate::desk::{AskContext, DeskError};
use crate::ids::ConversationId;
use crate::knowledge::{ArticleId, Readership};
use crate::language::{ChineseScript, Language, Priors};
use crate::pipeline::{Decision, Question};
use crate::store::Macro;
use crate::time::Timestamp;

/// How far a text in the reader's language says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwinKind {
    /// Its author wrote both, and neither is behind the other.
    Twin,
    /// The two follow different revisions of their source.
    Behind,
    /// The same article, but perhaps another part of it.
    Guess,
}

impl TwinKind {
    /// Returns the code it is named by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Twin => "twin",
            Self::Behind => "behind",
            Self::Guess => "guess",
        }
    }
}

/// A text beside its twin in another language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// How far it says the same.
    pub kind: TwinKind,
    /// The question it answers, or what agents call it.
    pub title: String,
    /// What it says.
    pub text: String,
}

/// What a visitor's words are near to.
#[derive(Debug, Clone, PartialEq)]
pub struct Gloss {
    /// Number of the message.
    pub sequence: i64,
    /// What they may mean.
    pub meaning: Meaning,
}

/// What somebody's words may mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// A word of courtesy, such as a greeting or thanks.
    Courtesy,
    /// The question of an article, with the probability that it is the one that was asked.
    Question {
        /// The article.
        article: ArticleId,
        /// Its question in the reader's language.
        title: String,
        /// How likely it is that this was meant.
        confidence: f32,
    },
}

/// Messages that are read for a gloss; the newest.
const MAX_GLOSSED: usize = 12;

/// What is less likely than this says nothing of what was meant.
const LEAST_LIKELY: f32 = 0.1;

impl Workplace {
    /// Finds beside each suggestion the same in a reader's language; nothing where it is in that language already, or
    /// where there is none.
    pub async fn twins(
        &self,
        suggestions: &[Suggestion],
        reader: Language,
        script: ChineseScript,
    ) -> Result<Vec<Option<Twin>>, DeskError> {
        let macros = self.store.reader().macros().await?;
        let found = suggestions.iter().map(|suggestion| {
            if suggestion.language == Some(reader) {
                return None;
            }
            match &suggestion.source {
                SuggestionSource::Article { article, .. } => {
                    self.twin_of_article(article, suggestion, reader, script)
                }
                SuggestionSource::Macro { id } => twin_of_macro(&macros, id, reader),
                SuggestionSource::Drafted { .. } | SuggestionSource::SentReply { .. } => None,
            }
        });
        Ok(found.collect())
    }

    fn twin_of_article(
        &self,
        id: &ArticleId,
        suggestion: &Suggestion,
        reader: Language,
        script: ChineseScript,
    ) -> Option<Twin> {
        let snapshot = self.room.snapshot();
        let article = snapshot.knowledge().article(id)?;
        let own = article.translations.get(&reader)?;
        let theirs = suggestion
            .language
            .and_then(|language| article.translations.get(&language));
        let is_summary = theirs.is_some_and(|theirs| {
            let written = article.written(theirs, ChineseScript::Taiwan);
            [&theirs.summary, &written.summary].contains(&&suggestion.text)
        });
        let is_even = theirs.is_some_and(|theirs| theirs.source_rev == own.source_rev);
        let kind = match (is_summary, is_even) {
            (false, _) => TwinKind::Guess,
            (true, false) => TwinKind::Behind,
            (true, true) => TwinKind::Twin,
        };
        let own = article.written(own, script);
        Some(Twin {
            kind,
            title: own.title.clone(),
            text: own.summary.clone(),
        })
    }

    /// Tells what the visitor's newest words in other languages may mean, by the questions that are known in a reader's.
    pub async fn glosses(
        &self,
        id: &ConversationId,
        reader: Language,
        script: ChineseScript,
        now: Timestamp,
    ) -> Result<Vec<Gloss>, DeskError> {
        let store = self.store.reader();
        let conversation = store.conversation(id).await?;
        // What is said to a person is not read by the bot, so its language is that of the talk.
        let spoken = conversation
            .language
            .or(conversation.opened_with.page_language());
        let messages = store.messages(id).await?;
        let foreign = messages.into_iter().rev().filter_map(|message| {
            let is_visitors = message.author == Author::Visitor && !message.text.is_empty();
            let language = message.language.or(spoken).filter(|one| *one != reader)?;
            is_visitors.then_some((message, language))
        });
        let mut glosses = Vec::new();
        for (message, language) in foreign.take(MAX_GLOSSED) {
            let Ok(question) = Question::parse(&message.text) else {
                continue;
            };
            let ask = AskContext {
                priors: Priors {
                    conversation: Some(language),
                    ..Priors::default()
                },
                forced: Some(language),
                readership: Readership::Staff,
                ..AskContext::default()
            };
            let outcome = self.room.decide(question, ask, now).await?;
            let meaning = match (&outcome.decision, outcome.ranked.first()) {
                (Decision::SmallTalk { .. }, _) => Some(Meaning::Courtesy),
                (_, Some(best)) if outcome.confidence.0 >= LEAST_LIKELY => {
                    let snapshot = self.room.snapshot();
                    let article = snapshot.knowledge().article(&best.article);
                    let own = article.and_then(|article| {
                        let own = article.translations.get(&reader)?;
                        Some(article.written(own, script).title.clone())
                    });
                    own.map(|title| Meaning::Question {
                        article: best.article.clone(),
                        title,
                        confidence: outcome.confidence.0,
                    })
                }
                _ => None,
            };
            glosses.extend(meaning.map(|meaning| Gloss {
                sequence: message.sequence,
                meaning,
            }));
        }
        glosses.reverse();
        Ok(glosses)
    }
}

fn twin_of_macro(macros: &[Macro], id: &str, reader: Language) -> Option<Twin> {
    let written = macros.iter().find(|written| written.id == id)?;
    Some(Twin {
        kind: TwinKind::Twin,
        title: written.title.as_str().to_owned(),
        text: written.texts.get(&reader)?.as_str().to_owned(),
    })
}
