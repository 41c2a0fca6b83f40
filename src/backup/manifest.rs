//! What a backup holds, file by file, with the digest of each.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::damage::Damage;
use super::error::BackupError;

/// Name of the manifest in the folder of a backup.
const FILE: &str = "manifest.json";

/// Format written here; a reader refuses later ones.
const FORMAT: u32 = 1;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of the backup.
    pub format: u32,
    /// Version of the program that made it.
    pub mondo: String,
    /// When it was made, in milliseconds since 1970 UTC.
    pub made_ms: i64,
    /// Every file but the manifest, in the order of their paths.
    pub files: Vec<KeptFile>,
}

/// One file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// Its path inside the backup, with `/` between the parts.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its content in lower-case hexadecimal digits.
    pub sha256: String,
}

impl Manifest {
    /// Lists what lies in a folder.
    pub(super) fn of_folder(folder: &Path, made_ms: i64) -> Result<Self, BackupError> {
        Ok(Self {
            format: FORMAT,
            mondo: env!("CARGO_PKG_VERSION").to_owned(),
            made_ms,
            files: files_in(folder)?,
        })
    }

    /// Writes the manifest into the folder of its backup.
    pub(super) fn write(&self, folder: &Path) -> Result<(), BackupError> {
        let path = folder.join(FILE);
        let text = serde_json::to_string_pretty(self).expect("a manifest has text keys only");
        let mut file = File::create(&path).map_err(BackupError::at(&path))?;
        io::Write::write_all(&mut file, text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(BackupError::at(&path))
    }

    /// Reads the manifest of a backup.
    pub fn read(folder: &Path) -> Result<Self, BackupError> {
        let path = folder.join(FILE);
        let read = fs::read(&path).and_then(|text| Ok(serde_json::from_slice::<Self>(&text)?));
        let manifest = read.map_err(|source| BackupError::NoManifest { path, source })?;
        if manifest.format > FORMAT {
            return Err(BackupError::NewerFormat {
                found: manifest.format,
                known: FORMAT,
            });
        }
        Ok(manifest)
    }

    /// Compares a backup with what its manifest says; empty when all is as it was.
    pub fn damage(&self, folder: &Path) -> Result<Vec<Damage>, BackupError> {
        let there = files_in(folder)?;
        let found = |path: &str| there.iter().find(|file| file.path == path);
        let mut damage: Vec<Damage> = self
            .files
            .iter()
            .filter_map(|file| match found(&file.path) {
                None => Some(Damage::Missing(file.path.clone())),
                Some(now) if now != file => Some(Damage::Changed(file.path.clone())),
                Some(_) => None,
            })
            .collect();
        damage.extend(
            there
                .iter()
                .filter(|file| self.files.iter().all(|known| known.path != file.path))
                .map(|file| Damage::Unknown(file.path.clone())),
        );
        Ok(damage)
    }

    /// Refuses a backup that is not as its manifest says.
    pub fn verify(&self, folder: &Path) -> Result<(), BackupError> {
        match self.damage(folder)? {
            damage if damage.is_empty() => Ok(()),
            damage => Err(BackupError::Damaged { damage }),
        }
    }
}

/// Lists every file below a folder but its manifest, ordered by path.
fn files_in(folder: &Path) -> Result<Vec<KeptFile>, BackupError> {
    let mut files = Vec::new();
    for path in paths_below(folder)? {
        let inside = inside(folder, &path);
        if inside != FILE {
            files.push(described(&path, inside)?);
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Lists the regular files below a folder.
pub(super) fn paths_below(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(BackupError::at(&folder))?;
        for entry in entries {
            let entry = entry.map_err(BackupError::at(&folder))?;
            let path = entry.path();
            // A link could lead anywhere, and round in a circle.
            let kind = entry.file_type().map_err(BackupError::at(&path))?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn inside(folder: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap_or(path).components();
    let parts: Vec<_> = parts
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}

fn described(path: &Path, inside: String) -> Result<KeptFile, BackupError> {
    let mut file = File::open(path).map_err(BackupError::at(path))?;
    let mut digest = Sha256::new();
    let mut bytes = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(BackupError::at(path))?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
        bytes += read as u64;
    }
    Ok(KeptFile {
        path: inside,
        bytes,
        sha256: hex::encode(digest.finalize()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flipped_byte_a_lost_file_and_a_stranger_are_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("data")).expect("made");
        fs::write(at("data/one"), "first").expect("written");
        fs::write(at("data/two"), "second").expect("written");
        let manifest = Manifest::of_folder(folder.path(), 7).expect("listed");
        manifest.write(folder.path()).expect("written");
        assert_eq!(Manifest::read(folder.path()).expect("read"), manifest);
        assert_eq!(manifest.damage(folder.path()).expect("compared"), []);

        fs::write(at("data/one"), "fIrst").expect("written");
        fs::remove_file(at("data/two")).expect("removed");
        fs::write(at("data/three"), "third").expect("written");
        assert_eq!(
            manifest.damage(folder.path()).expect("compared"),
            [
                Damage::Changed("data/one".to_owned()),
                Damage::Missing("data/two".to_owned()),
                Damage::Unknown("data/three".to_owned()),
            ]
        );
        assert!(matches!(
            manifest.verify(folder.path()),
            Err(BackupError::Damaged { damage }) if damage.len() == 3
        ));
    }
}
