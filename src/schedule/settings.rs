//! A calendar as operators write it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, DAY_MINUTES, Interval};

/// Opening hours in a time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CalendarSettings {
    /// IANA name, such as `Asia/Seoul`.
    pub zone: String,
    /// Hours by day (`mon` to `sun`), such as `["09:00-12:00", "13:00-18:00"]`; a day left out is closed, and when all
    /// are, the desk is always open.
    pub hours: BTreeMap<String, Vec<String>>,
    /// Days on which the desk is closed, as `YYYY-MM-DD`.
    pub holidays: Vec<String>,
    /// Days with hours of their own.
    pub special: BTreeMap<String, Vec<String>>,
}

impl Default for CalendarSettings {
    fn default() -> Self {
        Self {
            zone: "UTC".to_owned(),
            hours: BTreeMap::new(),
            holidays: Vec::new(),
            special: BTreeMap::new(),
        }
    }
}

/// Why a calendar cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCalendar {
    /// No such zone.
    #[error("there is no time zone {0:?}; use an IANA name such as Asia/Seoul")]
    Zone(String),
    /// No such day of the week.
    #[error("{0:?} is no day; use mon, tue, wed, thu, fri, sat or sun")]
    Day(String),
    /// Not a date.
    #[error("{0:?} is no date; write it as YYYY-MM-DD")]
    Date(String),
    /// Not an interval.
    #[error("{0:?} are no hours; write them as 09:00-18:00, within one day")]
    Hours(String),
    /// Intervals of a day overlap.
    #[error("the hours {0:?} overlap or are out of order; write each once, the earliest first")]
    Overlap(String),
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl CalendarSettings {
    /// Closed on every day.
    pub fn closed() -> Self {
        Self {
            hours: BTreeMap::from([("mon".to_owned(), Vec::new())]),
            ..Self::default()
        }
    }

    /// Reads the hours.
    pub fn calendar(&self) -> Result<Calendar, InvalidCalendar> {
        let zone =
            TimeZone::get(&self.zone).map_err(|_| InvalidCalendar::Zone(self.zone.clone()))?;
        let mut week: [Vec<Interval>; 7] = Default::default();
        if self.hours.is_empty() {
            let all_day = Interval {
                from: 0,
                to: DAY_MINUTES,
            };
            week = [(); 7].map(|()| vec![all_day]);
        }
        for (day, hours) in &self.hours {
            let place = DAYS
                .iter()
                .position(|known| known == day)
                .ok_or_else(|| InvalidCalendar::Day(day.clone()))?;
            week[place] = intervals(hours)?;
        }
        let mut exceptions = BTreeMap::new();
        for (day, hours) in &self.special {
            exceptions.insert(date(day)?, intervals(hours)?);
        }
        for day in &self.holidays {
            exceptions.insert(date(day)?, Vec::new());
        }
        Ok(Calendar::new(zone, week, exceptions))
    }
}

fn date(text: &str) -> Result<Date, InvalidCalendar> {
    text.parse()
        .map_err(|_| InvalidCalendar::Date(text.to_owned()))
}

fn intervals(texts: &[String]) -> Result<Vec<Interval>, InvalidCalendar> {
    let mut found: Vec<Interval> = Vec::new();
    for text in texts {
        let interval = interval(text).ok_or_else(|| InvalidCalendar::Hours(text.clone()))?;
        if found.last().is_some_and(|last| last.to > interval.from) {
            return Err(InvalidCalendar::Overlap(texts.join(", ")));
        }
        found.push(interval);
    }
    Ok(found)
}

fn interval(text: &str) -> Option<Interval> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minute(from)?, minute(to)?);
    (from < to).then_some(Interval { from, to })
}

fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && total <= DAY_MINUTES).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_say_what_to_write() {
        let check = |change: fn(&mut CalendarSettings), expected: &str| {
            let mut settings = CalendarSettings::default();
            change(&mut settings);
            let error = settings.calendar().unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(
            |settings| settings.zone = "Mars/Olympus".to_owned(),
            "Asia/Seoul",
        );
        check(
            |settings| drop(settings.hours.insert("monday".to_owned(), vec![])),
            "mon, tue",
        );
        check(
            |settings| settings.holidays.push("1.1.2027".to_owned()),
            "YYYY-MM-DD",
        );
        for hours in ["9-18", "18:00-09:00", "09:00-25:00", "09:60-10:00"] {
            let mut settings = CalendarSettings::default();
            settings
                .hours
                .insert("mon".to_owned(), vec![hours.to_owned()]);
            assert_eq!(
                settings.calendar().unwrap_err(),
                InvalidCalendar::Hours(hours.to_owned())
            );
        }
        check(
            |settings| {
                let hours = vec!["09:00-12:00".to_owned(), "11:00-13:00".to_owned()];
                settings.hours.insert("mon".to_owned(), hours);
            },
            "overlap",
        );
    }
}
