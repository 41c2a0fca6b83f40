//! What a person says or writes: cleaned once at the door, bounded, and with every secret in it hidden.
//!
//! Nothing below the door takes a bare `String` for it. It must not know who speaks, where it is stored or what it means.

use std::fmt;

use serde::{Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::redact::{Finding, Hides, redact, without_broken_end};

/// Most empty lines in a row that are kept.
pub const MAX_BLANK_LINES: usize = 2;

/// Text of a person: free of control and invisible characters, with line breaks as they were typed.
///
/// [`Words::as_str`] is the only text there is for showing, searching, logging and sending on; every secret in it
/// stands as a placeholder such as `⟦card⟧`. The text before hiding is kept beside it until it is sealed, never
/// printed, and wiped from memory afterwards.
#[derive(Clone, PartialEq, Eq)]
pub struct Words {
    text: String,
    findings: Vec<Finding>,
    /// Nothing where nothing was hidden: then the text is the original.
    original: Option<Zeroizing<String>>,
}

/// Why a text is refused at a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWords {
    /// Nothing to see: space, control or invisible characters only.
    #[error("the text is empty")]
    Empty,
    /// Longer than the door takes.
    #[error("the text has {chars} characters, the limit is {limit}")]
    TooLong {
        /// Characters found.
        chars: usize,
        /// Characters accepted.
        limit: usize,
    },
}

/// Whether a text may have lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// Messages, notes, comments.
    Kept,
    /// File names, tags, titles: a line break becomes a space.
    Joined,
}

impl Words {
    /// Cleans a message, hides every secret and personal number in it, and refuses it where nothing is left or where
    /// it has more than `limit` characters.
    pub fn parse(text: &str, limit: usize) -> Result<Self, InvalidWords> {
        Self::parse_as(text, limit, Lines::Kept, Hides::Everything)
    }

    /// Does the same for a text of one line, such as a file name.
    pub fn parse_line(text: &str, limit: usize) -> Result<Self, InvalidWords> {
        Self::parse_as(text, limit, Lines::Joined, Hides::Everything)
    }

    /// Returns nothing for an empty text where a text is not needed, such as a comment beside a rating.
    pub fn parse_optional(text: &str, limit: usize) -> Result<Option<Self>, InvalidWords> {
        match Self::parse(text, limit) {
            Ok(words) => Ok(Some(words)),
            Err(InvalidWords::Empty) => Ok(None),
            Err(refused) => Err(refused),
        }
    }

    /// Cuts a text to its first `limit` characters instead of refusing it; nothing where nothing is left. It is cut after
    /// hiding, for half a secret looks like none, and never in the middle of a placeholder.
    pub fn shortened(text: &str, limit: usize, lines: Lines, hides: Hides) -> Option<Self> {
        let mut words = Self::parse_as(text, usize::MAX, lines, hides).ok()?;
        if let Some((end, _)) = words.text.char_indices().nth(limit) {
            words
                .text
                .truncate(without_broken_end(&words.text[..end]).trim_end().len());
        }
        (!words.text.is_empty()).then_some(words)
    }

    /// Says what becomes of lines and which kinds are hidden: the field for a contact keeps the mail address that
    /// belongs there, and so does what staff write.
    pub fn parse_as(
        text: &str,
        limit: usize,
        lines: Lines,
        hides: Hides,
    ) -> Result<Self, InvalidWords> {
        let cleaned = Zeroizing::new(clean(text, lines));
        if cleaned.is_empty() {
            return Err(InvalidWords::Empty);
        }
        let chars = cleaned.chars().count();
        if chars > limit {
            return Err(InvalidWords::TooLong { chars, limit });
        }
        let Some(redacted) = redact(&cleaned, hides) else {
            return Ok(Self {
                text: cleaned.as_str().to_owned(),
                findings: Vec::new(),
                original: None,
            });
        };
        Ok(Self {
            text: redacted.text,
            findings: redacted.findings,
            original: Some(cleaned),
        })
    }

    /// Takes back a text that went through a door before it was recorded; nothing is cleaned or hidden again.
    pub fn from_record(text: String) -> Self {
        Self {
            text,
            findings: Vec::new(),
            original: None,
        }
    }

    /// Returns the text with every secret hidden.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns what was hidden, by kind, each kind once.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns the text before hiding, for the one place that encrypts it; nothing where nothing was hidden.
    pub fn original_for_sealing(&self) -> Option<&str> {
        self.original.as_ref().map(|original| original.as_str())
    }

    /// Forgets the text before hiding and wipes it from memory.
    pub fn without_original(mut self) -> Self {
        self.original = None;
        self
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, formatter)
    }
}

impl fmt::Display for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl AsRef<str> for Words {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl Serialize for Words {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// Drops what cannot be seen, makes every kind of line break one kind, and trims.
fn clean(text: &str, lines: Lines) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut breaks = 0;
    let mut in_flag = false;
    let mut previous = ' ';
    // Composed, so that a word has one spelling: some systems write 각 as three letters and é as two.
    for character in text.nfc() {
        let is_second_half = character == '\n' && previous == '\r';
        previous = character;
        if is_line_break(character) {
            if is_second_half {
                continue;
            }
            cleaned.truncate(cleaned.trim_end_matches(is_blank).len());
            let is_wanted = !cleaned.is_empty() && breaks <= MAX_BLANK_LINES;
            if is_wanted {
                cleaned.push(if lines == Lines::Kept { '\n' } else { ' ' });
                breaks += 1;
            }
            continue;
        }
        // The flags of England, Scotland and Wales are spelt in tags, which elsewhere hide text from the reader.
        let is_tag = matches!(character, '\u{e0020}'..='\u{e007f}');
        if is_invisible(character) || is_tag && !in_flag {
            continue;
        }
        if is_tag {
            in_flag = character != '\u{e007f}';
        } else {
            in_flag = character == '\u{1f3f4}';
        }
        let character = if character == '\t' { ' ' } else { character };
        if !is_blank(character) {
            breaks = 0;
        } else if lines == Lines::Joined && cleaned.ends_with(is_blank) {
            continue;
        }
        cleaned.push(character);
    }
    cleaned.truncate(cleaned.trim_end().len());
    let blank_start = cleaned.len() - cleaned.trim_start().len();
    cleaned.drain(..blank_start);
    cleaned
}

fn is_line_break(character: char) -> bool {
    matches!(
        character,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() && !is_line_break(character)
}

/// Control characters, bidirectional marks and overrides (Unicode annex 9), zero-width marks, and code points that are
/// no characters; the joiners that scripts and emoji need stay.
pub fn is_invisible(character: char) -> bool {
    character.is_control() && character != '\t'
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0001}')
        || character as u32 & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::safety::redact::Kind;

    const LIMIT: usize = 4_000;

    #[test]
    fn lines_stay_and_what_cannot_be_seen_goes() {
        for (text, expected) in [
            ("1. buy\r\n2. sell\r3. wait", "1. buy\n2. sell\n3. wait"),
            ("a  \n\n\n\n\n\n b", "a\n\n\n b"),
            ("\n\n  提现\u{0}没到\t？ \n\n", "提现没到 ？"),
            ("pay\u{202e}pal \u{2066}x\u{2069}\u{200b}", "paypal x"),
            (
                "می\u{200c}خواهم 👩\u{200d}💻",
                "می\u{200c}خواهم 👩\u{200d}💻",
            ),
            (
                "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} go",
                "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} go",
            ),
            ("hi\u{e0068}\u{e0069}", "hi"),
            ("🙂🙂", "🙂🙂"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("line\u{2028}next\u{85}last", "line\nnext\nlast"),
        ] {
            let words = Words::parse(text, LIMIT).expect("something is left");
            assert_eq!(words.as_str(), expected, "{text:?}");
        }
        let name = Words::parse_line(" my\r\nfile \t name.png", LIMIT).expect("something is left");
        assert_eq!(name.as_str(), "my file name.png");
    }

    #[test]
    fn empty_and_long_texts_are_refused() {
        for text in ["", " \n\u{3000}", "\u{0}\u{7}\u{202e}\u{feff}"] {
            assert_eq!(
                Words::parse(text, LIMIT),
                Err(InvalidWords::Empty),
                "{text:?}"
            );
            assert_eq!(Words::parse_optional(text, LIMIT), Ok(None), "{text:?}");
        }
        assert_eq!(
            Words::parse("こんにちは", 4),
            Err(InvalidWords::TooLong { chars: 5, limit: 4 })
        );
        assert!(Words::parse("こんにちは", 5).is_ok());
    }

    #[test]
    fn a_long_text_is_cut_outside_placeholders() {
        for (text, limit, expected) in [
            ("  good  morning ", 40, Some("good  morning")),
            ("こんにちは", 3, Some("こんに")),
            ("good morning", 5, Some("good")),
            ("card 4111 1111 1111 1111", 8, Some("card")),
            ("card 4111 1111 1111 1111", 11, Some("card ⟦card⟧")),
            ("card 4111 1111 1111 1111 mine", 13, Some("card ⟦card⟧ m")),
            (" \n ", 5, None),
        ] {
            let words = Words::shortened(text, limit, Lines::Kept, Hides::Everything);
            assert_eq!(
                words.as_ref().map(Words::as_str),
                expected,
                "{text:?} {limit}"
            );
        }
    }

    #[test]
    fn staff_send_contacts_and_links_but_no_secrets() {
        let said =
            "Call +82 10 1234 5678 or mail help@example.com, never send card 4111 1111 1111 1111.";
        let words = Words::parse_as(said, LIMIT, Lines::Kept, Hides::AllButWhatStaffSend);
        assert_eq!(
            words.expect("has words").as_str(),
            "Call +82 10 1234 5678 or mail help@example.com, never send card ⟦card⟧."
        );
    }

    #[test]
    fn a_secret_is_in_the_original_alone() {
        let said = "my card is 4111 1111 1111 1111\nthanks";
        let words = Words::parse(said, LIMIT).expect("has words");
        assert_eq!(words.as_str(), "my card is ⟦card⟧\nthanks");
        assert_eq!(
            words.findings(),
            [Finding {
                kind: Kind::Card,
                count: 1
            }]
        );
        assert_eq!(words.original_for_sealing(), Some(said));
        for shown in [
            format!("{words:?}"),
            words.to_string(),
            serde_json::to_string(&words).expect("a string is JSON"),
        ] {
            assert!(!shown.contains("4111"), "{shown}");
        }
        assert_eq!(words.without_original().original_for_sealing(), None);
        let plain = Words::parse("nothing secret", LIMIT).expect("has words");
        assert_eq!(plain.original_for_sealing(), None);
    }

    proptest! {
        #[test]
        fn words_of_words_are_the_same_words(text in any::<String>()) {
            if let Ok(words) = Words::parse(&text, LIMIT) {
                let again = Words::parse(words.as_str(), 4 * LIMIT).expect("words are not empty");
                prop_assert_eq!(again.as_str(), words.as_str());
            }
        }
    }
}
