//! The fitted fusion: evidence in, a calibrated probability out. Two small forests of shallow trees, read from JSON
//! that `models/fusion/fit.py` writes, and one logistic correction per language.
//!
//! Gradient-boosted trees (Friedman 2001) for the fit; Platt scaling (Platt 1999) for the correction.

use serde::Deserialize;

use super::evidence::{EVIDENCE_NAMES, Evidence};
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
    /// A tree points outside itself or at evidence that does not exist.
    #[error("tree {tree} of the fusion file is broken; fit it again with models/fusion/fit.py")]
    BrokenTree {
        /// Position of the tree.
        tree: usize,
    },
}

/// Numbers the confidence forest reads before the top candidate's own evidence.
const FIELD_NUMBERS: usize = 4;

impl Fusion {
    /// Gives the fusion that is part of the binary.
    pub fn built_in() -> Result<Self, FusionError> {
        Self::from_json(include_str!("../../models/fusion/fusion.json"))
    }

    /// Reads and checks a fitted file.
    pub fn from_json(json: &str) -> Result<Self, FusionError> {
        let fusion: Self = serde_json::from_str(json)?;
        if fusion.evidence != EVIDENCE_NAMES {
            return Err(FusionError::OtherEvidence {
                found: fusion.evidence,
            });
        }
        fusion.ranker.check(EVIDENCE_NAMES.len())?;
        fusion
            .confidence
            .check(EVIDENCE_NAMES.len() + FIELD_NUMBERS)?;
        Ok(fusion)
    }

    /// Scores one candidate, `0..=1`.
    pub fn score(&self, evidence: &Evidence) -> f32 {
        logistic(self.ranker.sum(&evidence.0))
    }

    /// Says how likely the first of the ranked candidates is right. `scores` fall; `top` is the first one's evidence.
    pub fn confidence(&self, scores: &[f32], top: &Evidence, language: Language) -> Confidence {
        let best = scores.first().copied().unwrap_or(0.0);
        let second = scores.get(1).copied().unwrap_or(0.0);
        let third = scores.get(2).copied().unwrap_or(0.0);
        let total: f32 = scores.iter().sum();
        let mut numbers = vec![best, best - second, best - third, total];
        numbers.extend(top.0);
        let raw = self.confidence.sum(&numbers);
        Confidence(logistic(self.calibration.of(language).apply(raw)))
    }
}

/// Shallow regression trees whose leaves add up to log odds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Forest {
    bias: f32,
    trees: Vec<Tree>,
}

impl Forest {
    fn sum(&self, numbers: &[f32]) -> f32 {
        self.trees
            .iter()
            .fold(self.bias, |sum, tree| sum + tree.leaf(numbers))
    }

    fn check(&self, numbers: usize) -> Result<(), FusionError> {
        match self.trees.iter().position(|tree| !tree.is_sound(numbers)) {
            Some(tree) => Err(FusionError::BrokenTree { tree }),
            None => Ok(()),
        }
    }
}

/// `[number, threshold, left, right]` for a branch, `[value]` for a leaf; a number at or below the threshold goes left.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Node {
    Branch(usize, f32, usize, usize),
    Leaf((f32,)),
}

/// Nodes of one tree, parents before children.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
struct Tree(Vec<Node>);

impl Tree {
    fn leaf(&self, numbers: &[f32]) -> f32 {
        let mut position = 0;
        loop {
            match self.0[position] {
                Node::Leaf((value,)) => return value,
                Node::Branch(number, threshold, left, right) => {
                    position = if numbers[number] <= threshold {
                        left
                    } else {
                        right
                    };
                }
            }
        }
    }

    /// Children after parents, so that every walk ends, and every number exists.
    fn is_sound(&self, numbers: usize) -> bool {
        let nodes = self.0.len();
        let branch_is_sound = |(position, node): (usize, &Node)| match node {
            Node::Leaf(_) => true,
            Node::Branch(number, _, left, right) => {
                *number < numbers
                    && (position + 1..nodes).contains(left)
                    && (position + 1..nodes).contains(right)
            }
        };
        nodes > 0 && self.0.iter().enumerate().all(branch_is_sound)
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
            Fusion::from_json(&json(&EVIDENCE_NAMES, "[[0,0.5,1,2],[-2.0],[3.0]]")).expect("sound");
        let mut evidence = Evidence([0.0; EVIDENCE_NAMES.len()]);
        assert_eq!(fusion.score(&evidence), logistic(-3.0));
        evidence.0[0] = 0.6;
        assert_eq!(fusion.score(&evidence), logistic(2.0));
        assert_eq!(
            fusion.confidence(&[0.5], &evidence, Language::Chinese).0,
            logistic(1.0)
        );
    }

    #[test]
    fn a_broken_file_is_an_error_not_a_guess() {
        for (names, trees) in [
            (&["other"][..], ""),
            (&EVIDENCE_NAMES[..], "[[0,0.5,0,1],[1.0]]"),
            (&EVIDENCE_NAMES[..], "[[99,0.5,1,2],[1.0],[1.0]]"),
            (&EVIDENCE_NAMES[..], "[]"),
        ] {
            assert!(Fusion::from_json(&json(names, trees)).is_err(), "{trees}");
        }
    }

    #[test]
    fn the_built_in_fusion_is_sound() {
        Fusion::built_in().expect("ships with the binary");
    }
}
