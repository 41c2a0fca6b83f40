//! The queue as it was read last.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::store::{QueueEntry, QueueFilter, QueueTally};
use crate::time::Timestamp;

/// The queue at one moment.
#[derive(Debug, PartialEq)]
pub struct QueueView {
    /// The most urgent first, and of those the ones that wait longest.
    pub entries: Vec<QueueEntry>,
    /// Conversations by who answers, agent and team.
    pub tally: QueueTally,
}

/// A queue that was read.
pub(super) struct ReadQueue {
    /// The number of changes in the store before.
    pub(super) change: i64,
    pub(super) at: Timestamp,
    pub(super) view: Arc<QueueView>,
}

/// What this process has read last.
#[derive(Default)]
pub(in crate::desk) struct QueueRoom {
    // Held while reading: of two hundred who ask after a change, one reads and the others wait for it.
    pub(super) read: Mutex<HashMap<QueueFilter, ReadQueue>>,
}
