//! Why a snapshot could not be made or kept.

use std::path::PathBuf;

/// Why a snapshot could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// tantivy refused.
    #[error("could not build the search index: {0}")]
    Lexical(#[from] tantivy::TantivyError),
    /// The index folder cannot be written.
    #[error(
        "could not write the search index at {path}: {source}; check the free space and the rights, or pass another --data"
    )]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}
