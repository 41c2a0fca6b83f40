//! Why a backup could not be made, read or put back.

use std::io;
use std::path::{Path, PathBuf};

use super::damage::Damage;
use crate::store::OpenError;

/// Why a backup could not be made, read or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The folder for the backup holds something already.
    #[error("{} is not empty; name a new folder for the backup", path.display())]
    TargetInUse {
        /// The folder.
        path: PathBuf,
    },
    /// The folder to restore into holds a database or articles already.
    #[error(
        "{} holds something already; name an empty folder, or move this one away first",
        path.display()
    )]
    WouldOverwrite {
        /// The folder.
        path: PathBuf,
    },
    /// The database could not be copied.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// No manifest, or one that cannot be read.
    #[error("{} is no backup: {source}; name the folder that `mondo backup` made", path.display())]
    NoManifest {
        /// The file that should be there.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// Made by a later version.
    #[error("the backup has format {found}, this mondo reads {known}; use a newer mondo")]
    NewerFormat {
        /// Format of the backup.
        found: u32,
        /// Newest format known here.
        known: u32,
    },
    /// Files are missing or differ from the manifest.
    #[error("the backup is damaged; use another one:\n{}", lines_of(damage))]
    Damaged {
        /// Every file that is not as it was.
        damage: Vec<Damage>,
    },
    /// A file could not be read or written.
    #[error("could not copy {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The archive could not be read or written.
    #[error("could not read or write the archive: {0}")]
    Archive(#[source] io::Error),
}

impl BackupError {
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

fn lines_of(damage: &[Damage]) -> String {
    let lines: Vec<String> = damage.iter().map(|one| format!("  {one}")).collect();
    lines.join("\n")
}
