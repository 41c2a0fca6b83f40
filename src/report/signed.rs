//! A report as a folder whose files are vouched for: the manifest names the digest of each, and is signed with the key of
//! the record.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::record::{PublicKey, Signature};

/// Name of the manifest in the folder.
pub const MANIFEST: &str = "manifest.json";

/// What a manifest says of the files beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// SHA-256 of each file, by its name.
    pub files: BTreeMap<String, String>,
    /// The key that signed; compare it with the one that was published.
    pub public_key: PublicKey,
    /// The signature over [`statement_of`] the files.
    pub signature: Signature,
}

/// What is wrong with a folder.
#[derive(Debug, thiserror::Error)]
pub enum ReportFault {
    /// A file cannot be read.
    #[error("{file}: {source}")]
    Unreadable {
        /// Which.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// The manifest is none.
    #[error("{MANIFEST} is no manifest of a report: {0}")]
    NoManifest(#[from] serde_json::Error),
    /// Signed with another key than was expected.
    #[error("it is signed with {0}, and not with the key that was named")]
    OtherKey(PublicKey),
    /// The signature belongs to other digests.
    #[error("{MANIFEST} is not what was signed")]
    Signature,
    /// A file is not what was signed.
    #[error("{0} is not what was signed")]
    Altered(String),
}

/// Returns the digests of files by their names.
pub fn digests(files: &BTreeMap<&str, String>) -> BTreeMap<String, String> {
    let digest = |text: &String| hex::encode(Sha256::digest(text.as_bytes()));
    files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), digest(text)))
        .collect()
}

/// Returns what is signed: a line for each file, with its digest and its name.
pub fn statement_of(digests: &BTreeMap<String, String>) -> String {
    let lines = digests
        .iter()
        .map(|(name, digest)| format!("{digest}  {name}\n"));
    lines.collect()
}

/// Checks a folder; with a key that was published, also whose it is. Returns the names of the files that are vouched for.
pub fn verify(folder: &Path, published: Option<PublicKey>) -> Result<Vec<String>, ReportFault> {
    let read = |name: &str| {
        fs::read(folder.join(name)).map_err(|source| ReportFault::Unreadable {
            file: name.to_owned(),
            source,
        })
    };
    let manifest: Manifest = serde_json::from_slice(&read(MANIFEST)?)?;
    let key = manifest.public_key;
    if published.is_some_and(|published| published != key) {
        return Err(ReportFault::OtherKey(key));
    }
    let statement = statement_of(&manifest.files);
    if !key.has_signed_statement(&statement, &manifest.signature) {
        return Err(ReportFault::Signature);
    }
    for (name, digest) in &manifest.files {
        // A name from elsewhere must not lead out of the folder.
        let is_plain = Path::new(name)
            .file_name()
            .is_some_and(|own| own == name.as_str());
        if !is_plain || hex::encode(Sha256::digest(read(name)?)) != *digest {
            return Err(ReportFault::Altered(name.clone()));
        }
    }
    Ok(manifest.files.into_keys().collect())
}
