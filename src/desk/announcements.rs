//! Wakes the listeners of a conversation, and tells staff which conversations change.
//!
//! Only the number of the newest event travels; listeners read the events themselves from the store, so a slow one
//! can neither lose an event nor hold up the others.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::Stream;
use tokio::sync::{broadcast, watch};

use crate::conversation::ConversationId;

/// News kept for a member of staff whose connection is slow; beyond it they read the queue anew.
const KEPT_NEWS: usize = 1_024;

/// What staff are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Something happened in a conversation; its events up to this number are in the store.
    Changed {
        /// Which.
        conversation: ConversationId,
        /// Number of its newest event.
        sequence: i64,
    },
    /// Somebody of the staff looks at a conversation, or no longer does.
    Looking {
        /// Which.
        conversation: ConversationId,
    },
    /// The visitor of a conversation is writing.
    Typing {
        /// Which.
        conversation: ConversationId,
    },
    /// The visitor of a conversation has come or gone.
    Visitor {
        /// Which.
        conversation: ConversationId,
        /// Whether they have it open.
        here: bool,
    },
    /// Some news was missed; read the queue anew.
    Missed,
}

/// The conversations somebody listens to, with the number of their newest event.
pub(super) struct Announcements {
    listened: Mutex<HashMap<ConversationId, watch::Sender<i64>>>,
    news: broadcast::Sender<News>,
    changes: AtomicU64,
}

impl Default for Announcements {
    fn default() -> Self {
        Self {
            listened: Mutex::default(),
            news: broadcast::channel(KEPT_NEWS).0,
            changes: AtomicU64::new(0),
        }
    }
}

impl Announcements {
    /// Tells the listeners of a conversation that events up to `sequence` are in the store.
    pub(super) fn announce(&self, id: &ConversationId, sequence: i64) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        // An error means that no member of staff is there.
        let _ = self.news.send(News::Changed {
            conversation: *id,
            sequence,
        });
        if let Some(sender) = self.lock().get(id) {
            // Announcements of two writers may overtake each other; the number must not fall.
            sender.send_if_modified(|newest| {
                let rises = sequence > *newest;
                *newest = sequence.max(*newest);
                rises
            });
        }
    }

    /// Tells staff something that is not kept.
    pub(super) fn tell(&self, news: News) {
        // An error means that no member of staff is there.
        let _ = self.news.send(news);
    }

    /// Counts the changes announced so far.
    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// Listens to everything; ends only with the server.
    pub(super) fn news(&self) -> impl Stream<Item = News> + Send + use<> {
        let mut receiver = self.news.subscribe();
        async_stream::stream! {
            loop {
                match receiver.recv().await {
                    Ok(news) => yield news,
                    Err(broadcast::error::RecvError::Lagged(_)) => yield News::Missed,
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        }
    }

    /// Listens to a conversation until the subscription is dropped.
    pub(super) fn subscribe(self: &Arc<Self>, id: ConversationId) -> Subscription {
        let receiver = self
            .lock()
            .entry(id)
            .or_insert_with(|| watch::channel(0).0)
            .subscribe();
        Subscription {
            id,
            receiver: Some(receiver),
            announcements: Arc::clone(self),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConversationId, watch::Sender<i64>>> {
        // The map is whole after any panic: every change to it is one call.
        self.listened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One listener.
pub(super) struct Subscription {
    id: ConversationId,
    /// `None` only while it is dropped.
    receiver: Option<watch::Receiver<i64>>,
    announcements: Arc<Announcements>,
}

impl Subscription {
    /// Waits until something was announced since the last call.
    pub(super) async fn changed(&mut self) {
        if let Some(receiver) = &mut self.receiver {
            // The sender lives as long as this receiver does, so waiting cannot fail.
            let _ = receiver.changed().await;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut listened = self.announcements.lock();
        self.receiver = None;
        if listened
            .get(&self.id)
            .is_some_and(|sender| sender.receiver_count() == 0)
        {
            listened.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::Timestamp;

    #[tokio::test]
    async fn listeners_are_woken_and_forgotten() {
        let announcements = Arc::new(Announcements::default());
        let id = ConversationId::generate(Timestamp::from_millis(1));
        announcements.announce(&id, 1);
        let mut first = announcements.subscribe(id);
        let second = announcements.subscribe(id);
        announcements.announce(&id, 2);
        first.changed().await;
        drop(first);
        assert_eq!(announcements.lock().len(), 1);
        drop(second);
        assert!(announcements.lock().is_empty());
    }
}
