//! Announces changes to conversations once they are on disk.

use crate::bus::Bus;
use crate::ids::ConversationId;
use crate::store::{StoreError, Written};

/// Waits for a change, wakes those who listen, and returns what was made.
///
/// A task of its own: a caller that stops waiting, such as at a time-out, must not keep the listeners asleep.
pub(super) async fn after<T: Send + 'static>(
    bus: &Bus,
    id: ConversationId,
    change: impl Future<Output = Result<Written<T>, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    let bus = bus.clone();
    let task = tokio::spawn(async move {
        let Written {
            value,
            last_sequence,
        } = change.await?;
        if let Some(sequence) = last_sequence {
            bus.changed(id, sequence);
        }
        Ok(value)
    });
    task.await.map_err(|_| StoreError::Stopped)?
}
