//! A backup as one stream, for a pipe to somewhere else.

use std::io::{Read, Write};
use std::path::Path;

use super::error::BackupError;

/// Writes the folder of a backup as a tar archive.
pub fn pack(folder: &Path, out: impl Write) -> Result<(), BackupError> {
    let mut archive = tar::Builder::new(out);
    archive.follow_symlinks(false);
    archive
        .append_dir_all(".", folder)
        .and_then(|()| archive.into_inner())
        .and_then(|mut out| out.flush())
        .map_err(BackupError::Archive)
}

/// Reads such an archive into a folder. Paths that lead out of it are refused by the reader.
pub fn unpack(archive: impl Read, folder: &Path) -> Result<(), BackupError> {
    tar::Archive::new(archive)
        .unpack(folder)
        .map_err(BackupError::Archive)
}
