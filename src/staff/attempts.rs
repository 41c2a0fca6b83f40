//! How long somebody waits after failing to sign in.

use crate::time::Timestamp;

/// Failed attempts in a row at one account, and the last of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// How many.
    pub failures: i64,
    /// When the last one was.
    pub last: Timestamp,
}

/// Failures that cost no wait: people mistype.
pub const WAIT_AFTER_FAILURES: i64 = 5;

const FIRST_WAIT_MS: i64 = 15_000;
const LONGEST_WAIT_MS: i64 = 15 * 60 * 1_000;

impl Attempts {
    /// Returns the moment from which the next attempt is looked at; it doubles with each failure, up to a quarter of an
    /// hour.
    ///
    /// Never for ever: otherwise anybody could lock an agent out.
    pub fn next_at(self) -> Timestamp {
        let doublings = self.failures - WAIT_AFTER_FAILURES;
        if doublings < 0 {
            return self.last;
        }
        let wait = FIRST_WAIT_MS
            .saturating_mul(1_i64 << doublings.min(10))
            .min(LONGEST_WAIT_MS);
        self.last.later_by(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end() {
        let last = Timestamp::from_millis(0);
        let wait = |failures| Attempts { failures, last }.next_at().as_millis();
        assert_eq!((wait(0), wait(4), wait(5), wait(6)), (0, 0, 15_000, 30_000));
        assert_eq!((wait(11), wait(1_000)), (900_000, 900_000));
    }
}
