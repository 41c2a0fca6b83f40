//! Words that say what stands beside them: a card number, a password, an order. A number alone is rarely a secret.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::Deserialize;
use serde::de::value::{Error as ValueError, StrDeserializer};

use super::folded::{BARRIER, Folded};

/// What a word says of the number or text after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Cue {
    Card,
    BankAccount,
    ResidentId,
    ResidentNumber,
    MyNumber,
    Passport,
    Phone,
    /// A code that is sent or shown for one use.
    Code,
    /// "Code" and no more; errors and offers have codes too.
    BareCode,
    Password,
    PrivateKey,
    Seed,
    ApiSecret,
    /// A number that names a thing: an order, a ticket, a user, a block.
    Reference,
    /// The hash of a transaction, or an address: public by nature.
    Transaction,
    /// Not a one-time code at all: an error, a status, a region, a referral.
    PublicCode,
}

impl Cue {
    fn named(name: &str) -> Self {
        Self::deserialize(StrDeserializer::<ValueError>::new(name))
            .expect("a test reads every line of cues.txt")
    }
}

const WORDS: &str = include_str!("cues.txt");

/// One word found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) cue: Cue,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The words found in one text, in order of their ends.
#[derive(Debug)]
pub(super) struct Cues {
    hits: Vec<Hit>,
}

impl Cues {
    pub(super) fn of(folded: &Folded) -> Self {
        let lexicon = &*LEXICON;
        let mut hits: Vec<Hit> = lexicon
            .finder
            .find_overlapping_iter(&folded.text)
            .filter(|found| is_whole_word(&folded.text, found.start(), found.end()))
            .map(|found| Hit {
                cue: lexicon.cues[found.pattern().as_usize()],
                start: folded.glyph_at(found.start()),
                end: folded.glyph_at(found.end()),
            })
            .collect();
        // A longer word says better what is meant than one inside it: "error code", "验证码错误代码".
        let all = hits.clone();
        hits.retain(|hit| {
            !all.iter().any(|other| {
                other.start <= hit.start
                    && other.end >= hit.end
                    && other.end - other.start > hit.end - hit.start
            })
        });
        Self { hits }
    }

    pub(super) fn all(&self, cue: Cue) -> impl Iterator<Item = Hit> + '_ {
        self.hits.iter().copied().filter(move |hit| hit.cue == cue)
    }

    /// Tells whether the text has the word anywhere.
    pub(super) fn has(&self, cue: Cue) -> bool {
        self.all(cue).next().is_some()
    }

    /// Tells whether the word stands at most so many glyphs before `start` or after `end`.
    pub(super) fn near(
        &self,
        cue: Cue,
        start: usize,
        end: usize,
        before: usize,
        after: usize,
    ) -> bool {
        self.all(cue).any(|hit| {
            hit.end <= start && start - hit.end <= before
                || hit.start >= end && hit.start - end <= after
                || hit.start < end && start < hit.end
        })
    }

    /// Tells whether the last word before a place, at most so many glyphs away, says this of it.
    pub(super) fn labels(&self, cue: Cue, start: usize, within: usize) -> bool {
        let before = |hit: &&Hit| hit.end <= start && start - hit.end <= within;
        let last = self.hits.iter().filter(before).map(|hit| hit.end).max();
        last.is_some_and(|last| {
            self.hits
                .iter()
                .any(|hit| hit.end == last && hit.cue == cue)
        })
    }

    /// Tells whether the last word before a place says that what follows is public: a reference, a hash, an address.
    pub(super) fn names_public(&self, start: usize, within: usize) -> bool {
        [Cue::Reference, Cue::Transaction, Cue::PublicCode]
            .into_iter()
            .any(|cue| self.labels(cue, start, within))
    }

    /// Tells whether one of the words ends exactly here.
    pub(super) fn ends_at(&self, place: usize) -> bool {
        self.hits.iter().any(|hit| hit.end == place)
    }
}

/// Latin words count only whole; "pin" is not in "shipping". Other scripts write words without space between.
fn is_whole_word(text: &str, start: usize, end: usize) -> bool {
    let is_latin = |character: char| character.is_ascii_alphabetic();
    let first = text[start..].chars().next().is_some_and(is_latin);
    let last = text[..end].chars().next_back().is_some_and(is_latin);
    let letter_before = text[..start].chars().next_back().is_some_and(is_latin);
    let letter_after = text[end..].chars().next().is_some_and(is_latin);
    let is_part = first && letter_before || last && letter_after;
    !is_part && !text[start..end].contains(BARRIER)
}

struct Lexicon {
    finder: AhoCorasick,
    cues: Vec<Cue>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let (words, cues): (Vec<&str>, Vec<Cue>) = WORDS
        .lines()
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(name, words)| {
            let cue = Cue::named(name);
            words.split('|').map(move |word| (word, cue))
        })
        .unzip();
    Lexicon {
        finder: AhoCorasick::new(words).expect("a few hundred words fit an automaton"),
        cues,
    }
});
