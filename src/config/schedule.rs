//! The opening hours, which stand in a file of their own.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::schedule::{Hours, InvalidCalendar, ServiceHours};

/// When the desk is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSettings {
    /// The file that says so; empty for day and night.
    pub file: PathBuf,
}

/// Why the file of the opening hours cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// It cannot be read.
    #[error("could not read the opening hours {}: {source}; check schedule.file", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not TOML of this form.
    #[error("{} does not say opening hours: {source}", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// What the parser said, with line and column.
        source: Box<toml::de::Error>,
    },
    /// Its hours cannot be used.
    #[error("{}: {source}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: InvalidCalendar,
    },
}

impl ScheduleSettings {
    /// Reads the hours; day and night when there is no file.
    pub fn load(&self) -> Result<Hours, ScheduleError> {
        let path = self.file.clone();
        if path.as_os_str().is_empty() {
            return Ok(Hours::default());
        }
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => return Err(ScheduleError::Unreadable { path, source }),
        };
        let written: ServiceHours = match toml::from_str(&text) {
            Ok(written) => written,
            Err(source) => {
                let source = Box::new(source);
                return Err(ScheduleError::NotToml { path, source });
            }
        };
        written
            .hours()
            .map_err(|source| ScheduleError::Invalid { path, source })
    }
}
