//! How satisfied a visitor was once the conversation was closed.

use crate::safety::Words;
use crate::time::Timestamp;

/// A score from 1, not at all, to 5, very.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(u8);

/// A number that is no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no score; send a whole number from 1 to 5")]
pub struct InvalidScore(pub i64);

impl TryFrom<i64> for Score {
    type Error = InvalidScore;

    fn try_from(number: i64) -> Result<Self, InvalidScore> {
        match u8::try_from(number) {
            Ok(score @ 1..=5) => Ok(Self(score)),
            _ => Err(InvalidScore(number)),
        }
    }
}

impl Score {
    /// Returns the number.
    pub fn number(self) -> u8 {
        self.0
    }
}

/// What a visitor thought of one episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Satisfaction {
    /// Which episode; the first is 1.
    pub episode: i64,
    /// The score.
    pub score: Score,
    /// In the visitor's words.
    pub comment: Option<Words>,
    /// When it was given.
    pub created: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_lie_between_one_and_five() {
        for number in [i64::MIN, -1, 0, 6, 257, i64::MAX] {
            assert_eq!(Score::try_from(number), Err(InvalidScore(number)));
        }
        assert_eq!(Score::try_from(5).map(Score::number), Ok(5));
    }
}
