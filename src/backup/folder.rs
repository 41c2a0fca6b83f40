//! Makes the folder of a backup while the server goes on.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::BackupError;
use super::manifest::{Manifest, paths_below};
use crate::store::copy_database;
use crate::time::Timestamp;

/// Where what is kept lies.
#[derive(Debug, Clone)]
pub struct BackupSource {
    /// The data folder.
    pub data: PathBuf,
    /// The folder with the knowledge base.
    pub knowledge: PathBuf,
    /// The file with the master keys, to be copied too; without it a thief reads nothing in the backup that visitors
    /// said, and neither does anybody who lost the file.
    pub master_keys: Option<PathBuf>,
}

/// Name of the file with the master keys in the data folder.
pub(super) const MASTER_KEYS: &str = "master.keys";

/// Files of the data folder that are not copied as they lie: the database is copied by SQLite, the master keys only when
/// they are asked for, and the rest can be made again or says only who holds the folder now.
const LEFT_OUT: &[&str] = &[
    MASTER_KEYS,
    "mondo.sqlite",
    "mondo.sqlite-wal",
    "mondo.sqlite-shm",
    "mondo.sqlite-journal",
    "mondo.lock",
    // Names the newest checkpoint ever made, which may be newer than the copy of the database.
    "record.head",
    "index",
];

/// Copies everything into a new or empty folder and returns what it holds. The database is copied first, so that every
/// file it names is there already when the files are copied.
pub async fn make(
    source: &BackupSource,
    into: &Path,
    now: Timestamp,
) -> Result<Manifest, BackupError> {
    make_private_folder(into)?;
    if fs::read_dir(into)
        .map_err(BackupError::at(into))?
        .next()
        .is_some()
    {
        return Err(BackupError::TargetInUse {
            path: into.to_owned(),
        });
    }
    let data = into.join("data");
    make_private_folder(&data)?;
    copy_database(&source.data, &data).await?;
    for entry in fs::read_dir(&source.data).map_err(BackupError::at(&source.data))? {
        let entry = entry.map_err(BackupError::at(&source.data))?;
        let name = entry.file_name();
        if LEFT_OUT.iter().any(|left_out| name == *left_out) {
            continue;
        }
        let path = entry.path();
        let kind = entry.file_type().map_err(BackupError::at(&path))?;
        if kind.is_dir() {
            copy_tree(&path, &data.join(&name))?;
        } else if kind.is_file() {
            copy_file(&path, &data.join(&name))?;
        }
    }
    if let Some(keys) = &source.master_keys {
        let copy = data.join(MASTER_KEYS);
        fs::copy(keys, &copy).map_err(BackupError::at(keys))?;
    }
    copy_tree(&source.knowledge, &into.join("knowledge_base"))?;
    let manifest = Manifest::of_folder(into, now.as_millis())?;
    manifest.write(into)?;
    Ok(manifest)
}

/// Copies every regular file below a folder.
pub(super) fn copy_tree(from: &Path, to: &Path) -> Result<(), BackupError> {
    make_private_folder(to)?;
    for path in paths_below(from)? {
        let inside = path
            .strip_prefix(from)
            .expect("it was found below this folder");
        let target = to.join(inside);
        if let Some(folder) = target.parent() {
            make_private_folder(folder)?;
        }
        copy_file(&path, &target)?;
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Result<(), BackupError> {
    match fs::copy(from, to) {
        Ok(_) => Ok(()),
        // A file that a visitor never sent is swept away at any time; the manifest lists what was copied.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !from.exists() => Ok(()),
        Err(error) => Err(BackupError::at(from)(error)),
    }
}

pub(super) fn make_private_folder(folder: &Path) -> Result<(), BackupError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(BackupError::at(folder))
}
