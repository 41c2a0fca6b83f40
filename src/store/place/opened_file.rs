//! The database file as it was opened: moved or removed, it would take changes that nobody reads again.

use std::path::{Path, PathBuf};

use crate::store::error::StoreError;

/// The file that is written to, wherever its name leads by now.
#[derive(Debug)]
pub(in crate::store) struct OpenedFile {
    path: PathBuf,
    identity: Option<Identity>,
}

/// What the system knows a file by.
type Identity = (u64, u64);

impl OpenedFile {
    /// Remembers the file that is there now.
    pub(in crate::store) fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            identity: identity(path),
        }
    }

    /// Refuses when another file, or none, has the name.
    pub(in crate::store) fn check(&self) -> Result<(), StoreError> {
        match identity(&self.path) == self.identity {
            true => Ok(()),
            false => Err(StoreError::FileGone {
                path: self.path.clone(),
            }),
        }
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// Elsewhere an open file can be neither moved nor removed.
#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    path.exists().then_some((0, 0))
}
