//! A question cut and encoded once for all comparisons.

use std::sync::OnceLock;

use super::analyzer::{Scheme, cut};
use super::second_tables::SecondTables;
use super::terms::{TermCode, codes_of};
use crate::encoder::{Encoder, QuantisedVector};
use crate::language::{Language, LanguageDistribution, normalize_for_matching};

/// Languages below this probability are not read for words.
pub(super) const PLAUSIBLE: f32 = 0.05;

/// A question in every form the comparison needs.
pub(super) struct PreparedQuestion {
    pub(super) vector: QuantisedVector,
    pub(super) languages: LanguageDistribution,
    /// Terms as text, for the index.
    pub(super) bigrams: Vec<String>,
    /// Word terms of each plausible language.
    pub(super) words: Vec<(Language, Vec<String>)>,
    pub(super) bigram_codes: Vec<TermCode>,
    /// Of languages that are not plausible, cut only when an article exists in no plausible one.
    word_codes: [OnceLock<Vec<TermCode>>; 4],
    normal: String,
    text: String,
    /// As the second encoder reads it, once that was asked.
    second: OnceLock<QuantisedVector>,
}

impl PreparedQuestion {
    /// Cuts a question for every plausible language.
    pub(super) fn new(
        text: &str,
        vector: QuantisedVector,
        languages: LanguageDistribution,
    ) -> Self {
        let normal = normalize_for_matching(text);
        let bigrams = distinct_terms(Scheme::Bigrams, &normal);
        let word_codes: [OnceLock<Vec<TermCode>>; 4] = Default::default();
        let words = Language::ALL
            .into_iter()
            .filter(|language| languages.probability(*language) >= PLAUSIBLE)
            .map(|language| {
                let terms = distinct_terms(Scheme::Words(language), &normal);
                word_codes[language.index()].get_or_init(|| codes_of(&terms));
                (language, terms)
            })
            .collect();
        Self {
            vector,
            languages,
            bigram_codes: codes_of(&bigrams),
            bigrams,
            words,
            word_codes,
            normal,
            text: text.to_owned(),
            second: OnceLock::new(),
        }
    }

    /// The question as a second encoder reads it, encoded when it is first wanted.
    pub(super) fn by_second(
        &self,
        encoder: &dyn Encoder,
        tables: &SecondTables,
    ) -> &QuantisedVector {
        let encode =
            || QuantisedVector::new(&tables.encode_question(encoder, &self.text, &self.languages));
        self.second.get_or_init(encode)
    }

    pub(super) fn word_codes(&self, language: Language) -> &[TermCode] {
        self.word_codes[language.index()]
            .get_or_init(|| codes_of(&distinct_terms(Scheme::Words(language), &self.normal)))
    }
}

fn distinct_terms(scheme: Scheme, normal: &str) -> Vec<String> {
    let mut terms: Vec<String> = cut(scheme, normal)
        .into_iter()
        .map(|term| term.text)
        .collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}
