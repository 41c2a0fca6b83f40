//! The words of a text as keys and codes are written: letters and digits, with or without the marks of base64.

use super::folded::Folded;

/// A stretch of glyphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    pub(super) fn len(self) -> usize {
        self.end - self.start
    }
}

/// Returns the stretches of ASCII letters and digits.
pub(super) fn words_of(folded: &Folded) -> Vec<Token> {
    stretches(folded, |character| character.is_ascii_alphanumeric())
}

/// Returns the stretches that could be a key: letters, digits and the marks that base64, JSON tokens and prefixes use,
/// without marks at either end.
pub(super) fn keys_of(folded: &Folded) -> Vec<Token> {
    let mut keys = stretches(folded, |character| {
        character.is_ascii_alphanumeric() || "_-+/=.:".contains(character)
    });
    for key in &mut keys {
        while key.len() > 0 && "-+/=.:".contains(folded.seen(key.start)) {
            key.start += 1;
        }
        while key.len() > 0 && "-+/.:".contains(folded.seen(key.end - 1)) {
            key.end -= 1;
        }
    }
    keys
}

pub(super) fn stretches(folded: &Folded, belongs: impl Fn(char) -> bool) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut start = None;
    for place in 0..=folded.len() {
        let inside = place < folded.len() && belongs(folded.seen(place));
        match (inside, start) {
            (true, None) => start = Some(place),
            (false, Some(from)) => {
                tokens.push(Token {
                    start: from,
                    end: place,
                });
                start = None;
            }
            _ => {}
        }
    }
    tokens
}
