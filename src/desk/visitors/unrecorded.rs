//! Answers that were given while nothing could be kept: their records wait here until something can.

use std::sync::{Mutex, PoisonError};

use super::VisitorDesk;
use crate::desk::DeskError;
use crate::store::{AnswerRecord, StoreError};

/// Records that may wait, some four kilobytes each; beyond it nobody is answered until they are kept.
const MOST: usize = 10_000;

/// Records that wait, the oldest first; local to the process, so that one which is killed meanwhile takes them along.
#[derive(Default)]
pub(in crate::desk) struct Unrecorded(Mutex<Vec<AnswerRecord>>);

impl VisitorDesk {
    /// Keeps the record of an answer that belongs to no conversation; while the disk takes nothing, for later.
    pub(super) async fn record_or_wait(&self, record: AnswerRecord) -> Result<(), DeskError> {
        let Err(error) = self.store.record_answer(record.clone()).await else {
            return Ok(());
        };
        let mut waiting = self.unrecorded.waiting();
        if !is_for_a_while(&error) || waiting.len() >= MOST {
            return Err(error.into());
        }
        if waiting.is_empty() {
            tracing::error!(%error, "answers are given and their records wait in memory");
        }
        waiting.push(record);
        Ok(())
    }

    /// Keeps the records that wait, and tells how many; call it now and then.
    pub async fn record_what_waits(&self) -> Result<usize, DeskError> {
        let waiting = std::mem::take(&mut *self.unrecorded.waiting());
        let count = waiting.len();
        let mut records = waiting.into_iter();
        while let Some(record) = records.next() {
            let kept = self.store.record_answer(record.clone()).await;
            if let Err(error) = kept {
                let mut waiting = self.unrecorded.waiting();
                let newer = std::mem::take(&mut *waiting);
                waiting.push(record);
                waiting.extend(records);
                waiting.extend(newer);
                return match is_for_a_while(&error) {
                    true => Ok(0),
                    false => Err(error.into()),
                };
            }
        }
        if count > 0 {
            tracing::info!(count, "records that waited were kept");
        }
        Ok(count)
    }
}

impl Unrecorded {
    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<AnswerRecord>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether somebody can mend the disk without a restart.
fn is_for_a_while(error: &StoreError) -> bool {
    matches!(error, StoreError::DiskFull(_) | StoreError::ReadOnly(_))
}
