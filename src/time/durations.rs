//! How long something took, over and over.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds in seconds, around the aims: a median under a millisecond, p99 under five.
pub const BOUNDS: [f64; 14] = [
    0.000_25, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Counts durations between [`BOUNDS`]; may be recorded and read at any time from any thread. Local to this process, as
/// Prometheus wants counts: it adds up those of several itself.
#[derive(Debug, Default)]
pub struct Durations {
    /// One more than there are bounds: what was longer than the last.
    counts: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

/// What was counted until a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CountedDurations {
    /// How many took no longer than each of [`BOUNDS`].
    pub within: [u64; BOUNDS.len()],
    /// How many there were.
    pub count: u64,
    /// How long all of them took, in seconds.
    pub seconds: f64,
}

impl Durations {
    /// Counts one.
    pub fn record(&self, took: Duration) {
        let place = BOUNDS.partition_point(|bound| *bound < took.as_secs_f64());
        self.counts[place].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Reads what was counted so far.
    pub fn read(&self) -> CountedDurations {
        let mut count = 0;
        let within = std::array::from_fn(|place| {
            count += self.counts[place].load(Ordering::Relaxed);
            count
        });
        CountedDurations {
            within,
            count: count + self.counts[BOUNDS.len()].load(Ordering::Relaxed),
            seconds: self.micros.load(Ordering::Relaxed) as f64 / 1e6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_counts_within_every_bound_that_it_does_not_exceed() {
        let durations = Durations::default();
        for micros in [100, 1_000, 1_500, 20_000_000] {
            durations.record(Duration::from_micros(micros));
        }
        let read = durations.read();
        assert_eq!(read.within[..4], [1, 1, 2, 3]);
        assert_eq!((read.within[13], read.count), (3, 4));
        assert!((read.seconds - 20.0026).abs() < 1e-9, "{read:?}");
    }
}
