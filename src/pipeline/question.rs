//! A visitor's question as retrieval reads it: one line, made of their words.

use crate::safety::redact::without_placeholders;
use crate::safety::{InvalidWords, Words, is_invisible};

/// Longest question accepted, in characters.
pub const MAX_QUESTION_CHARS: usize = 2_000;

/// What a visitor wrote: trimmed, bounded, free of control characters, with something to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question(String);

/// Why a text is not a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidQuestion {
    /// Nothing but space.
    #[error("the question is empty; type what you would like to know")]
    Empty,
    /// Longer than [`MAX_QUESTION_CHARS`].
    #[error(
        "the question has {chars} characters, the limit is {MAX_QUESTION_CHARS}; shorten it, or attach the details to a ticket"
    )]
    TooLong {
        /// Characters found.
        chars: usize,
    },
    /// Control and invisible characters only. Symbols such as an emoji are a message, though no question.
    #[error("the question has no letter or digit; ask in words")]
    NoWords,
}

/// Takes what a visitor asks or says at a door, as it is stored and answered.
///
/// Characters count as they are sent, as they do in the browser's own fields.
pub fn asked_words(text: &str) -> Result<Words, InvalidQuestion> {
    check_length(text)?;
    Words::parse(text, MAX_QUESTION_CHARS).map_err(|refused| match refused {
        InvalidWords::TooLong { chars, .. } => InvalidQuestion::TooLong { chars },
        InvalidWords::Empty if text.chars().all(char::is_whitespace) => InvalidQuestion::Empty,
        InvalidWords::Empty => InvalidQuestion::NoWords,
    })
}

impl Question {
    /// Trims, drops control characters, and refuses what shows nothing or is too long.
    pub fn parse(text: &str) -> Result<Self, InvalidQuestion> {
        let cleaned: String = text
            .chars()
            .map(|character| {
                if character.is_whitespace() {
                    ' '
                } else {
                    character
                }
            })
            .filter(|character| !is_invisible(*character))
            .collect();
        let cleaned = cleaned.trim();
        if cleaned.is_empty() {
            let had_marks = text.chars().any(|character| !character.is_whitespace());
            return Err(if had_marks {
                InvalidQuestion::NoWords
            } else {
                InvalidQuestion::Empty
            });
        }
        check_length(text)?;
        Ok(Self(cleaned.to_owned()))
    }

    /// Makes a question of what a person said. What was hidden in it is no word to search for, unless nothing else was
    /// said: then the kinds that were hidden are what it is about.
    pub fn of(words: &Words) -> Result<Self, InvalidQuestion> {
        Self::parse(&without_placeholders(words.as_str()))
            .or_else(|_| Self::parse(&words.as_str().replace('-', " ")))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_length(text: &str) -> Result<(), InvalidQuestion> {
    let chars = text.chars().count();
    match chars > MAX_QUESTION_CHARS {
        true => Err(InvalidQuestion::TooLong { chars }),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_without_a_question_are_refused_with_a_reason() {
        for (text, expected) in [
            ("", InvalidQuestion::Empty),
            (" \n\u{3000}", InvalidQuestion::Empty),
            ("\u{0}\u{7}\u{202e}", InvalidQuestion::NoWords),
        ] {
            assert_eq!(Question::parse(text), Err(expected), "{text:?}");
            assert_eq!(asked_words(text), Err(expected), "{text:?}");
        }
        let long = "あ".repeat(MAX_QUESTION_CHARS + 1);
        assert!(matches!(
            Question::parse(&long),
            Err(InvalidQuestion::TooLong { .. })
        ));
    }

    #[test]
    fn symbols_are_a_message() {
        for text in ["？！…", "🙂🙂", " . "] {
            assert!(Question::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn control_characters_vanish_and_words_stay() {
        let question = Question::parse(" \u{202e}提\u{0}现\t没到？ ").expect("has words");
        assert_eq!(question.as_str(), "提现 没到？");
    }

    #[test]
    fn what_was_hidden_is_not_searched_for() {
        for (said, expected) in [
            ("1. buy\n2. sell", "1. buy 2. sell"),
            (
                "card 4111 1111 1111 1111\ncan I get a refund?",
                "card can I get a refund?",
            ),
            ("4111 1111 1111 1111", "⟦card⟧"),
        ] {
            let words = Words::parse(said, 200).expect("has words");
            let question = Question::of(&words).expect("has a question");
            assert_eq!(question.as_str(), expected, "{said}");
        }
    }
}
