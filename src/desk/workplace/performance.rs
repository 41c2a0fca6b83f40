//! How quickly this process works, for monitors.

use super::Workplace;
use crate::time::durations::CountedDurations;

/// What this process has done since it started.
#[derive(Debug, Clone, PartialEq)]
pub struct Performance {
    /// How long questions took the first encoder, and the second where there is one.
    pub encoding: Vec<CountedDurations>,
    /// How long commits took, each of all changes that waited for it.
    pub writing: CountedDurations,
    /// Questions whose outcome was remembered.
    pub remembered: u64,
    /// Questions that the engine had to decide.
    pub decided: u64,
    /// Size of the search index on disk, with its vectors.
    pub index_bytes: u64,
}

impl Workplace {
    /// Reads how quickly this process works.
    pub async fn performance(&self) -> Performance {
        let (remembered, decided) = self.room.counted();
        let snapshot = self.room.snapshot();
        // Not in the engine's seats: monitors ask when those are taken, too.
        let index = tokio::task::spawn_blocking(move || snapshot.kept_bytes());
        Performance {
            encoding: self.room.engine().encoding_times(),
            writing: self.store.writing_times(),
            remembered,
            decided,
            index_bytes: index.await.unwrap_or_default(),
        }
    }
}
