//! Which model a command works with, and how it writes what it found.

use std::path::{Path, PathBuf};

use crate::config::{Config, Overrides};
use crate::encoder::EncoderSettings;

/// Shape of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// The word that stands for the model that is part of the binary.
pub(super) const BUILT_IN: &str = "built-in";

/// The configured settings, with the folder given on the command line in place of the configured one.
pub(super) fn settings(
    config_file: Option<&Path>,
    folder: Option<&Path>,
) -> anyhow::Result<EncoderSettings> {
    let mut settings = configuration(config_file)?.encoder;
    if let Some(folder) = folder {
        settings.model = match folder.to_str() == Some(BUILT_IN) {
            true => PathBuf::new(),
            false => folder.to_owned(),
        };
    }
    Ok(settings)
}

pub(super) fn configuration(config_file: Option<&Path>) -> anyhow::Result<Config> {
    let file = Config::file(config_file);
    Ok(Config::load(file.as_deref(), std::env::vars(), Overrides::default())?.config)
}

/// A number of bytes as people say it.
pub(super) fn in_mebibytes(bytes: usize) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
