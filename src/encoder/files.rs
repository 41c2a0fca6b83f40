//! The files of a model folder, on disk or part of the binary.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::card::Card;
use super::error::ModelError;

/// A file that is part of the binary: its name and what it holds.
pub type EmbeddedFile = (&'static str, &'static [u8]);

/// Name of the card.
pub(super) const CARD: &str = "card.toml";

/// Where the files of a folder are.
#[derive(Debug)]
pub(super) struct Files {
    path: PathBuf,
    embedded: Option<&'static [EmbeddedFile]>,
}

impl Files {
    /// Files of the binary; `label` stands for their path in messages.
    pub(super) fn embedded(label: &str, files: &'static [EmbeddedFile]) -> Self {
        Self {
            path: PathBuf::from(label),
            embedded: Some(files),
        }
    }

    /// Files of a folder on disk.
    pub(super) fn on_disk(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            embedded: None,
        }
    }

    /// Whether they are part of the binary.
    pub(super) fn are_embedded(&self) -> bool {
        self.embedded.is_some()
    }

    /// Names a file for messages.
    pub(super) fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder itself.
    pub(super) fn root(&self) -> &Path {
        &self.path
    }

    /// Reads a file.
    pub(super) fn read(&self, name: &str) -> Result<Cow<'static, [u8]>, ModelError> {
        let read = match self.embedded {
            Some(files) => files
                .iter()
                .find(|(file, _)| *file == name)
                .map(|(_, bytes)| Cow::Borrowed(*bytes))
                .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound)),
            None => std::fs::read(self.path.join(name)).map(Cow::Owned),
        };
        read.map_err(|source| ModelError::Unreadable {
            path: self.path.join(name),
            source,
        })
    }

    /// Tells whether there is such a file.
    pub(super) fn has(&self, name: &str) -> bool {
        match self.embedded {
            Some(files) => files.iter().any(|(file, _)| *file == name),
            None => self.path.join(name).is_file(),
        }
    }

    /// Reads a JSON file of the folder; `None` when there is none.
    pub(super) fn json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ModelError> {
        if !self.has(name) {
            return Ok(None);
        }
        let parsed = serde_json::from_slice(&self.read(name)?);
        parsed.map(Some).map_err(|source| ModelError::BadConfig {
            path: self.path.join(name),
            source,
        })
    }

    /// Reads the card, where there is one.
    pub(super) fn card(&self) -> Result<Option<Card>, ModelError> {
        if !self.has(CARD) {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&self.read(CARD)?).into_owned();
        let card = toml::from_str(&text).map_err(|source| ModelError::BadCard {
            path: self.path.join(CARD),
            source: Box::new(source),
        })?;
        Ok(Some(card))
    }

    /// Reads the weights, and says what is in the way when there are some in another format.
    pub(super) fn read_weights(&self, name: &str) -> Result<Cow<'static, [u8]>, ModelError> {
        if !self.has(name) {
            let beside = |other: &str| name.replace("model.safetensors", other);
            let pickle = beside("pytorch_model.bin");
            if self.has(&pickle) {
                return Err(ModelError::OnlyPickle {
                    path: self.path.join(pickle),
                });
            }
            let index = beside("model.safetensors.index.json");
            if self.has(&index) {
                return Err(ModelError::Unsupported {
                    path: self.path.join(index),
                    what: "weights in several files".to_owned(),
                    remedy: "save the model again with a greater max_shard_size, so that there is one model.safetensors",
                });
            }
        }
        self.read(name)
    }
}
