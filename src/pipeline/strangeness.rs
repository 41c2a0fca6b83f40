//! How much of what a question says the base knows, and how much stands in one article.

use super::content::ContentWord;
use super::snapshot::Snapshot;
use super::terms::TermCode;
use super::unit_kind::UnitKind;

/// What a question's content words are worth and where they stand.
#[derive(Debug, Clone, Default)]
pub(super) struct Strangeness {
    /// Weight share that no text of the base holds.
    pub(super) unknown_share: f32,
    /// Weight share that the article does not hold anywhere.
    pub(super) missing_share: f32,
    /// Weight share that the article's questions do not hold.
    pub(super) unasked_share: f32,
    /// Words the base does not know at all.
    pub(super) unknown: Vec<UnknownWord>,
}

/// A word that no text of the base holds.
#[derive(Debug, Clone)]
pub(super) struct UnknownWord {
    pub(super) text: String,
    /// Its weight share; of a verb or an adjective less than the whole.
    pub(super) share: f32,
}

/// Which terms of a question one article holds, in any of its languages.
pub(super) struct ArticleTerms {
    questions: Vec<TermCode>,
    all: Vec<TermCode>,
}

impl ArticleTerms {
    /// Looks for the terms of a question's content words in an article, in its questions and in all its texts.
    pub(super) fn of(snapshot: &Snapshot, words: &[ContentWord], article: u32) -> Self {
        let codes = |word: &'_ ContentWord| [word.word_codes.clone(), word.pair_codes.clone()];
        let mut wanted: Vec<TermCode> = words.iter().flat_map(codes).flatten().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = Self {
            questions: Vec::new(),
            all: Vec::new(),
        };
        // An article has thousands of terms and a question a dozen: most are told apart by their last bits.
        let sieve = Sieve::of(&wanted);
        for entry in snapshot.entries_of(article) {
            for kind in UnitKind::ALL {
                let table = snapshot.table(kind);
                for row in entry.rows[kind as usize].clone() {
                    let bigrams = table.bigrams.unit(row as usize);
                    let terms = bigrams.iter().chain(table.words.unit(row as usize));
                    let held = terms
                        .copied()
                        .filter(|code| sieve.lets_through(*code))
                        .filter(|code| wanted.binary_search(code).is_ok());
                    match kind {
                        UnitKind::Question => found.questions.extend(held),
                        UnitKind::Passage => found.all.extend(held),
                    }
                }
            }
        }
        found.questions.sort_unstable();
        found.questions.dedup();
        found.all.extend_from_slice(&found.questions);
        found.all.sort_unstable();
        found.all.dedup();
        found
    }

    fn asks(&self, code: TermCode) -> bool {
        self.questions.binary_search(&code).is_ok()
    }

    fn holds(&self, code: TermCode) -> bool {
        self.all.binary_search(&code).is_ok()
    }
}

/// The last bits of some codes: what they do not let through is none of them.
struct Sieve([u64; 16]);

impl Sieve {
    fn of(codes: &[TermCode]) -> Self {
        let mut bits = [0; 16];
        for code in codes {
            bits[Self::word(*code)] |= 1 << (code % 64);
        }
        Self(bits)
    }

    fn word(code: TermCode) -> usize {
        (code / 64 % 16) as usize
    }

    fn lets_through(&self, code: TermCode) -> bool {
        self.0[Self::word(code)] >> (code % 64) & 1 == 1
    }
}

impl Strangeness {
    /// Weighs a question's content words against the base and one article.
    pub(super) fn of(snapshot: &Snapshot, words: &[ContentWord], article: &ArticleTerms) -> Self {
        let mut told = Self::default();
        let mut mass = 0.0;
        for word in words {
            let weight = weight_of(snapshot, word);
            let known = held(word, |code| is_known(snapshot, code));
            let there = held(word, |code| article.holds(code));
            let asked = held(word, |code| article.asks(code));
            mass += weight;
            told.unknown_share += weight * (1.0 - known);
            told.missing_share += weight * (1.0 - there);
            told.unasked_share += weight * (1.0 - asked);
            if known < HALF {
                // Another thing makes another question; what happens to it is said in many ways.
                let counts = if word.is_predicate { PREDICATE } else { 1.0 };
                told.unknown.push(UnknownWord {
                    text: word.text.clone(),
                    share: weight * (1.0 - known) * counts,
                });
            }
        }
        if mass > 0.0 {
            told.unknown_share /= mass;
            told.missing_share /= mass;
            told.unasked_share /= mass;
            told.unknown.iter_mut().for_each(|word| word.share /= mass);
        }
        told
    }
}

const HALF: f32 = 0.5;
/// How much of a verb or an adjective counts.
const PREDICATE: f32 = 0.5;
const KATAKANA_PAIRS: f32 = 0.4;

/// How much of a word a test holds: whole for one of its word terms, else by its pairs of characters.
fn held(word: &ContentWord, holds: impl Fn(TermCode) -> bool) -> f32 {
    if let [whole] = word.word_codes[..]
        && holds(whole)
    {
        return 1.0;
    }
    if word.pair_codes.is_empty() {
        return if word.word_codes.iter().any(|code| holds(*code)) {
            1.0
        } else {
            0.0
        };
    }
    let pairs = word.pair_codes.iter().filter(|code| holds(**code)).count();
    let share = pairs as f32 / word.pair_codes.len() as f32;
    // Katakana spells sounds: a name may share its pairs with any word.
    let is_katakana = word.text.chars().all(|c| matches!(c, 'ァ'..='ヶ' | 'ー'));
    if is_katakana {
        share * KATAKANA_PAIRS
    } else {
        share
    }
}

/// Tells whether the base knows every content word of a question.
pub(super) fn all_known(snapshot: &Snapshot, words: &[ContentWord]) -> bool {
    words
        .iter()
        .all(|word| held(word, |code| is_known(snapshot, code)) >= HALF)
}

pub(super) fn is_known(snapshot: &Snapshot, code: TermCode) -> bool {
    UnitKind::ALL.into_iter().any(|kind| {
        let table = snapshot.table(kind);
        table.words.weight(code).1 || table.bigrams.weight(code).1
    })
}

/// Rarity among the questions of the base; what is not there is rarest.
fn weight_of(snapshot: &Snapshot, word: &ContentWord) -> f32 {
    let table = snapshot.table(UnitKind::Question);
    let weights = word
        .word_codes
        .iter()
        .map(|code| table.words.weight(*code).0);
    let pairs = word
        .pair_codes
        .iter()
        .map(|code| table.bigrams.weight(*code).0);
    weights.chain(pairs).fold(0.0, f32::max)
}
