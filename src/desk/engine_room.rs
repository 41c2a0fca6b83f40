//! Runs the engine beside the async threads, no more of it at once than there are cores.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::DeskError;
use crate::pipeline::Engine;

/// The engine with a bounded number of seats.
pub(super) struct EngineRoom {
    engine: Arc<Engine>,
    seats: Arc<Semaphore>,
}

impl EngineRoom {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        let seats = available_parallelism()
            .map_or(MIN_SEATS, NonZeroUsize::get)
            .max(MIN_SEATS);
        Self {
            engine,
            seats: Arc::new(Semaphore::new(seats)),
        }
    }

    pub(super) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Runs `work` on a blocking thread; it goes on even when the caller stops waiting, and so keeps its seat.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, DeskError> {
        let seat = Arc::clone(&self.seats)
            .acquire_owned()
            .await
            .expect("the seats are never closed");
        let engine = Arc::clone(&self.engine);
        let done = spawn_blocking(move || {
            let _seat = seat;
            work(&engine)
        });
        done.await.map_err(DeskError::EngineStopped)
    }
}

/// One long question must not hold up everybody on a machine with one core.
const MIN_SEATS: usize = 2;
