//! Conversations as they are followed: the number of the newest event of each, and signs of writing and reading.
//!
//! Only the number of the newest event travels; followers read the events themselves from the store, so a slow one
//! can neither lose an event nor hold up the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, watch};

use crate::ids::ConversationId;

/// Signs kept for a visitor whose connection is slow; older ones are of no use to anybody.
const KEPT_SIGNS: usize = 4;

/// What a visitor is told between the events, and what is no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sign {
    /// Who is writing.
    Typing(Arc<str>),
    /// Number of the newest event that somebody of the staff has read.
    Read(i64),
}

/// The conversations that somebody follows here, in this process.
#[derive(Default)]
pub(super) struct Followed(Mutex<HashMap<ConversationId, Line>>);

/// What goes to the followers of a conversation.
struct Line {
    newest: watch::Sender<i64>,
    signs: broadcast::Sender<Sign>,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            newest: watch::channel(0).0,
            signs: broadcast::channel(KEPT_SIGNS).0,
        }
    }
}

impl Followed {
    /// Listens to a conversation until what is returned is dropped.
    pub(super) fn follow(self: &Arc<Self>, id: ConversationId) -> Following {
        let mut lines = self.lock();
        let line = lines.entry(id).or_default();
        let receivers = (line.newest.subscribe(), line.signs.subscribe());
        drop(lines);
        Following {
            id,
            receivers: Some(receivers),
            followed: Arc::clone(self),
        }
    }

    /// Wakes the followers of a conversation when the number of its newest event has risen.
    pub(super) fn rise(&self, id: &ConversationId, sequence: i64) {
        if let Some(line) = self.lock().get(id) {
            // Announcements of two writers may overtake each other; the number must not fall.
            line.newest.send_if_modified(|newest| {
                let rises = sequence > *newest;
                *newest = sequence.max(*newest);
                rises
            });
        }
    }

    /// Wakes every follower, because events may have come unheard.
    pub(super) fn stir(&self) {
        for line in self.lock().values() {
            line.newest.send_modify(|_| {});
        }
    }

    /// Gives the followers of a conversation a sign.
    pub(super) fn sign(&self, id: &ConversationId, sign: Sign) {
        if let Some(line) = self.lock().get(id) {
            // An error means that the last follower has just left.
            let _ = line.signs.send(sign);
        }
    }

    /// Returns how many conversations are followed.
    pub(super) fn count(&self) -> usize {
        self.lock().len()
    }

    /// Forgets a conversation that nobody follows any more.
    fn leave(&self, id: &ConversationId) {
        let mut lines = self.lock();
        let is_silent = |line: &Line| line.newest.receiver_count() == 0;
        if lines.get(id).is_some_and(is_silent) {
            lines.remove(id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConversationId, Line>> {
        // The map is whole after any panic: every change to it is one call.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who follows a conversation.
pub struct Following {
    id: ConversationId,
    /// `None` only while it is dropped.
    receivers: Option<(watch::Receiver<i64>, broadcast::Receiver<Sign>)>,
    followed: Arc<Followed>,
}

impl Following {
    /// Waits until an event was announced since the last call.
    pub async fn changed(&mut self) {
        if let Some((newest, _)) = &mut self.receivers {
            // The sender lives as long as this receiver does, so waiting cannot fail.
            let _ = newest.changed().await;
        }
    }

    /// Waits for a sign; `None` once there will be no more.
    pub async fn sign(&mut self) -> Option<Sign> {
        let (_, signs) = self.receivers.as_mut()?;
        loop {
            match signs.recv().await {
                Ok(sign) => return Some(sign),
                // Older signs are of no use.
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.receivers = None;
        self.followed.leave(&self.id);
    }
}
