//! Who runs this server, as visitors are told.

use serde::{Deserialize, Serialize};

/// Names and addresses of the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteSettings {
    /// Name of the company.
    pub name: String,
    /// Public address of this server without a slash at the end; empty where it is the one that was asked for.
    pub address: String,
    /// Whether pages say that the company is fictional.
    pub fictional: bool,
    /// Articles offered before anything was asked.
    pub starters: Vec<String>,
}

impl Default for SiteSettings {
    fn default() -> Self {
        let starters = [
            "withdrawal-pending",
            "two-factor-lost",
            "verify-channel",
            "identity-time",
        ];
        Self {
            name: "Kumora".to_owned(),
            address: String::new(),
            fictional: true,
            starters: starters.map(str::to_owned).to_vec(),
        }
    }
}
