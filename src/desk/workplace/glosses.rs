//! What was said in a conversation, for somebody who does not read its language: of the visitor's words the nearest question
//! that is known, of the bot's and of staff's the same in the reader's language.

use super::Workplace;
use super::twins::{LEAST_LIKELY, Twin, TwinKind, TwinReader};
use crate::conversation::{Author, BotDecision, Message};
use crate::desk::{AskContext, DeskError};
use crate::ids::ConversationId;
use crate::knowledge::{ArticleId, Readership};
use crate::language::{Language, Priors};
use crate::pipeline::{Decision, Question};
use crate::store::Macro;
use crate::time::Timestamp;

/// What a message says, or is near to.
#[derive(Debug, Clone, PartialEq)]
pub struct Gloss {
    /// Number of the message.
    pub sequence: i64,
    /// What it may mean.
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
    /// What we said, in the reader's language.
    Said(Twin),
}

/// Messages that are read for a gloss; the newest.
const MAX_GLOSSED: usize = 16;

impl Workplace {
    /// Tells what the newest words in other languages may mean, by what is known in a reader's.
    pub async fn glosses(
        &self,
        id: &ConversationId,
        reader: TwinReader,
        now: Timestamp,
    ) -> Result<Vec<Gloss>, DeskError> {
        let store = self.store.reader();
        let conversation = store.conversation(id).await?;
        // What is said to a person is not read by the bot, so its language is that of the talk.
        let spoken = conversation
            .language
            .or(conversation.opened_with.page_language());
        let messages = store.messages(id).await?;
        let macros = store.macros().await?;
        let foreign = messages.into_iter().rev().filter_map(|message| {
            let known = match message.author {
                Author::Visitor => message.language.or(spoken),
                Author::Bot | Author::Agent => message.language,
                Author::System => None,
            };
            let language = known.filter(|one| *one != reader.language)?;
            (!message.text.is_empty()).then_some((message, language))
        });
        let mut glosses = Vec::new();
        for (message, language) in foreign.take(MAX_GLOSSED) {
            let meaning = match message.author {
                Author::Visitor => self.meant(&message.text, language, reader, now).await?,
                _ => {
                    let twin = self.said(&message, language, &macros, reader, now).await?;
                    twin.map(Meaning::Said)
                }
            };
            glosses.extend(meaning.map(|meaning| Gloss {
                sequence: message.sequence,
                meaning,
            }));
        }
        glosses.reverse();
        Ok(glosses)
    }

    /// Finds what a visitor may have meant.
    async fn meant(
        &self,
        text: &str,
        language: Language,
        reader: TwinReader,
        now: Timestamp,
    ) -> Result<Option<Meaning>, DeskError> {
        let Ok(question) = Question::parse(text) else {
            return Ok(None);
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
        Ok(match (&outcome.decision, outcome.ranked.first()) {
            (Decision::SmallTalk { .. }, _) => Some(Meaning::Courtesy),
            (_, Some(best)) if outcome.confidence.0 >= LEAST_LIKELY => {
                let title = self.question_of(&best.article, reader);
                title.map(|title| Meaning::Question {
                    article: best.article.clone(),
                    title,
                    confidence: outcome.confidence.0,
                })
            }
            _ => None,
        })
    }

    /// Finds what the bot or somebody of the staff said.
    async fn said(
        &self,
        message: &Message,
        language: Language,
        macros: &[Macro],
        reader: TwinReader,
        now: Timestamp,
    ) -> Result<Option<Twin>, DeskError> {
        let Some(reply) = &message.reply else {
            return self
                .twin_of_sent(&message.text, language, macros, reader, now)
                .await;
        };
        if let BotDecision::Clarify { options } = &reply.decision {
            let titles = options.iter();
            let titles: Option<Vec<String>> = titles
                .map(|option| self.question_of(&option.article, reader))
                .collect();
            return Ok(titles.map(|titles| Twin {
                kind: TwinKind::Twin,
                title: String::new(),
                text: titles.join(" / "),
            }));
        }
        let Some(answer) = reply.decision.given_answer() else {
            return Ok(None);
        };
        let twin = self.twin_of_article(&answer.article, &answer.text, answer.language, reader);
        Ok(twin.map(|twin| match answer.machine_written {
            true => Twin {
                kind: TwinKind::Source,
                ..twin
            },
            false => twin,
        }))
    }
}
