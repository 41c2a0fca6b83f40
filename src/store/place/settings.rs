//! Where the database is.

use serde::{Deserialize, Serialize};

use crate::signing::Secret;

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSettings {
    /// Address of a PostgreSQL database, which may hold a password; empty for a SQLite file in the data folder.
    pub url: Secret,
}
