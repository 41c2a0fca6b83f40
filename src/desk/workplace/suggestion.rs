//! A reply that an agent could send, and where it comes from.

use crate::ids::{ConversationId, MessageId};
use crate::knowledge::{ArticleId, Revision};
use crate::language::Language;
use crate::pipeline::Passage;

/// One reply an agent could send.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// Where it comes from.
    pub source: SuggestionSource,
    /// What agents look at to tell it from the others.
    pub title: String,
    /// What would be sent.
    pub text: String,
    /// Language of the text, where it is known.
    pub language: Option<Language>,
    /// Probability that this is what answers the question; for macros and earlier replies, how alike the questions are.
    pub confidence: f32,
}

/// Where a suggestion comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum SuggestionSource {
    /// An article.
    Article {
        /// Which article.
        article: ArticleId,
        /// From which knowledge.
        revision: Revision,
        /// Page with the whole article.
        link: String,
        /// Team that answers for its text; empty where nobody is named.
        owner: String,
        /// The part of the article nearest to the question.
        span: Option<Passage>,
        /// Whether the visitor was shown the article before.
        seen: bool,
    },
    /// Words shared by all agents.
    Macro {
        /// Which macro.
        id: String,
    },
    /// Words a program has written from articles; every sentence was checked against them.
    Drafted {
        /// Which articles, the first citation first.
        articles: Vec<ArticleId>,
        /// From which knowledge.
        revision: Revision,
        /// Page of the first of them.
        link: String,
    },
    /// Something an agent sent before.
    SentReply {
        /// In which conversation.
        conversation: ConversationId,
        /// Which message.
        message: MessageId,
    },
}
