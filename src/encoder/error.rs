//! Why a model cannot be used: every message names the file and says what to do.

use std::io;
use std::path::PathBuf;

use super::settings::Runtime;

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file is missing or cannot be read.
    #[error(
        "could not read the model file {path}: {source}; restore the folder or point `encoder.model` at another one"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder holds nothing a model is made of.
    #[error(
        "{path} is not a model folder: it has none of modules.json, config.json and card.toml; point `encoder.model` at a folder in the sentence-transformers or model2vec layout"
    )]
    NotAModel {
        /// The folder.
        path: PathBuf,
    },
    /// The weights are there, but only as a pickle, which can run code when it is read.
    #[error(
        "{path} is a pickle, which mondo does not read because it can run code; save the model again with sentence-transformers (`SentenceTransformer(DIR).save_pretrained(NEW_DIR)`), which writes model.safetensors"
    )]
    OnlyPickle {
        /// The pickle.
        path: PathBuf,
    },
    /// `card.toml` is not a model card.
    #[error("{path} is not a model card: {source}; see models/README.md for its keys")]
    BadCard {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: Box<toml::de::Error>,
    },
    /// A configuration of the folder is not what its name says.
    #[error("{path} cannot be read: {source}; fetch the folder again")]
    BadConfig {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
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
    /// The folder is of a kind no runtime loads.
    #[error("{path} asks for {what}, which mondo does not run; {remedy}")]
    Unsupported {
        /// The file that asks for it.
        path: PathBuf,
        /// What it asks for.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The runtime asked for does not load this kind of folder.
    #[error(
        "the runtime `{asked}` does not load {path}, which is made for `{fitting}`; set `encoder.runtime` to \"auto\" or \"{fitting}\""
    )]
    WrongRuntime {
        /// The folder.
        path: PathBuf,
        /// The runtime asked for.
        asked: Runtime,
        /// One that would do.
        fitting: Runtime,
    },
    /// The runtime asked for is not part of this build.
    #[error(
        "this build has no runtime `{0}`; build mondo with `--features rust-bert` (models/libtorch/README.md), or set `encoder.runtime` to \"auto\""
    )]
    NotInThisBuild(Runtime),
    /// No CUDA device answers.
    #[error(
        "`encoder.device` is \"cuda\", but libtorch finds no CUDA device; set it to \"auto\" or \"cpu\", or use a libtorch built for CUDA"
    )]
    NoCuda,
    /// The tokenizer file is not one.
    #[error("{path} is not a tokenizer: {reason}; it must be a Hugging Face tokenizer.json")]
    BadTokenizer {
        /// The file.
        path: PathBuf,
        /// What the tokenizer library said.
        reason: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The weights are not what the configuration says.
    #[error("{path} cannot be used: {reason}; fetch the folder again or correct its configuration")]
    BadWeights {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: BadWeights,
    },
    /// A known text gets another vector than its card states.
    #[error(
        "{path} does not compute what its card states: {text:?} differs by {difference:.4}; fetch the folder again, or make the card anew if the weights were changed on purpose"
    )]
    WrongVector {
        /// The folder.
        path: PathBuf,
        /// The text.
        text: String,
        /// Greatest difference in one number.
        difference: f32,
    },
}

/// What is wrong with a weights file.
#[derive(Debug, thiserror::Error)]
pub enum BadWeights {
    /// Not a safetensors file, or cut short.
    #[error("it is damaged or cut short ({0})")]
    Container(#[from] safetensors::SafeTensorError),
    /// A tensor is not there.
    #[error("it has no tensor `{name}`; it has {found}")]
    Missing {
        /// The tensor.
        name: String,
        /// Some of those that are.
        found: String,
    },
    /// A tensor has another shape than the configuration says.
    #[error("`{name}` has the shape {found:?}, the configuration says {expected:?}")]
    Shape {
        /// The tensor.
        name: String,
        /// Shape found.
        found: Vec<usize>,
        /// Shape wanted.
        expected: Vec<usize>,
    },
    /// A tensor has a number format that is not read.
    #[error(
        "`{name}` is kept as {found}, which is not read here; use F32, F16, BF16, or I8 or U8 with `{name}.scale` (models/README.md)"
    )]
    Format {
        /// The tensor.
        name: String,
        /// Its number format.
        found: String,
    },
    /// The vectors have another length than the card says.
    #[error("its vectors have {found} numbers, the card states {stated}")]
    Dimension {
        /// Length found.
        found: usize,
        /// Length stated.
        stated: usize,
    },
    /// The tokenizer knows tokens the table lacks.
    #[error("the tokenizer has {tokens} tokens, the table {rows} rows")]
    TooFewRows {
        /// Size of the vocabulary.
        tokens: usize,
        /// Rows of the table.
        rows: usize,
    },
    /// The table has other rows than those of the tokens and of the pairs that the card states.
    #[error(
        "its table has {rows} rows; {tokens} tokens and the {pairs} pairs of characters its card states make {}",
        tokens + pairs
    )]
    Pairs {
        /// Rows of the table.
        rows: usize,
        /// Size of the vocabulary.
        tokens: usize,
        /// Pairs stated.
        pairs: usize,
    },
}
