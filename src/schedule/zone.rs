//! A time zone somebody lives by.

use jiff::tz::TimeZone;

use crate::time::Timestamp;

/// A time zone by its name, such as `Asia/Seoul`.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// Returns the zone of a name; `None` for a name that is unknown.
    pub fn named(name: &str) -> Option<Self> {
        let zone = TimeZone::get(name).ok()?;
        zone.iana_name()?;
        Some(Self(zone))
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Returns the local time of a moment as `HH:MM`.
    pub fn clock(&self, moment: Timestamp) -> String {
        let moment = jiff::Timestamp::from_millisecond(moment.as_millis()).unwrap_or_default();
        moment
            .to_zoned(self.0.clone())
            .strftime("%H:%M")
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_a_zone_is_told_and_unknown_names_are_none() {
        let noon = Timestamp::from_millis(1_800_014_400_000);
        let clock = |name: &str| Zone::named(name).map(|zone| zone.clock(noon));
        assert_eq!(clock("UTC").as_deref(), Some("12:00"));
        assert_eq!(clock("Asia/Seoul").as_deref(), Some("21:00"));
        assert_eq!(clock("Asia/Kolkata").as_deref(), Some("17:30"));
        for name in ["", "Mars/Olympus", "../etc/passwd"] {
            assert_eq!(clock(name), None, "{name:?}");
        }
    }
}
