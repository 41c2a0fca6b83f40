//! The file in which operators write opening hours and promises.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::{CalendarSettings, Hours, InvalidCalendar, Targets};

/// Opening hours and promises as they stand in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceHours {
    /// When the desk is open.
    pub calendar: CalendarSettings,
    /// Minutes of opening hours promised.
    pub promises: Targets,
}

impl ServiceHours {
    /// Makes them ready for use.
    pub fn hours(&self) -> Result<Hours, InvalidCalendar> {
        Ok(Hours {
            calendar: Arc::new(self.calendar.calendar()?),
            targets: self.promises,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_when_and_what() {
        let text = r#"
            [calendar]
            zone = "Asia/Tokyo"
            holidays = ["2027-01-01"]
            [calendar.hours]
            mon = ["09:00-12:00", "13:00-18:00"]
            [calendar.special]
            2026-12-30 = ["09:00-12:00"]
            [promises]
            urgent_first = 15
        "#;
        let read: ServiceHours = toml::from_str(text).unwrap();
        let hours = read.hours().unwrap();
        assert_eq!(hours.targets.urgent_first, 15);
        assert_eq!(hours.targets.high_first, Targets::default().high_first);
        assert!(toml::from_str::<ServiceHours>("[calender]").is_err());
    }
}
