//! The queue as staff read it: read once after each change, however many look at it.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::{Desk, DeskError, QueueCounts, QueueEntry, QueueFilter};

/// The queue at one moment.
#[derive(Debug, PartialEq)]
pub struct QueueView {
    /// The most urgent first, and of those the ones that wait longest.
    pub entries: Vec<QueueEntry>,
    /// Conversations by who answers.
    pub counts: QueueCounts,
}

/// What was read last, with the number of the change it was read after.
#[derive(Default)]
pub(super) struct QueueRoom {
    // Held while reading: of two hundred who ask after a change, one reads and the others wait for it.
    read: Mutex<HashMap<QueueFilter, (u64, Arc<QueueView>)>>,
}

/// Filters remembered at once; each agent has one of their own.
const MAX_FILTERS: usize = 1_024;

impl Desk {
    /// Reads the queue and counts it; never older than the last change that was announced.
    pub async fn queue(&self, filter: &QueueFilter) -> Result<Arc<QueueView>, DeskError> {
        let mut read = self.queue_room.read.lock().await;
        // Taken before reading: a change that comes in between makes what is read here outdated.
        let change = self.announcements.changes();
        if let Some((at, view)) = read.get(filter)
            && *at == change
        {
            return Ok(Arc::clone(view));
        }
        let reader = self.store.reader();
        let view = Arc::new(QueueView {
            entries: reader.queue(filter).await?,
            counts: reader.queue_counts().await?,
        });
        if read.len() >= MAX_FILTERS {
            read.clear();
        }
        read.insert(filter.clone(), (change, Arc::clone(&view)));
        Ok(view)
    }
}
