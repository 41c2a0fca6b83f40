//! The record of an import, kept in the target: which page became which article, and what was written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::ImportError;

/// Name of the record in a knowledge folder.
pub const MANIFEST: &str = ".mondo-import.json";

/// Where an article was put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its identifier.
    pub id: String,
    /// Its folder below the target, `/` between parts.
    pub folder: String,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The page or picture it was made from.
    pub from: String,
    /// What was written, as a hash.
    pub hash: String,
}

/// Everything an earlier import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Articles by the keys of their pages.
    pub articles: BTreeMap<String, Place>,
    /// Files by their paths below the target.
    pub files: BTreeMap<String, Written>,
    /// Pages that somebody joined to others as their translations, by the keys of both.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub joined: BTreeMap<String, String>,
}

impl Manifest {
    /// Reads the record of a target; an empty one where there is none.
    pub fn load(target: &Path) -> Result<Self, ImportError> {
        let path = target.join(MANIFEST);
        if !path.exists() {
            return Ok(Self::default());
        }
        let bytes = fs::read(&path).map_err(ImportError::reading(&path))?;
        serde_json::from_slice(&bytes).map_err(|source| ImportError::BadManifest { path, source })
    }

    /// Writes the record in place of the one before.
    pub fn save(&self, target: &Path) -> Result<(), ImportError> {
        let path = target.join(MANIFEST);
        let mut text =
            serde_json::to_vec_pretty(self).map_err(|source| ImportError::BadManifest {
                path: path.clone(),
                source,
            })?;
        text.push(b'\n');
        replace_file(&path, &text)
    }
}

/// Writes a file beside its place and then moves it there, so that nobody reads half of it.
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), ImportError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(ImportError::writing(folder))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.importing"));
    fs::write(&beside, bytes).map_err(ImportError::writing(&beside))?;
    fs::rename(&beside, path).map_err(ImportError::writing(path))
}

/// Names bytes by their content.
pub fn hash_of(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..16])
}
