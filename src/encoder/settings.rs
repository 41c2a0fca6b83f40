//! Which encoder to load, and where it runs.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Which encoder to load, and where it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderSettings {
    /// The model folder; empty for the built-in one.
    pub model: PathBuf,
    /// How much a question may cost.
    pub mode: Mode,
    /// The folder of the second, slower encoder; empty for the built-in one beside the built-in first one.
    pub second: PathBuf,
    /// What runs it.
    pub runtime: RuntimeChoice,
    /// Where the runtime `rust-bert` computes.
    pub device: DeviceChoice,
}

impl EncoderSettings {
    /// Returns the folder, or nothing for the built-in model.
    pub fn chosen(&self) -> Option<&Path> {
        (!self.model.as_os_str().is_empty()).then_some(self.model.as_path())
    }

    /// Returns the folder of the second encoder, or nothing for the built-in one.
    pub fn chosen_second(&self) -> Option<&Path> {
        (!self.second.as_os_str().is_empty()).then_some(self.second.as_path())
    }
}

/// How much a question may cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The first encoder alone.
    Fast,
    /// The second encoder where the first leaves doubt.
    #[default]
    Default,
    /// Both encoders for every question.
    Best,
}

/// What turns a folder's weights into vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Runtime {
    /// Averages rows of a table.
    Static,
    /// A transformer on the processor, part of every build.
    #[serde(alias = "candle")]
    Transformer,
    /// The same transformers on libtorch, part of builds with the feature `rust-bert`.
    RustBert,
}

impl Runtime {
    /// The name settings and cards use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Transformer => "transformer",
            Self::RustBert => "rust-bert",
        }
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Which runtime the operator wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuntimeChoice {
    /// The one the folder is made for.
    #[default]
    Auto,
    /// Only a table of token vectors will do.
    Static,
    /// A transformer on the processor.
    #[serde(alias = "candle")]
    Transformer,
    /// rust-bert.
    RustBert,
}

impl RuntimeChoice {
    /// The runtime asked for, if one was.
    pub fn asked(self) -> Option<Runtime> {
        match self {
            Self::Auto => None,
            Self::Static => Some(Runtime::Static),
            Self::Transformer => Some(Runtime::Transformer),
            Self::RustBert => Some(Runtime::RustBert),
        }
    }
}

/// Where libtorch computes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceChoice {
    /// A CUDA device when there is one, the processor otherwise.
    Auto,
    /// The processor.
    #[default]
    Cpu,
    /// The first CUDA device; an error when there is none.
    Cuda,
}
