//! Computes password hashes beside the async threads, no more at once than there are seats, and lets no more wait for one
//! than will be served soon.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::desk::error::DeskError;

/// Hashes computed at once; each takes 19 MiB and a core for some tens of milliseconds.
const HASHING_SEATS: usize = 2;

/// Those computed and those that wait; the last of them waits about a second.
const HASHING_PLACES: usize = 32;

/// Bounds the password hashes computed at once.
pub(in crate::desk) struct HashingRoom {
    seats: Arc<Semaphore>,
    places: Semaphore,
}

impl Default for HashingRoom {
    fn default() -> Self {
        Self {
            seats: Arc::new(Semaphore::new(HASHING_SEATS)),
            places: Semaphore::new(HASHING_PLACES),
        }
    }
}

impl HashingRoom {
    /// Runs `work` on a blocking thread once there is a seat, or refuses it when too many wait for one.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, DeskError> {
        let _place = self
            .places
            .try_acquire()
            .map_err(|_| DeskError::TooManySignIns)?;
        let seat = Arc::clone(&self.seats)
            .acquire_owned()
            .await
            .expect("the seats are never closed");
        let done = spawn_blocking(move || {
            let _seat = seat;
            work()
        });
        done.await.map_err(DeskError::HashingStopped)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn those_beyond_the_places_are_refused_at_once() {
        let room = HashingRoom::default();
        let held = room.seats.clone().acquire_many_owned(2).await;
        let mut waiting: Vec<_> = (0..HASHING_PLACES)
            .map(|_| Box::pin(room.run(|| ())))
            .collect();
        for one in &mut waiting {
            assert!(one.as_mut().now_or_never().is_none(), "it waits");
        }
        let refused = room.run(|| ()).now_or_never();
        assert!(matches!(refused, Some(Err(DeskError::TooManySignIns))));
        drop((held, waiting));
        room.run(|| ()).await.expect("there is room again");
    }
}
