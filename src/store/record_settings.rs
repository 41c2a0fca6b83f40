//! How the record is kept, and when it was looked after last.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How the record is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordSettings {
    /// Seconds between checkpoints, as long as anything is recorded.
    pub checkpoint_s: u32,
    /// How long what is kept is kept.
    pub keep: Retention,
}

impl Default for RecordSettings {
    fn default() -> Self {
        Self {
            checkpoint_s: 60,
            keep: Retention::default(),
        }
    }
}

/// How long what is kept is kept; nothing for ever where it says 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Days after which what was said in a conversation that rests is erased.
    pub conversations_days: u32,
    /// Days after which questions asked outside of conversations are deleted.
    pub asks_days: u32,
    /// Days after which notes of sent mail are deleted.
    pub mails_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            conversations_days: 3 * 365,
            asks_days: 90,
            mails_days: 365,
        }
    }
}

/// When each chore was done last; clones of a store share it. Local to this process: a chore that another one has done finds
/// nothing more to do.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct Chores(Arc<Mutex<Done>>);

#[derive(Debug, Default)]
pub(in crate::store) struct Done {
    pub(in crate::store) checkpoint: i64,
    pub(in crate::store) expiring: i64,
    pub(in crate::store) keys: i64,
    pub(in crate::store) outcomes: i64,
}

impl Chores {
    /// Tells whether a chore is due, and counts it as done if so.
    pub(in crate::store) fn is_due(
        &self,
        chore: impl FnOnce(&mut Done) -> &mut i64,
        every_ms: i64,
        now: Timestamp,
    ) -> bool {
        let mut done = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = chore(&mut done);
        // A clock that was put back does not stop the chores.
        let is_due = (now.as_millis() - *last).abs() >= every_ms;
        if is_due {
            *last = now.as_millis();
        }
        is_due
    }

    /// Makes a chore due at once, since there is more of it to do.
    pub(in crate::store) fn again(&self, chore: impl FnOnce(&mut Done) -> &mut i64) {
        let mut done = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *chore(&mut done) = 0;
    }
}
