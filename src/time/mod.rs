//! A moment: milliseconds since 1970 in UTC.

pub mod durations;

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

/// Milliseconds since 1970-01-01T00:00:00Z; shown as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Wraps milliseconds.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Returns the whole seconds, as signatures and tokens count them.
    pub fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Returns the moment `millis` earlier.
    #[must_use]
    pub fn earlier_by(self, millis: i64) -> Self {
        Self(self.0.saturating_sub(millis))
    }

    /// Returns the moment `millis` later.
    #[must_use]
    pub fn later_by(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Returns the milliseconds since an earlier moment; negative when that is later.
    pub fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns the day in UTC as `YYYY-MM-DD`.
    pub fn day(self) -> String {
        let (year, month, day) = civil_date(self.0.div_euclid(MILLIS_A_DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// Returns the beginning of the day in UTC.
    #[must_use]
    pub fn start_of_day(self) -> Self {
        Self(self.0 - self.0.rem_euclid(MILLIS_A_DAY))
    }

    /// Returns the moment so many days earlier.
    #[must_use]
    pub fn days_earlier(self, days: u32) -> Self {
        self.earlier_by(i64::from(days) * MILLIS_A_DAY)
    }

    /// Returns the moment a day later.
    #[must_use]
    pub fn a_day_later(self) -> Self {
        self.later_by(MILLIS_A_DAY)
    }
}

const MILLIS_A_DAY: i64 = 86_400_000;

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        // A clock before 1970 is wrong anyway; 0 keeps everything working.
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = self.0.rem_euclid(MILLIS_A_DAY);
        let (hours, minutes) = (of_day / 3_600_000, of_day / 60_000 % 60);
        let (seconds, millis) = (of_day / 1_000 % 60, of_day % 1_000);
        write!(
            formatter,
            "{}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z",
            self.day()
        )
    }
}

/// Proleptic Gregorian date of a day counted from 1970-01-01 (Hinnant, `chrono`-compatible low-level date algorithms).
fn civil_date(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months counted from March, so that the leap day is the last of the year.
    let march_month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_rfc_3339() {
        for (millis, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_305_600_123, "2026-11-22T00:00:00.123Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        ] {
            assert_eq!(Timestamp::from_millis(millis).to_string(), expected);
        }
    }

    #[test]
    fn days_begin_at_midnight() {
        let moment = Timestamp::from_millis(1_795_305_600_123);
        let start = moment.start_of_day();
        assert_eq!(start.to_string(), "2026-11-22T00:00:00.000Z");
        assert_eq!(moment.days_earlier(30).day(), "2026-10-23");
        assert_eq!(start.a_day_later().earlier_by(1).start_of_day(), start);
        assert_eq!(
            Timestamp::from_millis(-1).start_of_day().day(),
            "1969-12-31"
        );
    }
}
