//! A business calendar: opening hours in a time zone, several a day, with days that are different.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::time::Timestamp;

/// Minutes of a local day, from and up to; `1440` is the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// First minute.
    pub from: u16,
    /// Minute after the last.
    pub to: u16,
}

/// Minutes of a day.
pub(super) const DAY_MINUTES: u16 = 24 * 60;

/// Days looked ahead for an opening; a calendar closed for longer is closed for good.
const LONGEST_CLOSURE_DAYS: usize = 400;

/// When the desk is open.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    /// Monday first; intervals of a day are in order and do not touch.
    week: [Vec<Interval>; 7],
    /// Holidays and days with hours of their own.
    exceptions: BTreeMap<Date, Vec<Interval>>,
}

impl Calendar {
    /// Takes hours that were checked, see [`super::CalendarSettings`].
    pub(super) fn new(
        zone: TimeZone,
        week: [Vec<Interval>; 7],
        exceptions: BTreeMap<Date, Vec<Interval>>,
    ) -> Self {
        Self {
            zone,
            week,
            exceptions,
        }
    }

    /// Open day and night.
    pub fn always() -> Self {
        let all_day = Interval {
            from: 0,
            to: DAY_MINUTES,
        };
        Self::new(
            TimeZone::UTC,
            [(); 7].map(|()| vec![all_day]),
            BTreeMap::new(),
        )
    }

    /// Returns the name of the time zone that the hours are written in.
    pub fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// Tells whether the desk is open.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.spans_from(now)
            .next()
            .is_some_and(|(from, to)| from <= now && now < to)
    }

    /// Returns the moment from which the desk is open: now, later, or never.
    pub fn next_opening(&self, now: Timestamp) -> Option<Timestamp> {
        self.spans_from(now).next().map(|(from, _)| from.max(now))
    }

    /// Lists the spans in which the desk is open from a moment on, up to another; those that touch are one.
    pub fn spans(&self, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let mut spans: Vec<(Timestamp, Timestamp)> = Vec::new();
        for (start, end) in self.spans_from(from).take_while(|(start, _)| *start < to) {
            match spans.last_mut() {
                Some((_, last)) if *last == start => *last = end,
                _ => spans.push((start, end)),
            }
        }
        spans
    }

    /// Counts the milliseconds between two moments in which the desk is open.
    pub fn open_millis(&self, from: Timestamp, to: Timestamp) -> i64 {
        self.spans_from(from)
            .take_while(|(start, _)| *start < to)
            .map(|(start, end)| end.min(to).millis_since(start.max(from)).max(0))
            .sum()
    }

    /// Returns the moment by which the desk has been open for so long; `None` when it never will be.
    pub fn after_open_millis(&self, from: Timestamp, millis: i64) -> Option<Timestamp> {
        let mut left = millis;
        for (start, end) in self.spans_from(from) {
            let start = start.max(from);
            let length = end.millis_since(start);
            if left <= length {
                return Some(start.later_by(left));
            }
            left -= length;
        }
        None
    }

    /// Opening spans that end after a moment, in order.
    fn spans_from(&self, moment: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
        let today = jiff::Timestamp::from_millisecond(moment.as_millis())
            .unwrap_or_default()
            .to_zoned(self.zone.clone())
            .date();
        // A day earlier, for zones whose clock was set back over midnight.
        let first = today.yesterday().unwrap_or(today);
        first
            .series(1.day())
            .scan(0, move |closed_days, day| {
                let hours = self.hours_on(day);
                *closed_days = if hours.is_empty() {
                    *closed_days + 1
                } else {
                    0
                };
                (*closed_days < LONGEST_CLOSURE_DAYS).then_some((day, hours))
            })
            .flat_map(move |(day, hours)| {
                hours
                    .iter()
                    .filter_map(move |interval| self.span(day, *interval))
            })
            .filter(move |(_, end)| *end > moment)
    }

    fn hours_on(&self, day: Date) -> &[Interval] {
        match self.exceptions.get(&day) {
            Some(hours) => hours,
            None => &self.week[monday_first(day.weekday())],
        }
    }

    fn span(&self, day: Date, interval: Interval) -> Option<(Timestamp, Timestamp)> {
        let moment = |minute: u16| {
            // Local times that a change of the clock leaves out or doubles are read as RFC 5545 has it.
            let local = match minute {
                DAY_MINUTES => day.tomorrow().ok()?.at(0, 0, 0, 0),
                _ => day.at((minute / 60) as i8, (minute % 60) as i8, 0, 0),
            };
            let zoned = local.to_zoned(self.zone.clone()).ok()?;
            Some(Timestamp::from_millis(zoned.timestamp().as_millisecond()))
        };
        Some((moment(interval.from)?, moment(interval.to)?))
    }
}

fn monday_first(weekday: Weekday) -> usize {
    weekday.to_monday_zero_offset() as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::schedule::CalendarSettings;

    fn seoul() -> Calendar {
        let mut settings = CalendarSettings {
            zone: "Asia/Seoul".to_owned(),
            ..CalendarSettings::default()
        };
        for day in ["mon", "tue", "wed", "thu", "fri"] {
            let hours = vec!["09:00-12:00".to_owned(), "13:00-18:00".to_owned()];
            settings.hours.insert(day.to_owned(), hours);
        }
        settings.holidays = vec!["2026-10-09".to_owned()];
        let short = vec!["09:00-12:00".to_owned()];
        settings.special.insert("2026-12-31".to_owned(), short);
        settings.calendar().unwrap()
    }

    fn new_york() -> Calendar {
        let mut settings = CalendarSettings {
            zone: "America/New_York".to_owned(),
            ..CalendarSettings::default()
        };
        settings
            .hours
            .insert("sun".to_owned(), vec!["00:00-24:00".to_owned()]);
        settings.calendar().unwrap()
    }

    fn at(text: &str) -> Timestamp {
        let moment: jiff::Timestamp = text.parse().unwrap();
        Timestamp::from_millis(moment.as_millisecond())
    }

    const HOUR: i64 = 3_600_000;

    #[test]
    fn hours_are_local_and_split() {
        let calendar = seoul();
        for (moment, open) in [
            ("2026-10-05T08:59:59+09:00", false),
            ("2026-10-05T09:00:00+09:00", true),
            ("2026-10-05T12:30:00+09:00", false),
            ("2026-10-05T17:59:59+09:00", true),
            ("2026-10-05T18:00:00+09:00", false),
            // Saturday, a holiday, and a short day.
            ("2026-10-10T10:00:00+09:00", false),
            ("2026-10-09T10:00:00+09:00", false),
            ("2026-12-31T10:00:00+09:00", true),
            ("2026-12-31T14:00:00+09:00", false),
        ] {
            assert_eq!(calendar.is_open(at(moment)), open, "{moment}");
        }
    }

    #[test]
    fn promises_fall_due_in_opening_hours() {
        let calendar = seoul();
        for (from, hours, due) in [
            ("2026-10-05T09:00:00+09:00", 2, "2026-10-05T11:00:00+09:00"),
            // Over lunch, over night, over the holiday and the weekend.
            ("2026-10-05T11:00:00+09:00", 2, "2026-10-05T14:00:00+09:00"),
            ("2026-10-05T17:00:00+09:00", 2, "2026-10-06T10:00:00+09:00"),
            ("2026-10-08T17:00:00+09:00", 2, "2026-10-12T10:00:00+09:00"),
            ("2026-10-10T03:00:00+09:00", 1, "2026-10-12T10:00:00+09:00"),
        ] {
            let expected = Some(at(due));
            assert_eq!(
                calendar.after_open_millis(at(from), hours * HOUR),
                expected,
                "{from}"
            );
            assert_eq!(
                calendar.open_millis(at(from), at(due)),
                hours * HOUR,
                "{from}"
            );
        }
        let weekend = at("2026-10-10T03:00:00+09:00");
        assert_eq!(
            calendar.next_opening(weekend),
            Some(at("2026-10-12T09:00:00+09:00"))
        );
        let open = at("2026-10-12T09:30:00+09:00");
        assert_eq!(calendar.next_opening(open), Some(open));
    }

    #[test]
    fn a_day_has_the_hours_the_clock_gives_it() {
        let calendar = new_york();
        for (from, to, hours) in [
            ("2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00", 23),
            ("2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00", 25),
        ] {
            assert_eq!(
                calendar.open_millis(at(from), at(to)),
                hours * HOUR,
                "{from}"
            );
        }
    }

    #[test]
    fn a_desk_that_never_opens_promises_nothing() {
        let never = CalendarSettings::closed().calendar().unwrap();
        let now = at("2026-10-05T09:00:00Z");
        assert_eq!(never.next_opening(now), None);
        assert_eq!(never.after_open_millis(now, 1), None);
        assert!(Calendar::always().is_open(now));
        assert_eq!(
            Calendar::always().after_open_millis(now, HOUR),
            Some(now.later_by(HOUR))
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn counting_and_promising_agree(start in 1_790_000_000_000_i64..1_830_000_000_000, millis in 1_i64..200_000_000) {
            let from = Timestamp::from_millis(start);
            for calendar in [seoul(), new_york(), Calendar::always()] {
                let due = calendar.after_open_millis(from, millis).unwrap();
                prop_assert_eq!(calendar.open_millis(from, due), millis);
                // A moment earlier it is not due yet.
                prop_assert_eq!(calendar.open_millis(from, due.earlier_by(1)), millis - 1);
            }
        }
    }
}
