//! Weighs the evidence of a text into a distribution over languages.

use super::evidence::Evidence;
use super::han::HanModel;
use super::latin::LatinModel;
use super::{Language, LanguageDistribution, Priors};

/// Detects the language of short texts; load once, share freely.
#[derive(Debug)]
pub struct Detector {
    han: HanModel,
    latin: LatinModel,
}

const ENGLISH: usize = Language::English as usize;
const CHINESE: usize = Language::Chinese as usize;
const JAPANESE: usize = Language::Japanese as usize;
const KOREAN: usize = Language::Korean as usize;
const OTHER: usize = 4;

// Natural logarithms of odds. One character of a script that only one language uses settles the matter unless
// much speaks against it.
const OWN_SCRIPT: f32 = 5.0;
const BORROWED_KANA: f32 = 2.5;
const HAN: f32 = 3.0;
// Neighbouring characters and pairs repeat each other's evidence; undamped sums would be too certain.
const HAN_DAMPING: f32 = 0.7;
// Caps keep a long text from drowning what the visitor is known to speak.
const MOST_FROM_SCRIPT: f32 = 15.0;
const MOST_FROM_HAN: f32 = 9.0;
// Latin letters that one East Asian character outweighs, and what each further one counts.
const LETTERS_PER_CHARACTER: f32 = 6.0;
const ENGLISH_PER_LETTER: f32 = 0.6;
// The letters of a text are doubted: two letters (`no`, `ok`, `si`) very much, ten hardly.
const DOUBT_OF_TWO_LETTERS: f32 = 0.8;
const LEAST_DOUBT: f32 = 0.01;
// Without evidence a text is rather in a language served than in another.
const OTHER_WITHOUT_EVIDENCE: f32 = 0.25;

impl Detector {
    /// Loads the models that are part of the binary.
    pub fn new() -> Self {
        Self {
            han: HanModel::load(),
            latin: LatinModel::load(),
        }
    }

    /// Gives the probability of each language for a text and what was known before it.
    pub fn detect(&self, text: &str, priors: &Priors) -> LanguageDistribution {
        let evidence = Evidence::read(text);
        let mut weights = if evidence.is_empty() {
            [1.0, 1.0, 1.0, 1.0, OTHER_WITHOUT_EVIDENCE]
        } else {
            exponentials(self.scores(&evidence))
        };
        for (weight, factor) in weights.iter_mut().zip(priors.factors()) {
            *weight *= factor;
        }
        LanguageDistribution::from_weights(weights).expect("the largest weight is at least 1")
    }

    /// Adds the evidence up, as logarithms of odds.
    fn scores(&self, evidence: &Evidence) -> [f32; 5] {
        let mut scores = [0.0; 5];
        let own_script = |count: usize| (OWN_SCRIPT * count as f32).min(MOST_FROM_SCRIPT);
        scores[CHINESE] += own_script(evidence.bopomofo);
        scores[JAPANESE] += own_script(evidence.kana);
        if evidence.kana == 0 && evidence.kana_no > 0 {
            scores[JAPANESE] += BORROWED_KANA;
        }
        scores[KOREAN] += own_script(evidence.hangul);
        scores[OTHER] += own_script(evidence.foreign);
        if evidence.han > 0 {
            let han = (HAN * evidence.han as f32).min(MOST_FROM_HAN);
            let log_odds = HAN_DAMPING
                * self
                    .han
                    .chinese_log_odds(evidence.han_runs.iter().map(String::as_str));
            let half = (log_odds / 2.0).clamp(-MOST_FROM_HAN, MOST_FROM_HAN);
            scores[CHINESE] += han + half;
            scores[JAPANESE] += han - half;
        }
        if evidence.words.is_empty() {
            return scores;
        }
        let words = evidence.words.iter().map(String::as_str);
        let letters: usize = words.clone().map(str::len).sum();
        if evidence.east_asian() == 0 {
            let doubt = (DOUBT_OF_TWO_LETTERS * (2.0 / letters as f32).powi(2))
                .clamp(LEAST_DOUBT, DOUBT_OF_TWO_LETTERS);
            let [read, unread] = [self.latin.probabilities(words), self.latin.shares()];
            for (class, score) in scores.iter_mut().enumerate() {
                *score += ((1.0 - doubt) * read[class] + doubt * unread[class]).ln();
            }
            return scores;
        }
        let outweighed = LETTERS_PER_CHARACTER * evidence.east_asian() as f32;
        let english = ENGLISH_PER_LETTER * (letters as f32 - outweighed);
        scores[ENGLISH] += english.clamp(0.0, MOST_FROM_SCRIPT);
        scores
    }
}

impl Default for Detector {
    fn default() -> Self {
        Self::new()
    }
}

/// Exponentiates scores relative to the largest, which becomes 1.
fn exponentials(scores: [f32; 5]) -> [f32; 5] {
    let largest = scores.into_iter().fold(f32::NEG_INFINITY, f32::max);
    scores.map(|score| (score - largest).exp())
}
