//! Reads and verifies a model folder; a damaged one is an error that names the file and the remedy.
//!
//! A folder is in the sentence-transformers or the model2vec layout. `card.toml` is ours and optional: it adds
//! checksums, prefixes and known vectors, and wins over the folder's own configuration.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::TextRole;
use super::card::Card;
use super::error::ModelError;
use super::files::{CARD, EmbeddedFile, Files};
use super::layout::Layout;
use super::settings::{EncoderSettings, Mode, Runtime};

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
        include_bytes!("../../models/mondo-transformer-v3/card.toml"),
    ),
    (
        "modules.json",
        include_bytes!("../../models/mondo-transformer-v3/modules.json"),
    ),
    (
        "config.json",
        include_bytes!("../../models/mondo-transformer-v3/config.json"),
    ),
    (
        "sentence_bert_config.json",
        include_bytes!("../../models/mondo-transformer-v3/sentence_bert_config.json"),
    ),
    (
        "1_Pooling/config.json",
        include_bytes!("../../models/mondo-transformer-v3/1_Pooling/config.json"),
    ),
    (
        "tokenizer.json",
        include_bytes!("../../models/mondo-transformer-v3/tokenizer.json"),
    ),
    (
        "model.safetensors",
        include_bytes!("../../models/mondo-transformer-v3/model.safetensors"),
    ),
];

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
    /// Returns the model that is part of the binary.
    pub fn built_in() -> Result<Self, ModelError> {
        Self::embedded("built-in model", BUILT_IN)
    }

    /// Returns a model whose files are part of the binary; `label` stands for its path in messages.
    pub fn embedded(label: &str, files: &'static [EmbeddedFile]) -> Result<Self, ModelError> {
        Self::verified(Files::embedded(label, files))
    }

    /// Reads a folder and checks every checksum its card states.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        Self::verified(Files::on_disk(path))
    }

    /// Opens the folder the settings name, or the built-in one.
    pub fn chosen(settings: &EncoderSettings) -> Result<Self, ModelError> {
        settings.chosen().map_or_else(Self::built_in, Self::open)
    }

    /// Returns the second, slower model that is part of the binary.
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
            let name = files.root().file_name().unwrap_or(files.root().as_os_str());
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
                    Err(_) if files.are_embedded() => continue,
                    bytes => sha256(&bytes?),
                },
            };
            if found != *stated {
                return Err(ModelError::Damaged {
                    path: files.path_of(name),
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
        self.files.root()
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

    /// The same bytes where they are part of the binary and so stay where they are.
    pub(super) fn lasting_weights(&self) -> Option<&'static [u8]> {
        match self.weights {
            Cow::Borrowed(bytes) => Some(bytes),
            Cow::Owned(_) => None,
        }
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
            (Layout::Transformer(_), _) => Runtime::Transformer,
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
                path: self.files.root().to_owned(),
                asked,
                fitting,
            }),
        }
    }

    /// Reads another file of the folder.
    pub(super) fn read(&self, name: &str) -> Result<Cow<'static, [u8]>, ModelError> {
        self.files.read(name)
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
