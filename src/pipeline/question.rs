//! A visitor's question, parsed once at the edge.

/// Longest question accepted, in characters.
pub const MAX_QUESTION_CHARS: usize = 2_000;

/// Text that holds something to understand: trimmed, bounded, free of control characters.
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
    /// Punctuation, symbols or control characters only.
    #[error("the question has no letter or digit; ask in words")]
    NoWords,
}

impl Question {
    /// Trims, drops control characters, and refuses what holds no word or too many.
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
        let chars = cleaned.chars().count();
        if chars > MAX_QUESTION_CHARS {
            return Err(InvalidQuestion::TooLong { chars });
        }
        if !cleaned.chars().any(char::is_alphanumeric) {
            return Err(InvalidQuestion::NoWords);
        }
        Ok(Self(cleaned.to_owned()))
    }

    /// Gives the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, bidirectional overrides (Unicode annex 9) and zero-width marks; the joiners that scripts need stay.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_without_a_question_are_refused_with_a_reason() {
        for (text, expected) in [
            ("", InvalidQuestion::Empty),
            (" \n\u{3000}", InvalidQuestion::Empty),
            ("？！…", InvalidQuestion::NoWords),
            ("\u{0}\u{7}\u{202e}", InvalidQuestion::NoWords),
            ("🙂🙂", InvalidQuestion::NoWords),
        ] {
            assert_eq!(Question::parse(text), Err(expected), "{text:?}");
        }
        let long = "あ".repeat(MAX_QUESTION_CHARS + 1);
        assert!(matches!(
            Question::parse(&long),
            Err(InvalidQuestion::TooLong { .. })
        ));
    }

    #[test]
    fn control_characters_vanish_and_words_stay() {
        let question = Question::parse(" \u{202e}提\u{0}现\t没到？ ").expect("has words");
        assert_eq!(question.as_str(), "提现 没到？");
    }
}
