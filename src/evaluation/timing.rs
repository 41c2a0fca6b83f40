//! How long questions take: the usual one and the slow one.

use std::time::Duration;

use serde::Serialize;

/// Times per question in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Timings {
    /// Half of the questions take no longer.
    pub median_ms: f64,
    /// Ninety-nine of a hundred take no longer.
    pub p99_ms: f64,
    /// The slowest.
    pub slowest_ms: f64,
}

impl Timings {
    /// Summarises times; `None` when there are none.
    pub fn of(times: &[Duration]) -> Option<Self> {
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        let at = |share: f64| {
            // The nearest-rank quantile: a time that was really measured.
            let rank = (share * sorted.len() as f64).ceil() as usize;
            sorted.get(rank.saturating_sub(1)).map(milliseconds)
        };
        Some(Self {
            median_ms: at(0.5)?,
            p99_ms: at(0.99)?,
            slowest_ms: at(1.0)?,
        })
    }
}

fn milliseconds(time: &Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_measured_times() {
        let times: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        let timings = Timings::of(&times).expect("times");
        assert_eq!(
            (timings.median_ms, timings.p99_ms, timings.slowest_ms),
            (100.0, 198.0, 200.0)
        );
        assert_eq!(Timings::of(&[]), None);
        let one = Timings::of(&times[..1]).expect("one time");
        assert_eq!((one.median_ms, one.p99_ms), (200.0, 200.0));
    }
}
