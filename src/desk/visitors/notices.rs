//! What every visitor should know: the surges that are on.

use tokio::sync::watch;

use super::VisitorDesk;
use crate::conversation::Surge;
use crate::time::Timestamp;

impl VisitorDesk {
    /// Returns the surges that are on, the oldest first.
    pub fn surges(&self, now: Timestamp) -> Vec<Surge> {
        self.store.surges(now)
    }

    /// Tells when surges begin and end.
    pub fn surges_changed(&self) -> watch::Receiver<Vec<Surge>> {
        self.store.surges_changed()
    }
}
