//! Where the master key comes from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::signing::Secret;

/// Where the master key comes from: of the three the first that is not empty, else a file of the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SealingSettings {
    /// The keys themselves, one a line, the newest first.
    pub secret: Secret,
    /// A program with its arguments that prints the keys, such as one that asks a vault.
    pub command: Vec<String>,
    /// A file with the keys; empty for `master.keys` in the data folder.
    pub file: PathBuf,
}
