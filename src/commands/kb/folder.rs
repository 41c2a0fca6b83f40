//! The knowledge folder that a command works on.

use std::path::PathBuf;

use crate::config::{Config, Overrides};

/// Returns the folder that was named, else the one of the configuration.
pub fn knowledge_folder(
    named: Option<&PathBuf>,
    config: Option<&PathBuf>,
) -> anyhow::Result<PathBuf> {
    if let Some(named) = named {
        return Ok(named.clone());
    }
    let file = Config::file(config.map(PathBuf::as_path));
    let effective = Config::load(file.as_deref(), std::env::vars(), Overrides::default())?;
    Ok(effective.config.server.kb)
}
