//! Reads and verifies a model folder; a damaged one is an error that names the file and the remedy.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::card::Card;

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file is missing or cannot be read.
    #[error(
        "could not read the model file {path}: {source}; restore the folder or point `model` at another one"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// `card.toml` is not a model card.
    #[error("{path} is not a model card: {source}; see models/README.md for its keys")]
    BadCard {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: Box<toml::de::Error>,
    },
    /// A file does not have the checksum its card states.
    #[error(
        "{path} is damaged: its SHA-256 is {found}, the card states {stated}; fetch the folder again"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Checksum found.
        found: String,
        /// Checksum stated.
        stated: String,
    },
    /// The card asks for a runtime this build lacks.
    #[error("the model {name} needs the runtime `{runtime}`; this build has: static")]
    UnknownRuntime {
        /// Name of the model.
        name: String,
        /// Runtime asked for.
        runtime: String,
    },
    /// The tokenizer file is not one.
    #[error("{path} is not a tokenizer: {reason}; it must be a Hugging Face tokenizer.json")]
    BadTokenizer {
        /// The file.
        path: PathBuf,
        /// What the tokenizer library said.
        reason: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The weights are not what the card says.
    #[error("{path} does not hold what its card says: {reason}")]
    BadWeights {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: BadWeights,
    },
}

/// What is wrong with a weights file.
#[derive(Debug, thiserror::Error)]
pub enum BadWeights {
    /// Not a safetensors file, or cut short.
    #[error("{0}")]
    Container(#[from] safetensors::SafeTensorError),
    /// The table has the wrong shape or type.
    #[error(
        "expected one F16 table of {dimension} columns named `embedding.weight`, found {found}"
    )]
    Table {
        /// Columns the card states.
        dimension: usize,
        /// What is there.
        found: String,
    },
    /// The tokenizer knows tokens the table lacks.
    #[error("the tokenizer has {tokens} tokens, the table {rows} rows")]
    TooFewRows {
        /// Size of the vocabulary.
        tokens: usize,
        /// Rows of the table.
        rows: usize,
    },
}

/// A verified model folder: its card and the bytes of its files.
#[derive(Debug)]
pub struct ModelFolder {
    /// Where it came from, for messages.
    pub path: PathBuf,
    /// Its card.
    pub card: Card,
    /// `tokenizer.json`.
    pub tokenizer: Cow<'static, [u8]>,
    /// `model.safetensors`.
    pub weights: Cow<'static, [u8]>,
}

/// Files a folder must have besides its card.
const TOKENIZER: &str = "tokenizer.json";
const WEIGHTS: &str = "model.safetensors";

impl ModelFolder {
    /// Gives the model that is part of the binary.
    pub fn built_in() -> Result<Self, ModelError> {
        Self::verified(
            PathBuf::from("built-in model"),
            include_str!("../../models/mondo-static-v1/card.toml"),
            Cow::Borrowed(include_bytes!(
                "../../models/mondo-static-v1/tokenizer.json"
            )),
            Cow::Borrowed(include_bytes!(
                "../../models/mondo-static-v1/model.safetensors"
            )),
        )
    }

    /// Reads a folder and checks every checksum its card states.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        let read = |name: &str| {
            let path = path.join(name);
            std::fs::read(&path).map_err(|source| ModelError::Unreadable { path, source })
        };
        let card = String::from_utf8_lossy(&read("card.toml")?).into_owned();
        Self::verified(
            path.to_owned(),
            &card,
            Cow::Owned(read(TOKENIZER)?),
            Cow::Owned(read(WEIGHTS)?),
        )
    }

    fn verified(
        path: PathBuf,
        card: &str,
        tokenizer: Cow<'static, [u8]>,
        weights: Cow<'static, [u8]>,
    ) -> Result<Self, ModelError> {
        let card: Card = toml::from_str(card).map_err(|source| ModelError::BadCard {
            path: path.join("card.toml"),
            source: Box::new(source),
        })?;
        for (name, bytes) in [(TOKENIZER, &tokenizer), (WEIGHTS, &weights)] {
            let Some(stated) = card.files.get(name) else {
                continue;
            };
            let found = sha256(bytes);
            if &found != stated {
                return Err(ModelError::Damaged {
                    path: path.join(name),
                    found,
                    stated: stated.clone(),
                });
            }
        }
        Ok(Self {
            path,
            card,
            tokenizer,
            weights,
        })
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
