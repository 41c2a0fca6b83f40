//! Where a command of the record finds its data folder and settings.

use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::Context;

use crate::config::{Config, Overrides};
use crate::store::{Reader, Store};
use crate::time::Timestamp;

/// The data folder and the configuration file.
#[derive(Debug, clap::Args)]
pub struct DataPlace {
    /// Folder for the database [default: data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl DataPlace {
    /// Reads the settings.
    pub fn settings(&self) -> anyhow::Result<Config> {
        let mut overrides = Overrides::default();
        if let Some(folder) = &self.data {
            let folder = folder.to_str().context("the data folder is not UTF-8")?;
            overrides.set("server.data", "--data", folder);
        }
        let file = Config::file(self.config.as_deref());
        Ok(Config::load(file.as_deref(), std::env::vars(), overrides)?.config)
    }

    /// Opens the store, which must be there already.
    pub async fn store(&self) -> anyhow::Result<Store> {
        let config = self.settings()?;
        // Whoever looks for a record does not want an empty one made.
        drop(Reader::open_with(&config.server.data, &config.store, &config.sealing).await?);
        let store =
            Store::open_with(&config.server.data, &config.store, &config.sealing, now()).await?;
        Ok(store.with_files(config.attachments)?)
    }

    /// Opens the store for reading only.
    pub async fn reader(&self) -> anyhow::Result<Reader> {
        let config = self.settings()?;
        Ok(Reader::open_with(&config.server.data, &config.store, &config.sealing).await?)
    }
}

/// The moment the command runs at.
pub fn now() -> Timestamp {
    Timestamp::from(SystemTime::now())
}

/// Runs a future of a command.
pub fn run<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Runtime::new()
        .context("could not start the runtime")?
        .block_on(future)
}
