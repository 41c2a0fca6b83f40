//! Whether reports leave by themselves.

use serde::{Deserialize, Serialize};

/// Whether reports leave by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReportSettings {
    /// Whether leads and admins are sent the report of each month once it is over.
    pub mail: bool,
}

impl Default for ReportSettings {
    fn default() -> Self {
        Self { mail: true }
    }
}
