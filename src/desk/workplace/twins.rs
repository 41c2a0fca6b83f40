//! Answering in languages one does not read: beside a text that a visitor gets or got the same in the reader's own language.
//! What is the same text is told apart from what is only likely.

use std::sync::Arc;

use super::Workplace;
use super::suggestion::{Suggestion, SuggestionSource};
use crate::desk::{AskContext, Decided, DeskError};
use crate::knowledge::{Article, ArticleId, Readership};
use crate::language::{ChineseScript, Language, Priors, in_simplified_characters};
use crate::pipeline::Question;
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
    /// The article that a program wrote the text from.
    Source,
    /// No more than the nearest question that is known.
    Near {
        /// How likely it is, in percent.
        percent: u8,
    },
}

impl TwinKind {
    /// Returns the code it is named by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Twin => "twin",
            Self::Behind => "behind",
            Self::Guess => "guess",
            Self::Source => "source",
            Self::Near { .. } => "near",
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
    /// What it says; nothing where only the question is known.
    pub text: String,
}

/// Whoever reads, and how.
#[derive(Debug, Clone, Copy)]
pub struct TwinReader {
    /// The language they read.
    pub language: Language,
    /// How they read Chinese.
    pub script: ChineseScript,
}

/// What is less likely than this says nothing of what was meant.
pub(super) const LEAST_LIKELY: f32 = 0.1;

/// A text that is shorter says too little to be known again within another.
const LEAST_CONTAINED_CHARS: usize = 12;

impl Workplace {
    /// Finds beside each suggestion the same in a reader's language; nothing where it is in that language already, or
    /// where there is none.
    pub async fn twins(
        &self,
        suggestions: &[Suggestion],
        reader: TwinReader,
        now: Timestamp,
    ) -> Result<Vec<Option<Twin>>, DeskError> {
        let macros = self.store.reader().macros().await?;
        let mut found = Vec::new();
        for suggestion in suggestions {
            let Some(language) = suggestion.language.filter(|one| *one != reader.language) else {
                found.push(None);
                continue;
            };
            let text = &suggestion.text;
            found.push(match &suggestion.source {
                SuggestionSource::Article { article, .. } => {
                    self.twin_of_article(article, text, language, reader)
                }
                SuggestionSource::Macro { id } => {
                    let written = macros.iter().find(|written| written.id == *id);
                    written.and_then(|written| twin_of_macro(written, reader))
                }
                SuggestionSource::Drafted { articles, .. } => articles.iter().find_map(|article| {
                    let twin = self.twin_of_article(article, text, language, reader)?;
                    let kind = TwinKind::Source;
                    Some(Twin { kind, ..twin })
                }),
                SuggestionSource::SentReply { .. } => {
                    self.twin_of_sent(text, language, &macros, reader, now)
                        .await?
                }
            });
        }
        Ok(found)
    }

    /// Finds what something that was sent says in a reader's language: the article or macro whose very words it has, else
    /// the nearest question that is known.
    pub(super) async fn twin_of_sent(
        &self,
        text: &str,
        language: Language,
        macros: &[Macro],
        reader: TwinReader,
        now: Timestamp,
    ) -> Result<Option<Twin>, DeskError> {
        if let Some(known) = self.twin_of_words(text, language, macros, reader) {
            return Ok(Some(known));
        }
        let Some(outcome) = self.read_as_question(text, language, now).await? else {
            return Ok(None);
        };
        // Whoever chose the visitor's language may have written in their own all the same.
        if outcome.detected.most_likely() == Some(reader.language) {
            return Ok(None);
        }
        let best = outcome.ranked.first();
        let near = best.filter(|_| outcome.confidence.0 >= LEAST_LIKELY);
        Ok(near.and_then(|best| {
            let title = self.question_of(&best.article, reader)?;
            let percent = (outcome.confidence.0 * 100.0).round() as u8;
            let text = String::new();
            Some(Twin {
                kind: TwinKind::Near { percent },
                title,
                text,
            })
        }))
    }

    /// Finds the article or macro whose words a text has, whole or within more.
    fn twin_of_words(
        &self,
        text: &str,
        language: Language,
        macros: &[Macro],
        reader: TwinReader,
    ) -> Option<Twin> {
        let is_same = |words: &str| alike(language, words) == alike(language, text);
        let written = macros.iter().find(|written| {
            let words = written.texts.get(&language);
            words.is_some_and(|words| is_same(words.as_str()))
        });
        if let Some(written) = written {
            return twin_of_macro(written, reader);
        }
        let snapshot = self.room.snapshot();
        let said = alike(language, text);
        // As it is written, for all articles are looked through.
        let has = |article: &&Article| {
            let summary = article.translations.get(&language);
            summary.is_some_and(|theirs| {
                let summary = theirs.summary.trim();
                summary.chars().count() >= LEAST_CONTAINED_CHARS
                    && (said.contains(summary) || text.contains(summary))
            })
        };
        let article = snapshot.knowledge().articles.iter().find(has)?;
        self.twin_of_article(&article.id, text, language, reader)
    }

    pub(super) fn twin_of_article(
        &self,
        id: &ArticleId,
        text: &str,
        language: Language,
        reader: TwinReader,
    ) -> Option<Twin> {
        let snapshot = self.room.snapshot();
        let article = snapshot.knowledge().article(id)?;
        let own = article.translations.get(&reader.language)?;
        let theirs = article.translations.get(&language);
        let is_summary = theirs.is_some_and(|theirs| {
            let written = article.written(theirs, ChineseScript::Taiwan);
            let said = alike(language, text);
            [&theirs.summary, &written.summary]
                .iter()
                .any(|summary| alike(language, summary) == said)
        });
        let is_even = theirs.is_some_and(|theirs| theirs.source_rev == own.source_rev);
        let kind = match (is_summary, is_even) {
            (false, _) => TwinKind::Guess,
            (true, false) => TwinKind::Behind,
            (true, true) => TwinKind::Twin,
        };
        let own = article.written(own, reader.script);
        Some(Twin {
            kind,
            title: own.title.clone(),
            text: own.summary.clone(),
        })
    }

    /// Returns the question of an article as a reader knows it.
    pub(super) fn question_of(&self, id: &ArticleId, reader: TwinReader) -> Option<String> {
        let snapshot = self.room.snapshot();
        let article = snapshot.knowledge().article(id)?;
        let own = article.translations.get(&reader.language)?;
        Some(article.written(own, reader.script).title.clone())
    }

    /// Reads a text as if it were a question in a language; nothing for what cannot be one.
    async fn read_as_question(
        &self,
        text: &str,
        language: Language,
        now: Timestamp,
    ) -> Result<Option<Arc<Decided>>, DeskError> {
        let Ok(question) = Question::parse(text) else {
            return Ok(None);
        };
        let ask = AskContext {
            priors: Priors {
                conversation: Some(language),
                ..Priors::default()
            },
            readership: Readership::Staff,
            ..AskContext::default()
        };
        Ok(Some(self.room.decide(question, ask, now).await?))
    }
}

/// One writing of a text, so that the two scripts of Chinese compare.
fn alike(language: Language, text: &str) -> String {
    let text = text.trim();
    match language {
        Language::Chinese => in_simplified_characters(text),
        _ => text.to_owned(),
    }
}

fn twin_of_macro(written: &Macro, reader: TwinReader) -> Option<Twin> {
    Some(Twin {
        kind: TwinKind::Twin,
        title: written.title.as_str().to_owned(),
        text: written.texts.get(&reader.language)?.as_str().to_owned(),
    })
}
