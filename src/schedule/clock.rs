//! A clock towards a promise: it runs in opening hours, and stands still while the visitor has to act.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Calendar;
use crate::schedule::Priority;
use crate::time::Timestamp;

/// Minutes of opening hours promised by priority, for the first word of a person and for the end of the matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Targets {
    /// First word, urgent.
    pub urgent_first: u32,
    /// End, urgent.
    pub urgent_end: u32,
    /// First word, high.
    pub high_first: u32,
    /// End, high.
    pub high_end: u32,
    /// First word, normal.
    pub normal_first: u32,
    /// End, normal.
    pub normal_end: u32,
    /// First word, low.
    pub low_first: u32,
    /// End, low.
    pub low_end: u32,
}

impl Default for Targets {
    fn default() -> Self {
        Self {
            urgent_first: 30,
            urgent_end: 8 * 60,
            high_first: 60,
            high_end: 24 * 60,
            normal_first: 4 * 60,
            normal_end: 48 * 60,
            low_first: 8 * 60,
            low_end: 72 * 60,
        }
    }
}

impl Targets {
    /// Returns the milliseconds of opening hours until the first word of a person is due.
    pub fn first_response_ms(&self, priority: Priority) -> i64 {
        millis(match priority {
            Priority::Urgent => self.urgent_first,
            Priority::High => self.high_first,
            Priority::Normal => self.normal_first,
            Priority::Low => self.low_first,
        })
    }

    /// Returns the milliseconds of opening hours until the end of the matter is due.
    pub fn resolution_ms(&self, priority: Priority) -> i64 {
        millis(match priority {
            Priority::Urgent => self.urgent_end,
            Priority::High => self.high_end,
            Priority::Normal => self.normal_end,
            Priority::Low => self.low_end,
        })
    }
}

/// Opening hours and what is promised in them; cheap to share.
#[derive(Debug, Clone)]
pub struct Hours {
    /// When the desk is open.
    pub calendar: Arc<Calendar>,
    /// What is promised.
    pub targets: Targets,
}

impl Default for Hours {
    fn default() -> Self {
        Self {
            calendar: Arc::new(Calendar::always()),
            targets: Targets::default(),
        }
    }
}

impl Hours {
    /// Returns the moment by which a person's first word is due.
    pub fn first_response_due(&self, priority: Priority, from: Timestamp) -> Option<Timestamp> {
        let target = self.targets.first_response_ms(priority);
        self.calendar.after_open_millis(from, target)
    }

    /// Returns the moment by which the matter should be settled.
    pub fn resolution_due(&self, priority: Priority, from: Timestamp) -> Option<Timestamp> {
        let target = self.targets.resolution_ms(priority);
        self.calendar.after_open_millis(from, target)
    }
}

fn millis(minutes: u32) -> i64 {
    i64::from(minutes) * 60_000
}

/// A clock towards a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// It runs, and the promise is due at this moment; `None` when the desk never opens again.
    Running {
        /// When it runs out.
        due: Option<Timestamp>,
    },
    /// It stands still with so many milliseconds of opening hours left.
    Paused {
        /// How many; negative once the promise is broken.
        left_ms: i64,
    },
    /// The promise is kept or broken; either way it is over.
    Stopped,
}

impl Clock {
    /// Starts with so many milliseconds of opening hours.
    pub fn start(calendar: &Calendar, left_ms: i64, now: Timestamp) -> Self {
        Clock::Running {
            due: calendar.after_open_millis(now, left_ms.max(0)),
        }
    }

    /// Lets it stand still; it keeps what is left.
    #[must_use]
    pub fn pause(self, calendar: &Calendar, now: Timestamp) -> Self {
        match self {
            Clock::Running { due: Some(due) } if due >= now => Clock::Paused {
                left_ms: calendar.open_millis(now, due),
            },
            Clock::Running { due: Some(due) } => Clock::Paused {
                left_ms: -calendar.open_millis(due, now),
            },
            other => other,
        }
    }

    /// Lets it run on.
    #[must_use]
    pub fn resume(self, calendar: &Calendar, now: Timestamp) -> Self {
        match self {
            Clock::Paused { left_ms } => Clock::start(calendar, left_ms, now),
            other => other,
        }
    }

    /// Tells whether the promise is broken.
    pub fn is_overdue(self, now: Timestamp) -> bool {
        match self {
            Clock::Running { due } => due.is_some_and(|due| due < now),
            Clock::Paused { left_ms } => left_ms < 0,
            Clock::Stopped => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: i64 = 60_000;

    #[test]
    fn waiting_for_the_visitor_costs_nothing() {
        let calendar = Calendar::always();
        let begin = Timestamp::from_millis(0);
        let at = |minutes: i64| Timestamp::from_millis(minutes * MINUTE);
        let clock = Clock::start(&calendar, 60 * MINUTE, begin);
        assert_eq!(clock, Clock::Running { due: Some(at(60)) });
        let paused = clock.pause(&calendar, at(20));
        assert_eq!(
            paused,
            Clock::Paused {
                left_ms: 40 * MINUTE
            }
        );
        assert!(!paused.is_overdue(at(1_000)));
        let resumed = paused.resume(&calendar, at(500));
        assert_eq!(resumed, Clock::Running { due: Some(at(540)) });
        assert!(!resumed.is_overdue(at(540)));
        assert!(resumed.is_overdue(at(541)));
        // A broken promise is not mended by a pause.
        assert!(resumed.pause(&calendar, at(550)).is_overdue(at(550)));
        assert!(!Clock::Stopped.is_overdue(at(9_999)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn pauses_of_any_number_only_move_the_end(spans in proptest::collection::vec((1_i64..50, 1_i64..500), 0..8)) {
            let calendar = Calendar::always();
            let mut now = Timestamp::from_millis(0);
            let mut paused_ms = 0;
            let mut clock = Clock::start(&calendar, 1_000 * MINUTE, now);
            for (running, pause) in spans {
                now = now.later_by(running * MINUTE);
                let still = clock.pause(&calendar, now);
                now = now.later_by(pause * MINUTE);
                paused_ms += pause * MINUTE;
                clock = still.resume(&calendar, now);
            }
            let due = Timestamp::from_millis(1_000 * MINUTE + paused_ms);
            prop_assert_eq!(clock, Clock::Running { due: Some(due) });
        }
    }
}
