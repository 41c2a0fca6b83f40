//! Counts wrong phrases, so that nobody guesses one by trying.

use std::sync::{Mutex, PoisonError};

use crate::conversation::Timestamp;

/// Wrong phrases accepted within a minute from everybody together. A phrase is one of a million million and lives ten
/// minutes, so that trying at this rate finds one in a thousand years.
const MOST_A_MINUTE: usize = 60;

/// The moments of the newest wrong phrases.
#[derive(Default)]
pub(super) struct Guesses(Mutex<Vec<Timestamp>>);

impl Guesses {
    /// Tells whether another phrase may be tried.
    pub(super) fn may_go_on(&self, now: Timestamp) -> bool {
        let mut wrong = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.retain(|moment| now.as_millis() - moment.as_millis() < 60_000);
        wrong.len() < MOST_A_MINUTE
    }

    /// Notes a wrong one.
    pub(super) fn note(&self, now: Timestamp) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(now);
    }
}
