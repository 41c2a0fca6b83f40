//! Months, in UTC.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::time::Timestamp;

/// A month of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(Date);

/// A text that names no month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no month; write it as 2026-11")]
pub struct NoMonth(String);

impl FromStr for Month {
    type Err = NoMonth;

    fn from_str(text: &str) -> Result<Self, NoMonth> {
        let refused = || NoMonth(text.chars().take(20).collect());
        let (year, month) = text.split_once('-').ok_or_else(refused)?;
        if (year.len(), month.len()) != (4, 2) {
            return Err(refused());
        }
        let (Ok(year), Ok(month)) = (year.parse(), month.parse()) else {
            return Err(refused());
        };
        Date::new(year, month, 1).map(Self).map_err(|_| refused())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl Month {
    /// Returns the month that a moment is in.
    pub fn of(moment: Timestamp) -> Self {
        let day = moment.day();
        day.get(..7)
            .and_then(|month| month.parse().ok())
            .unwrap_or(Self(Date::constant(1970, 1, 1)))
    }

    /// Returns the month before.
    pub fn before(self) -> Self {
        Self(self.0.saturating_sub(1.month()))
    }

    /// Returns its first moment.
    pub fn begins(self) -> Timestamp {
        moment_of(self.0)
    }

    /// Returns the first moment after it.
    pub fn ends(self) -> Timestamp {
        moment_of(self.0.saturating_add(1.month()))
    }

    /// Lists its days as `YYYY-MM-DD`.
    pub fn days(self) -> Vec<String> {
        let mut day = self.begins();
        let mut days = Vec::with_capacity(31);
        while day < self.ends() {
            days.push(day.day());
            day = day.a_day_later();
        }
        days
    }
}

fn moment_of(day: Date) -> Timestamp {
    let zoned = day.to_zoned(jiff::tz::TimeZone::UTC);
    Timestamp::from_millis(zoned.map_or(0, |zoned| zoned.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_and_end_at_midnight() {
        let february: Month = "2028-02".parse().unwrap();
        assert_eq!(february.begins().to_string(), "2028-02-01T00:00:00.000Z");
        assert_eq!(february.ends().to_string(), "2028-03-01T00:00:00.000Z");
        assert_eq!(february.days().len(), 29);
        assert_eq!(february.before().to_string(), "2028-01");
        let january: Month = "2028-01".parse().unwrap();
        assert_eq!(january.before().to_string(), "2027-12");
        assert_eq!(Month::of(february.ends().earlier_by(1)), february);
        for refused in ["2028", "2028-13", "28-01", "2028-1", "2028-02-01", ""] {
            assert!(refused.parse::<Month>().is_err(), "{refused}");
        }
    }
}
