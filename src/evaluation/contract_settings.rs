//! The promise itself: how many answers are right at least, and how that is watched.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::calibration::CalibrationTarget;

/// A number between 0 and 1, neither of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64")]
pub struct Probability(f64);

/// A number that is no probability.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} is not between 0 and 1; write a number such as 0.95")]
pub struct NoProbability(f64);

impl TryFrom<f64> for Probability {
    type Error = NoProbability;

    fn try_from(number: f64) -> Result<Self, NoProbability> {
        match number > 0.0 && number < 1.0 {
            true => Ok(Self(number)),
            false => Err(NoProbability(number)),
        }
    }
}

impl Probability {
    /// Returns the number.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// What is promised, and how that is watched.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContractSettings {
    /// Share of answers that must be right.
    pub precision: Probability,
    /// Probability with which that must hold.
    pub confidence_level: Probability,
    /// Days whose judgements count.
    pub days: NonZeroU32,
    /// Days between two looks at whether it is kept; a judgement that an answer was wrong is looked at at once.
    pub every_days: NonZeroU32,
    /// Whether a threshold rises by itself where the promise is broken.
    pub raise: bool,
}

impl Default for ContractSettings {
    fn default() -> Self {
        let days = |days| NonZeroU32::new(days).unwrap_or(NonZeroU32::MIN);
        Self {
            precision: Probability(0.95),
            confidence_level: Probability(0.95),
            days: days(90),
            every_days: days(7),
            raise: true,
        }
    }
}

impl ContractSettings {
    /// Returns what answers are held against.
    pub fn target(&self) -> CalibrationTarget {
        CalibrationTarget {
            precision: self.precision.0,
            confidence_level: self.confidence_level.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_a_share() {
        for (written, is_fine) in [
            ("precision = 0.9", true),
            ("precision = 1.0", false),
            ("precision = 95", false),
            ("every_days = 0", false),
        ] {
            let read = toml::from_str::<ContractSettings>(written);
            assert_eq!(read.is_ok(), is_fine, "{written}: {read:?}");
        }
    }
}
