//! Answers that were given while nothing could be kept: their records wait here until something can.

use std::sync::{Mutex, PoisonError};

use crate::store::{AnswerRecord, StoreError};

/// Records that may wait, some four kilobytes each; beyond it nobody is answered until they are kept.
pub(super) const MOST_UNRECORDED: usize = 10_000;

/// Records that wait, the oldest first; local to the process, so that one which is killed meanwhile takes them along.
#[derive(Default)]
pub(super) struct Unrecorded(Mutex<Vec<AnswerRecord>>);

impl Unrecorded {
    pub(super) fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<AnswerRecord>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether somebody can mend the disk without a restart.
pub(super) fn is_for_a_while(error: &StoreError) -> bool {
    matches!(error, StoreError::DiskFull(_) | StoreError::ReadOnly(_))
}
