//! Which days are looked at, and where.

use std::path::PathBuf;
use std::time::SystemTime;

use crate::store::Reader;
use crate::time::Timestamp;
use anyhow::Context;

use crate::commands::workbench::Workbench;

/// Where to read.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// Days to look back
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=365))]
    pub(super) days: u32,
    /// Folder with the database [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

impl Place {
    /// The folder with the database.
    pub(super) fn data(&self, workbench: &Workbench) -> PathBuf {
        let data = self.data.as_ref();
        data.unwrap_or(&workbench.config.server.data).clone()
    }

    /// The present moment.
    pub(super) fn now() -> Timestamp {
        Timestamp::from(SystemTime::now())
    }

    /// Reads the database beside the server, if one runs.
    pub(super) fn read<T>(
        &self,
        workbench: &Workbench,
        work: impl AsyncFnOnce(&Reader) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("could not start the runtime")?;
        runtime.block_on(async {
            let config = &workbench.config;
            let data = self.data(workbench);
            let reader = Reader::open_with(&data, &config.store, &config.sealing).await?;
            work(&reader).await
        })
    }
}
