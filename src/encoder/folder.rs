//! Reads and verifies a model folder; a damaged one is an error that names the file and the remedy.
//!
//! A folder is in the sentence-transformers or the model2vec layout. `card.toml` is ours and optional: it adds
//! checksums, prefixes and known vectors, and wins over the folder's own configuration.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::candle_encoder::CandleEncoder;
use super::card::Card;
use super::error::ModelError;
use super::layout::Layout;
use super::settings::{EncoderSettings, Mode, Runtime};
use super::static_encoder::StaticEncoder;
use super::{Encoder, TextRole};

/// A file that is part of the binary: its name and what it holds.
pub type EmbeddedFile = (&'static str, &'static [u8]);

const BUILT_IN: &[EmbeddedFile] = &[
    (
        CARD,
        include_bytes!("../../models/mondo-static-v1/card.toml"),
    ),
    (
        "modules.json",
        include_bytes!("../../models/mondo-static-v1/modules.json"),
    ),
    (
        "tokenizer.json",
        include_bytes!("../../models/mondo-static-v1/tokenizer.json"),
    ),
    (
        "model.safetensors",
        include_bytes!("../../models/mondo-static-v1/model.safetensors"),
    ),
];

const BUILT_IN_SECOND: &[EmbeddedFile] = &[
    (
        CARD,
        include_bytes!("../../models/mondo-transformer-v1/card.toml"),
    ),
    (
        "modules.json",
        include_bytes!("../../models/mondo-transformer-v1/modules.json"),
    ),
    (
        "config.json",
        include_bytes!("../../models/mondo-transformer-v1/config.json"),
    ),
    (
        "sentence_bert_config.json",
        include_bytes!("../../models/mondo-transformer-v1/sentence_bert_config.json"),
    ),
    (
        "1_Pooling/config.json",
        include_bytes!("../../models/mondo-transformer-v1/1_Pooling/config.json"),
    ),
    (
        "tokenizer.json",
        include_bytes!("../../models/mondo-transformer-v1/tokenizer.json"),
    ),
    (
        "model.safetensors",
        include_bytes!("../../models/mondo-transformer-v1/model.safetensors"),
    ),
];

const CARD: &str = "card.toml";

/// A verified model folder: its card, its layout, and its weights and tokenizer in memory.
#[derive(Debug)]
pub struct ModelFolder {
    files: Files,
    card: Card,
    layout: Layout,
    weights: Cow<'static, [u8]>,
    tokenizer: Cow<'static, [u8]>,
    identity: String,
    checksum: String,
}

impl ModelFolder {
    /// Gives the model that is part of the binary.
    pub fn built_in() -> Result<Self, ModelError> {
        Self::embedded("built-in model", BUILT_IN)
    }

    /// Gives a model whose files are part of the binary; `label` stands for its path in messages.
    pub fn embedded(label: &str, files: &'static [EmbeddedFile]) -> Result<Self, ModelError> {
        Self::verified(Files {
            path: PathBuf::from(label),
            embedded: Some(files),
        })
    }

    /// Reads a folder and checks every checksum its card states.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        Self::verified(Files {
            path: path.to_owned(),
            embedded: None,
        })
    }

    /// Opens the folder the settings name, or the built-in one.
    pub fn chosen(settings: &EncoderSettings) -> Result<Self, ModelError> {
        settings.chosen().map_or_else(Self::built_in, Self::open)
    }

    /// Gives the second, slower model that is part of the binary.
    pub fn built_in_second() -> Result<Self, ModelError> {
        Self::embedded("built-in second model", BUILT_IN_SECOND)
    }

    /// Opens the second folder the settings name, or the built-in one; none in the mode `fast`, nor beside a first
    /// model of the operator's own that none was named for.
    pub fn chosen_second(settings: &EncoderSettings) -> Result<Option<Self>, ModelError> {
        match (settings.mode, settings.chosen_second(), settings.chosen()) {
            (Mode::Fast, _, _) | (_, None, Some(_)) => Ok(None),
            (_, Some(folder), _) => Self::open(folder).map(Some),
            (_, None, None) => Self::built_in_second().map(Some),
        }
    }

    fn verified(files: Files) -> Result<Self, ModelError> {
        let card = files.card()?;
        let layout = Layout::read(&files, card.as_ref())?;
        let mut card = card.unwrap_or_default();
        if card.name.is_empty() {
            let name = files.path.file_name().unwrap_or(files.path.as_os_str());
            card.name = name.to_string_lossy().into_owned();
        }
        let (weights_name, tokenizer_name) = (layout.weights(), layout.tokenizer());
        let tokenizer = files.read(&tokenizer_name)?;
        let weights = files.read_weights(&weights_name)?;
        let weights_sum = sha256(&weights);
        let tokenizer_sum = sha256(&tokenizer);
        for (name, stated) in &card.files {
            let found = match name {
                name if *name == weights_name => weights_sum.clone(),
                name if *name == tokenizer_name => tokenizer_sum.clone(),
                // The binary holds only what it needs of its folder.
                name => match files.read(name) {
                    Err(_) if files.embedded.is_some() => continue,
                    bytes => sha256(&bytes?),
                },
            };
            if found != *stated {
                return Err(ModelError::Damaged {
                    path: files.path.join(name),
                    found,
                    stated: stated.clone(),
                });
            }
        }
        let mut folder = Self {
            files,
            card,
            layout,
            weights,
            tokenizer,
            identity: String::new(),
            checksum: weights_sum,
        };
        folder.identity = folder.fingerprint(&tokenizer_sum)?;
        Ok(folder)
    }

    /// Names everything a vector depends on: weights, tokenizer, and how the folder wants them used.
    fn fingerprint(&self, tokenizer: &str) -> Result<String, ModelError> {
        let mut text = format!("{}\n{tokenizer}\n{}\n", self.checksum, self.layout.recipe());
        for role in TextRole::ALL {
            let _ = writeln!(text, "{}", self.prefix(role));
        }
        let _ = writeln!(text, "{}", self.max_tokens());
        let _ = writeln!(text, "{}", self.card.character_pairs);
        let _ = writeln!(text, "{:?}", self.card.half_weight_share);
        for name in self.layout.further_weights() {
            let _ = writeln!(text, "{}", sha256(&self.files.read(&name)?));
        }
        let sum = sha256(text.as_bytes());
        Ok(format!("{}@{}", self.card.name, &sum[..12]))
    }

    /// Where it came from, for messages.
    pub fn path(&self) -> &Path {
        &self.files.path
    }

    /// Its card; that of a folder without one holds only the folder's name.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// How its files fit together.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Names the exact weights and their use; vectors of different identities must never be mixed.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// SHA-256 of its main weights file.
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// The bytes of its main weights file.
    pub fn weights(&self) -> &[u8] {
        &self.weights
    }

    /// Keeps only the bytes of its main weights file.
    pub(super) fn into_weights(self) -> Cow<'static, [u8]> {
        self.weights
    }

    /// The bytes of its tokenizer file.
    pub fn tokenizer(&self) -> &[u8] {
        &self.tokenizer
    }

    /// What is put before a text: the card's word, else the folder's prompts.
    pub fn prefix(&self, role: TextRole) -> &str {
        let stated = match role {
            TextRole::Query => &self.card.query_prefix,
            TextRole::Passage => &self.card.passage_prefix,
        };
        stated
            .as_deref()
            .unwrap_or_else(|| self.layout.prompts().of(role))
    }

    /// Longest text in tokens; what follows is cut.
    pub fn max_tokens(&self) -> usize {
        let own = self.layout.max_tokens();
        self.card.max_tokens.map_or(own, |stated| stated.min(own))
    }

    /// The runtime that loads it when the settings do not name one.
    pub fn fitting_runtime(&self) -> Runtime {
        match (&self.layout, self.card.runtime) {
            (Layout::Static(_), _) => Runtime::Static,
            (Layout::Transformer(_), Some(Runtime::RustBert)) => Runtime::RustBert,
            (Layout::Transformer(_), _) => Runtime::Candle,
        }
    }

    /// The runtime the settings ask for, or the fitting one.
    pub fn runtime(&self, settings: &EncoderSettings) -> Result<Runtime, ModelError> {
        let fitting = self.fitting_runtime();
        let asked = settings.runtime.asked().unwrap_or(fitting);
        let fits = match self.layout {
            Layout::Static(_) => asked == Runtime::Static,
            Layout::Transformer(_) => asked != Runtime::Static,
        };
        match fits {
            true => Ok(asked),
            false => Err(ModelError::WrongRuntime {
                path: self.files.path.clone(),
                asked,
                fitting,
            }),
        }
    }

    /// Loads it into the runtime the settings ask for.
    pub fn load(self, settings: &EncoderSettings) -> Result<Arc<dyn Encoder>, ModelError> {
        match self.runtime(settings)? {
            Runtime::Static => Ok(Arc::new(StaticEncoder::load(self)?)),
            Runtime::Candle => Ok(Arc::new(CandleEncoder::load(self)?)),
            #[cfg(feature = "rust-bert")]
            Runtime::RustBert => Ok(Arc::new(super::rust_bert_encoder::RustBertEncoder::load(
                self,
                settings.device,
            )?)),
            #[cfg(not(feature = "rust-bert"))]
            Runtime::RustBert => Err(ModelError::NotInThisBuild(Runtime::RustBert)),
        }
    }

    /// Reads another file of the folder.
    pub(super) fn read(&self, name: &str) -> Result<Cow<'static, [u8]>, ModelError> {
        self.files.read(name)
    }
}

/// Where the files of a folder are.
#[derive(Debug)]
pub(super) struct Files {
    path: PathBuf,
    embedded: Option<&'static [EmbeddedFile]>,
}

impl Files {
    /// Names a file for messages.
    pub(super) fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub(super) fn root(&self) -> &Path {
        &self.path
    }

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

    fn card(&self) -> Result<Option<Card>, ModelError> {
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
    fn read_weights(&self, name: &str) -> Result<Cow<'static, [u8]>, ModelError> {
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

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
