//! What is wrong with a file of a backup.

use std::fmt;

/// A file that is not as the manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// The manifest names it, and it is not there.
    Missing(String),
    /// Its content differs.
    Changed(String),
    /// It is there, and the manifest does not name it.
    Unknown(String),
}

impl fmt::Display for Damage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(formatter, "{path}: missing"),
            Self::Changed(path) => write!(formatter, "{path}: its content has changed"),
            Self::Unknown(path) => write!(formatter, "{path}: not part of the backup"),
        }
    }
}
