//! What visitors asked of late, as this process last read it.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::store::{AskedOfLate, Store};
use crate::time::Timestamp;

/// For how long it is believed; each process reads it for itself.
const FRESH_MS: i64 = 10 * 60 * 1_000;

/// What visitors asked of late, and when it was read.
#[derive(Debug, Default)]
pub(super) struct LatelyAsked(Mutex<Option<(Timestamp, Arc<AskedOfLate>)>>);

impl LatelyAsked {
    /// Returns what visitors asked; what was read before where it cannot be read now, since a suggestion is no reason to fail.
    pub(super) async fn read(&self, store: &Store, now: Timestamp) -> Arc<AskedOfLate> {
        let mut held = self.0.lock().await;
        if let Some((read, lately)) = &*held
            && now.millis_since(*read) < FRESH_MS
        {
            return Arc::clone(lately);
        }
        let lately = match store.reader().asked_of_late(now).await {
            Ok(found) => Arc::new(found),
            Err(error) => {
                tracing::warn!(%error, "what visitors asked of late cannot be read; suggestions stay as they are");
                let known = held.as_ref().map(|(_, known)| Arc::clone(known));
                known.unwrap_or_default()
            }
        };
        *held = Some((now, Arc::clone(&lately)));
        lately
    }
}
