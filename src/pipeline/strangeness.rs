//! How much of what a question says the base knows, and how much stands in one article.

use std::collections::HashSet;

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
    /// Words the base does not know at all, and their weight shares.
    pub(super) unknown: Vec<(String, f32)>,
}

/// The terms of one article, from all its languages.
pub(super) struct ArticleTerms {
    questions: HashSet<TermCode>,
    all: HashSet<TermCode>,
}

impl ArticleTerms {
    pub(super) fn of(snapshot: &Snapshot, article: u32) -> Self {
        let mut questions = HashSet::new();
        let mut all = HashSet::new();
        for entry in snapshot.entries_of(article) {
            for kind in UnitKind::ALL {
                let table = snapshot.table(kind);
                for row in entry.rows[kind as usize].clone() {
                    for codes in [
                        table.bigrams.unit(row as usize),
                        table.words.unit(row as usize),
                    ] {
                        all.extend(codes);
                        if kind == UnitKind::Question {
                            questions.extend(codes);
                        }
                    }
                }
            }
        }
        Self { questions, all }
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
            let there = held(word, |code| article.all.contains(&code));
            let asked = held(word, |code| article.questions.contains(&code));
            mass += weight;
            told.unknown_share += weight * (1.0 - known);
            told.missing_share += weight * (1.0 - there);
            told.unasked_share += weight * (1.0 - asked);
            if known < HALF {
                told.unknown
                    .push((word.text.clone(), weight * (1.0 - known)));
            }
        }
        if mass > 0.0 {
            told.unknown_share /= mass;
            told.missing_share /= mass;
            told.unasked_share /= mass;
            told.unknown
                .iter_mut()
                .for_each(|(_, share)| *share /= mass);
        }
        told
    }
}

const HALF: f32 = 0.5;
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
