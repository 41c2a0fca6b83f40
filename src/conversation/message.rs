//! A conversation and what is said in it.

use std::str::FromStr;

use serde::Serialize;

use super::{
    AgentId, Attachment, BotReply, ConversationId, ConversationState, MessageId, Standing, Ticket,
    Timestamp, UnknownCode,
};
use crate::language::Language;
use crate::locale::Locale;

/// What is known about a visitor when a conversation is opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewConversation {
    /// Locale of the page the widget stands on.
    pub page: Option<Locale>,
    /// Languages the browser asks for, the best first.
    pub accept_language: Vec<Language>,
}

impl NewConversation {
    /// Gives the language of the page.
    pub fn page_language(&self) -> Option<Language> {
        self.page.map(Locale::language)
    }
}

/// A conversation without its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its name.
    pub id: ConversationId,
    /// Who answers, and under which ticket.
    pub standing: Standing,
    /// Language the visitor was last addressed in; a prior for the next message.
    pub language: Option<Language>,
    /// What was known at the opening.
    pub opened_with: NewConversation,
    /// Number of the last event.
    pub last_sequence: i64,
    /// Since when the visitor waits for a person's word, while a person owes them one.
    pub waiting_since: Option<Timestamp>,
    /// When the agent who holds it spoke last.
    pub agent_spoke: Option<Timestamp>,
    /// When it was opened.
    pub created: Timestamp,
}

impl Conversation {
    /// Gives the language to address the visitor in: the one they speak, else the page's, else their browser's.
    pub fn addressed_in(&self, fallback: Language) -> Language {
        self.language
            .or(self.opened_with.page_language())
            .or(self.opened_with.accept_language.first().copied())
            .unwrap_or(fallback)
    }

    /// Gives the locale in which the desk speaks a language here: Chinese in the script the visitor's page is written in.
    pub fn spoken(&self, language: Language) -> Locale {
        let page = self.opened_with.page;
        page.filter(|page| page.language() == language)
            .unwrap_or(Locale::of(language))
    }
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The person who asks.
    Visitor,
    /// The pipeline.
    Bot,
    /// A member of staff.
    Agent,
    /// The desk itself, such as a note that a ticket was opened.
    System,
}

impl Author {
    /// Gives the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        match self {
            Author::Visitor => "visitor",
            Author::Bot => "bot",
            Author::Agent => "agent",
            Author::System => "system",
        }
    }
}

impl FromStr for Author {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        [Self::Visitor, Self::Bot, Self::Agent, Self::System]
            .into_iter()
            .find(|author| author.code() == code)
            .ok_or_else(|| UnknownCode {
                what: "author",
                code: code.to_owned(),
            })
    }
}

/// An agent as the visitor meets them; the name is kept as it was when they spoke.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Speaker {
    /// Who.
    pub agent: AgentId,
    /// The name shown to visitors.
    pub name: String,
}

/// One message; never changed once it is said.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its name.
    pub id: MessageId,
    /// Number of the event that brought it; messages sort by it.
    pub sequence: i64,
    /// Who says it.
    pub author: Author,
    /// Plain text; for a bot message what a page without further abilities would show.
    pub text: String,
    /// Language of the text, where it is known.
    pub language: Option<Language>,
    /// What a bot message is made of.
    pub reply: Option<BotReply>,
    /// Which agent says it.
    pub speaker: Option<Speaker>,
    /// Files it carries, in the order they were attached.
    pub attachments: Vec<Attachment>,
    /// When it was said.
    pub created: Timestamp,
}

/// What one message of a visitor led to.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// The visitor's message as it was stored.
    pub question: Message,
    /// The bot's reply; `None` when a person is responsible.
    pub reply: Option<Message>,
    /// What the desk itself adds, such as the number of a ticket.
    pub notes: Vec<Message>,
    /// Who answers next.
    pub state: ConversationState,
    /// The episode's open ticket, when there is one.
    pub ticket: Option<Ticket>,
}
