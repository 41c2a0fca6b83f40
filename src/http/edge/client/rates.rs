//! Counts what each client did lately, in a table of one size however many clients there are.
//!
//! The generic cell rate algorithm: a slot holds the moment at which everything its client did would be paid off at the
//! allowed rate. Clients share a slot by chance, one in some hundred thousand, and under a secret seed, so that nobody
//! can choose whose allowance they use up.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::atomic::{AtomicI64, Ordering};

use crate::time::Timestamp;

/// Two MiB.
const SLOTS: usize = 1 << 18;

/// How much is allowed in how long; as much at once, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Rate {
    amount: i64,
    window_micros: i64,
}

impl Rate {
    /// So many in an hour; nothing where there is no limit.
    pub(in crate::http) fn per_hour(amount: u32) -> Option<Self> {
        Self::of(amount, 3_600_000_000)
    }

    /// So many in a minute; nothing where there is no limit.
    pub(in crate::http) fn per_minute(amount: u32) -> Option<Self> {
        Self::of(amount, 60_000_000)
    }

    fn of(amount: u32, window_micros: i64) -> Option<Self> {
        (amount > 0).then_some(Self {
            amount: i64::from(amount),
            window_micros,
        })
    }
}

/// How long to wait before trying again, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Wait(pub(in crate::http) u64);

/// What every client did lately. Local to this process: of several, each allows as much, so that no request waits for a
/// count kept elsewhere.
pub(in crate::http) struct Rates {
    seed: RandomState,
    paid_off: Box<[AtomicI64]>,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            seed: RandomState::new(),
            paid_off: (0..SLOTS).map(|_| AtomicI64::new(0)).collect(),
        }
    }
}

impl Rates {
    /// Takes an amount from what a client is allowed, or tells how long until there is as much again. More than is
    /// allowed at all is taken as all of it.
    pub(in crate::http) fn take(
        &self,
        client: impl Hash,
        amount: u32,
        rate: Rate,
        now: Timestamp,
    ) -> Result<(), Wait> {
        let place = self.seed.hash_one(client) as usize % SLOTS;
        let slot = &self.paid_off[place];
        let now = now.as_millis().saturating_mul(1_000);
        let amount = i64::from(amount).min(rate.amount);
        let cost = rate.window_micros.saturating_mul(amount) / rate.amount;
        let mut before = slot.load(Ordering::Relaxed);
        loop {
            let after = before.max(now).saturating_add(cost);
            let over = after - now - rate.window_micros;
            if over > 0 {
                let seconds = u64::try_from(over).unwrap_or_default().div_ceil(1_000_000);
                return Err(Wait(seconds.max(1)));
            }
            let written =
                slot.compare_exchange_weak(before, after, Ordering::Relaxed, Ordering::Relaxed);
            match written {
                Ok(_) => return Ok(()),
                Err(other) => before = other,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000 + millis)
    }

    #[test]
    fn as_much_at_once_as_in_the_whole_window_and_then_at_its_pace() {
        let rates = Rates::default();
        let rate = Rate::per_minute(60).expect("a limit");
        for _ in 0..60 {
            rates.take("ann", 1, rate, at(0)).expect("within it");
        }
        assert_eq!(rates.take("ann", 1, rate, at(0)), Err(Wait(1)));
        assert_eq!(rates.take("ann", 10, rate, at(0)), Err(Wait(10)));
        rates.take("ann", 1, rate, at(1_000)).expect("one is back");
        assert_eq!(rates.take("ann", 1, rate, at(1_000)), Err(Wait(1)));
        rates.take("bob", 60, rate, at(0)).expect("somebody else");
        rates.take("ann", 60, rate, at(61_000)).expect("all of it");
    }

    #[test]
    fn more_than_is_allowed_at_all_takes_all_of_it() {
        let rates = Rates::default();
        let rate = Rate::per_hour(10).expect("a limit");
        rates.take("ann", 1_000, rate, at(0)).expect("once");
        assert_eq!(rates.take("ann", 1_000, rate, at(0)), Err(Wait(3_600)));
        assert_eq!(Rate::per_hour(0), None);
    }

    #[test]
    fn requests_at_once_do_not_slip_through() {
        let rates = Rates::default();
        let rate = Rate::per_hour(100).expect("a limit");
        let taken: usize = std::thread::scope(|scope| {
            let takers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        (0..100)
                            .filter(|_| rates.take("ann", 1, rate, at(0)).is_ok())
                            .count()
                    })
                })
                .collect();
            takers
                .into_iter()
                .map(|taker| taker.join().expect("no panic"))
                .sum()
        });
        assert_eq!(taken, 100);
    }
}
