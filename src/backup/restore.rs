//! Puts a backup back where a server can start on it.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::BackupError;
use super::folder::{MASTER_KEYS, copy_tree};
use super::manifest::Manifest;

/// What was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// When the backup had been made, in milliseconds since 1970 UTC.
    pub made_ms: i64,
    /// Number of files.
    pub files: usize,
    /// Whether the master keys lie in the data folder now.
    pub has_master_keys: bool,
}

/// Checks a backup and copies it into two folders that are empty or not there yet; with a file of master keys also that,
/// for a backup that was made without.
///
/// Each folder is copied beside its place and renamed, so that a copy that breaks off leaves nothing that looks whole.
pub fn restore(
    backup: &Path,
    data: &Path,
    knowledge: &Path,
    master_keys: Option<&Path>,
) -> Result<Restored, BackupError> {
    let manifest = Manifest::read(backup)?;
    manifest.verify(backup)?;
    for target in [data, knowledge] {
        let holds_something =
            fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_some());
        if holds_something {
            return Err(BackupError::WouldOverwrite {
                path: target.to_owned(),
            });
        }
    }
    for (part, target) in [("data", data), ("knowledge_base", knowledge)] {
        let beside = beside(target);
        copy_tree(&backup.join(part), &beside)?;
        if let Some(keys) = master_keys.filter(|_| part == "data") {
            fs::copy(keys, beside.join(MASTER_KEYS)).map_err(BackupError::at(keys))?;
        }
        // An empty folder at the place stands in the way of the rename on some systems.
        let _ = fs::remove_dir(target);
        fs::rename(&beside, target).map_err(BackupError::at(target))?;
    }
    Ok(Restored {
        made_ms: manifest.made_ms,
        files: manifest.files.len(),
        has_master_keys: data.join(MASTER_KEYS).exists(),
    })
}

fn beside(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".restoring-{}", std::process::id()));
    target.with_file_name(name)
}
