//! When something was last done, so that it is not done again at once.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const LATELY: Duration = Duration::from_secs(1);

/// Whether something was done within the last second; clones share it. Local to this process, which asks only how well its
/// own connection writes.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct Lately(Arc<Mutex<Option<Instant>>>);

impl Lately {
    /// Tells whether it was.
    pub(in crate::store) fn is_so(&self) -> bool {
        let done = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        done.is_some_and(|done| done.elapsed() < LATELY)
    }

    /// Notes that it is done now.
    pub(in crate::store) fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}
