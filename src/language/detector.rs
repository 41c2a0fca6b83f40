//! Weighs the evidence of a text into a distribution over languages.

use super::elsewhere::{Namer, Reading};
use super::evidence::{Evidence, without_names};
use super::han::HanModel;
use super::latin::LatinModel;
use super::telling::told_by;
use super::{Language, LanguageDistribution, Priors};

/// Detects the language of short texts; load once, share freely.
#[derive(Debug)]
pub struct Detector {
    han: HanModel,
    latin: LatinModel,
    namer: Namer,
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
// From this probability of "other" on, lingua is asked what the text is in; below, English is left alone.
const DOUBTED_OTHER: f32 = 0.05;
// How far its odds count; those of a few letters hardly do.
const NAMING_TRUST: f32 = 1.5;
const LETTERS_FOR_TRUST: f32 = 16.0;
const LEAST_ODDS_WHEN_TOLD: f32 = 0.1;
const LEAST_ODDS_WHEN_WANTED: f32 = 0.05;
// Without evidence a text is rather in a language served than in another.
const OTHER_WITHOUT_EVIDENCE: f32 = 0.25;

impl Detector {
    /// Loads the models that are part of the binary.
    pub fn new() -> Self {
        Self {
            han: HanModel::load(),
            latin: LatinModel::load(),
            namer: Namer::default(),
        }
    }

    /// Tells whether a text has been in doubt so far, so that the tables that name other languages are read.
    pub fn has_named(&self) -> bool {
        self.namer.is_loaded()
    }

    /// Returns the probability of each language for a text and what was known before it.
    pub fn detect(&self, text: &str, priors: &Priors) -> LanguageDistribution {
        let evidence = Evidence::read(text);
        let mut weights = if evidence.is_empty() {
            [1.0, 1.0, 1.0, 1.0, OTHER_WITHOUT_EVIDENCE]
        } else {
            exponentials(self.scores(&evidence))
        };
        let reading = self.doubts(&evidence, &weights, priors).then(|| {
            let text = without_names(text);
            self.namer.read(&text, &evidence.words)
        });
        let reading = reading.flatten();
        if let Some(reading) = &reading {
            shift(&mut weights, reading, &evidence, priors);
        }
        for (weight, factor) in weights.iter_mut().zip(priors.factors()) {
            *weight *= factor;
        }
        let elsewhere = reading.and_then(|reading| reading.name(&priors.elsewhere));
        LanguageDistribution::from_weights(weights)
            .expect("no weight is negative and one is positive")
            .naming(elsewhere)
    }

    /// Tells whether a text may well be in a language not served, so that it is worth asking which.
    fn doubts(&self, evidence: &Evidence, weights: &[f32; 5], priors: &Priors) -> bool {
        if evidence.east_asian() > 0 || evidence.words.is_empty() && evidence.foreign == 0 {
            return false;
        }
        let other = weights[OTHER] / weights.iter().sum::<f32>();
        let romanised = weights[CHINESE].max(weights[JAPANESE]).max(weights[KOREAN]);
        let is_served = romanised > weights[ENGLISH].max(weights[OTHER]);
        let is_told = || !priors.elsewhere.is_empty() || !told_by(&evidence.words).is_empty();
        other >= DOUBTED_OTHER || (!is_served && is_told())
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

/// Divides what English and "other" have between them anew, by what the other tables say of the text.
fn shift(weights: &mut [f32; 5], reading: &Reading, evidence: &Evidence, priors: &Priors) {
    let letters: usize = evidence.words.iter().map(|word| word.chars().count()).sum();
    let trust = NAMING_TRUST * (letters as f32 / LETTERS_FOR_TRUST).min(1.0);
    let both = weights[ENGLISH] + weights[OTHER];
    let read = weights[OTHER] / weights[ENGLISH].max(f32::MIN_POSITIVE);
    // French words that English has borrowed pass for English by their letters. A word that English does not write, or a
    // browser that asks for French, is a better witness.
    let own = match (
        told_by(&evidence.words).is_empty(),
        priors.elsewhere.is_empty(),
    ) {
        (false, _) => read.max(LEAST_ODDS_WHEN_TOLD),
        (true, false) => read.max(LEAST_ODDS_WHEN_WANTED),
        (true, true) => read,
    };
    let odds = own * reading.odds_against_english().powf(trust);
    if odds.is_finite() {
        weights[OTHER] = both * odds / (1.0 + odds);
        weights[ENGLISH] = both / (1.0 + odds);
    }
}

/// Exponentiates scores relative to the largest, which becomes 1.
fn exponentials(scores: [f32; 5]) -> [f32; 5] {
    let largest = scores.into_iter().fold(f32::NEG_INFINITY, f32::max);
    scores.map(|score| (score - largest).exp())
}
