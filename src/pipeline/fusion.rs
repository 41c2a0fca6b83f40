//! The fitted fusion: evidence in, a calibrated probability out. Two small forests of shallow trees, read from JSON
//! that `models/fusion/fit.py` writes, and one logistic correction per language.
//!
//! Gradient-boosted trees (Friedman 2001) for the fit; Platt scaling (Platt 1999) for the correction.

use serde::Deserialize;

use super::evidence::{Evidence, FIRST_NAMES};
use super::evidence_names;
use super::forest::Forest;
use super::outcome::Confidence;
use crate::language::Language;

/// Ranks candidates and says how likely the first is right.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fusion {
    /// Names of the evidence the file was fitted with; must be this build's.
    evidence: Vec<String>,
    /// Scores one candidate.
    ranker: Forest,
    /// Scores the top candidate together with its field.
    confidence: Forest,
    /// Correction of the confidence per language.
    calibration: Calibration,
}

/// Why a fusion file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FusionError {
    /// Not the JSON this build reads.
    #[error("the fusion file is not readable: {0}; fit it again with models/fusion/fit.py")]
    Unreadable(#[from] serde_json::Error),
    /// Fitted with other evidence than this build gathers.
    #[error(
        "the fusion was fitted with other evidence ({found:?}); fit it again with models/fusion/fit.py"
    )]
    OtherEvidence {
        /// Names in the file.
        found: Vec<String>,
    },
    /// A tree reads evidence that does not exist.
    #[error(
        "a tree of the fusion file reads number {number}, which is not gathered; fit it again with models/fusion/fit.py"
    )]
    NoSuchNumber {
        /// The number's position.
        number: usize,
    },
}

/// Numbers the confidence forest reads before the top candidate's own evidence.
const FIELD_NUMBERS: usize = 4;

impl Fusion {
    /// Returns the fusion that is part of the binary, for the first encoder alone.
    pub fn built_in() -> Result<Self, FusionError> {
        Self::from_json(include_str!("../../models/fusion/fusion.json"))
    }

    /// Returns the fusion that is part of the binary, for both encoders.
    pub fn built_in_for_both() -> Result<Self, FusionError> {
        Self::from_json_for_both(include_str!("../../models/fusion/both.json"))
    }

    /// Reads and checks a file fitted on the first evidence.
    pub fn from_json(json: &str) -> Result<Self, FusionError> {
        Self::read(json, &FIRST_NAMES)
    }

    /// Reads and checks a file fitted on the first and the second evidence.
    pub fn from_json_for_both(json: &str) -> Result<Self, FusionError> {
        Self::read(json, &evidence_names())
    }

    fn read(json: &str, names: &[&str]) -> Result<Self, FusionError> {
        let fusion: Self = serde_json::from_str(json)?;
        if fusion.evidence != names {
            return Err(FusionError::OtherEvidence {
                found: fusion.evidence,
            });
        }
        for (forest, numbers) in [
            (&fusion.ranker, names.len()),
            (&fusion.confidence, FIELD_NUMBERS + names.len()),
        ] {
            if forest.numbers() > numbers {
                return Err(FusionError::NoSuchNumber {
                    number: forest.numbers() - 1,
                });
            }
        }
        Ok(fusion)
    }

    /// Scores candidates, `0..=1` each.
    pub fn scores(&self, evidence: &[Evidence]) -> Vec<f32> {
        let rows: Vec<&[f32]> = evidence.iter().map(|one| one.0.as_slice()).collect();
        let mut scores = self.ranker.sums(&rows);
        scores
            .iter_mut()
            .for_each(|score| *score = logistic(*score));
        scores
    }

    /// Says how likely the first of the ranked candidates is right. `scores` fall; `top` is the first one's evidence.
    pub fn confidence(&self, scores: &[f32], top: &Evidence, language: Language) -> Confidence {
        let best = scores.first().copied().unwrap_or(0.0);
        let second = scores.get(1).copied().unwrap_or(0.0);
        let third = scores.get(2).copied().unwrap_or(0.0);
        let total: f32 = scores.iter().sum();
        let mut numbers = Vec::with_capacity(FIELD_NUMBERS + top.0.len());
        numbers.extend([best, best - second, best - third, total]);
        numbers.extend(&top.0);
        let raw = self.confidence.sum(&numbers);
        Confidence(logistic(self.calibration.of(language).apply(raw)))
    }
}

/// A logistic correction for each language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calibration {
    en: Platt,
    zh: Platt,
    ja: Platt,
    ko: Platt,
}

impl Calibration {
    fn of(&self, language: Language) -> Platt {
        match language {
            Language::English => self.en,
            Language::Chinese => self.zh,
            Language::Japanese => self.ja,
            Language::Korean => self.ko,
        }
    }
}

/// `slope * x + offset` on log odds.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Platt(f32, f32);

impl Platt {
    fn apply(self, log_odds: f32) -> f32 {
        self.0 * log_odds + self.1
    }
}

fn logistic(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(evidence: &[&str], trees: &str) -> String {
        format!(
            r#"{{"evidence":{evidence:?},"ranker":{{"bias":-1.0,"trees":[{trees}]}},"confidence":{{"bias":0.5,"trees":[]}},
            "calibration":{{"en":[1,0],"zh":[2,0],"ja":[1,0],"ko":[1,0]}}}}"#
        )
    }

    #[test]
    fn trees_are_walked_to_their_leaves() {
        let fusion =
            Fusion::from_json(&json(&FIRST_NAMES, "[[0,0.5,1,2],[-2.0],[3.0]]")).expect("sound");
        let mut evidence = Evidence(vec![0.0; FIRST_NAMES.len()]);
        assert_eq!(
            fusion.scores(std::slice::from_ref(&evidence)),
            [logistic(-3.0)]
        );
        evidence.0[0] = 0.6;
        assert_eq!(
            fusion.scores(std::slice::from_ref(&evidence)),
            [logistic(2.0)]
        );
        assert_eq!(
            fusion.confidence(&[0.5], &evidence, Language::Chinese).0,
            logistic(1.0)
        );
    }

    #[test]
    fn a_broken_file_is_an_error_not_a_guess() {
        for (names, trees) in [
            (&["other"][..], ""),
            (&FIRST_NAMES[..], "[[0,0.5,0,1],[1.0]]"),
            (&FIRST_NAMES[..], "[[99,0.5,1,2],[1.0],[1.0]]"),
            (&FIRST_NAMES[..], "[]"),
        ] {
            assert!(Fusion::from_json(&json(names, trees)).is_err(), "{trees}");
        }
    }

    #[test]
    fn the_built_in_fusion_is_sound() {
        Fusion::built_in().expect("ships with the binary");
        Fusion::built_in_for_both().expect("ships with the binary");
    }
}
