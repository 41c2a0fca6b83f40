//! What a visitor is told in a messenger alone, where no page shows it.

use super::TicketNumber;
use crate::locale::{Locale, filled, words};

/// Something a visitor is told in a messenger, or staff of a visitor there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelNote {
    /// Says hello to who has just come.
    Greeting,
    /// What was sent is neither words nor a file.
    OnlyWords,
    /// A picture came without words, and the bot answers words.
    PictureNeedsWords,
    /// The words are more than are taken.
    TooLong {
        /// Most characters.
        most: usize,
    },
    /// A file is not taken.
    FileRefused,
    /// There was too much of it in a short time.
    TooOften,
    /// The visitor has blocked the channel, or left it.
    Left,
    /// The bot answers.
    WithBot,
    /// A person will answer.
    Waiting {
        /// Under this number.
        number: TicketNumber,
        /// Visitors who are taken before.
        before: i64,
    },
    /// A person answers.
    WithAgent {
        /// Under this number.
        number: TicketNumber,
        /// The name shown to visitors.
        name: String,
    },
    /// The matter is settled.
    Closed,
}

impl ChannelNote {
    /// Tells whether saying it twice in a row is of no use: nobody has asked for it.
    pub fn is_said_once(&self) -> bool {
        matches!(
            self,
            Self::Greeting
                | Self::PictureNeedsWords
                | Self::OnlyWords
                | Self::TooOften
                | Self::Left
        )
    }

    /// Says it.
    pub(super) fn said_in(&self, locale: Locale) -> String {
        let words = words(locale);
        let said = &words.channel;
        match self {
            Self::Greeting => words.reply.talk_greeting.clone(),
            Self::OnlyWords => said.only_words.clone(),
            Self::PictureNeedsWords => said.picture_needs_words.clone(),
            Self::TooLong { most } => filled(&said.too_long, &[("most", &most.to_string())]),
            Self::FileRefused => said.file_refused.clone(),
            Self::TooOften => words.problem.too_often.clone(),
            Self::Left => said.left.clone(),
            Self::WithBot => said.standing_bot.clone(),
            Self::Waiting { number, before: 0 } => {
                filled(&said.standing_next, &[("number", &number.to_string())])
            }
            Self::Waiting { number, before } => {
                let (number, before) = (number.to_string(), before.to_string());
                filled(
                    &said.standing_waiting,
                    &[("number", &number), ("before", &before)],
                )
            }
            Self::WithAgent { number, name } => {
                let number = number.to_string();
                filled(&said.standing_agent, &[("number", &number), ("name", name)])
            }
            Self::Closed => said.standing_closed.clone(),
        }
    }
}
