//! What an export wrote, and why one fails.

use std::io;
use std::path::{Path, PathBuf};

/// Why a base was not exported.
#[derive(Debug, thiserror::Error)]
#[error("could not write {path}: {source}")]
pub struct ExportError {
    path: PathBuf,
    source: io::Error,
}

impl ExportError {
    /// Returns a function that says which file could not be written.
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self { path, source }
    }
}

/// What was written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ExportOutcome {
    /// Texts.
    pub texts: usize,
    /// Pictures and other files that came along.
    pub files: usize,
    /// Pictures that the format has no place for.
    pub files_left: usize,
}

/// Counts links of a text to files beside it.
pub(super) fn local_files(body: &str) -> usize {
    crate::knowledge::links(body)
        .iter()
        .filter(|link| link.is_image && !link.target.contains("//"))
        .count()
}
