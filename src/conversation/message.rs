//! A conversation and what is said in it.

use serde::{Deserialize, Serialize};

use super::author::{Author, Speaker};
use super::{
    Attachment, BotReply, Channel, ChannelAddress, ConversationState, Standing, Surface, Ticket,
};
use crate::ids::{ConversationId, MessageId};
use crate::language::{ChineseScript, Elsewhere, Language};
use crate::locale::Locale;
use crate::time::Timestamp;

/// What is known about a visitor when a conversation is opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewConversation {
    /// Locale of the page the widget stands on.
    pub page: Option<Locale>,
    /// Languages the browser asks for, the best first.
    pub accept_language: Vec<Language>,
    /// Languages not served that page or browser ask for, the best first.
    pub elsewhere: Vec<Elsewhere>,
    /// How page or browser write Chinese.
    pub script: Option<ChineseScript>,
    /// Where on the web it was begun, where that was told.
    pub surface: Option<Surface>,
}

impl NewConversation {
    /// Returns the language of the page.
    pub fn page_language(&self) -> Option<Language> {
        self.page.map(Locale::language)
    }
}

/// Where a visitor writes from, as their browser says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VisitedPage {
    /// Address of the page, without its query.
    pub url: Option<String>,
    /// Name of the time zone they live by, such as `Asia/Seoul`.
    pub time_zone: Option<String>,
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
    /// How the visitor was last written Chinese.
    pub script: Option<ChineseScript>,
    /// What was known at the opening.
    pub opened_with: NewConversation,
    /// Number of the last event.
    pub last_sequence: i64,
    /// Since when the visitor waits for a person's word, while a person owes them one.
    pub waiting_since: Option<Timestamp>,
    /// When the agent who holds it took it.
    pub held_since: Option<Timestamp>,
    /// When the agent who holds it spoke last.
    pub agent_spoke: Option<Timestamp>,
    /// Until when the agent who holds it has put it aside.
    pub snoozed_until: Option<Timestamp>,
    /// When it came back by itself, while nobody has answered since.
    pub woken: Option<Timestamp>,
    /// Where the visitor wrote from last.
    pub page: Option<VisitedPage>,
    /// When it was opened.
    pub created: Timestamp,
    /// The way by which its visitor speaks.
    pub channel: Channel,
    /// Where its visitor is, on a channel other than the web.
    pub address: Option<ChannelAddress>,
}

impl Conversation {
    /// Returns the language to address the visitor in: the one they speak, else the page's, else their browser's.
    pub fn addressed_in(&self, fallback: Language) -> Language {
        self.language
            .or(self.opened_with.page_language())
            .or(self.opened_with.accept_language.first().copied())
            .unwrap_or(fallback)
    }

    /// Brings back what was put aside.
    pub fn wake(&mut self, now: Timestamp) {
        if self.snoozed_until.take().is_some() {
            self.woken = Some(now);
        }
    }

    /// Returns the locale in which the desk speaks a language here: Chinese as the visitor writes or reads it.
    pub fn spoken(&self, language: Language) -> Locale {
        Locale::for_reader(language, self.known_script().unwrap_or_default())
    }

    /// Returns how the visitor writes Chinese: as they were last answered, else as their page or browser does.
    pub fn known_script(&self) -> Option<ChineseScript> {
        self.script
            .or(self.opened_with.script)
            .or(self.opened_with.page.and_then(Locale::written_chinese))
    }
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
