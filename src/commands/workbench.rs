//! The parts of an engine as the configuration names them, for commands that measure or check rather than serve.

use std::path::Path;
use std::sync::Arc;

use mondo::config::{Config, Overrides};
use mondo::encoder::{Encoder, ModelFolder};
use mondo::knowledge::KnowledgeBase;
use mondo::language::Detector;
use mondo::pipeline::{Engine, Fusion, Snapshot, Thresholds};

/// The configuration, and the encoder it names.
pub struct Workbench {
    /// Every setting.
    pub config: Config,
    /// The sentence encoder.
    pub encoder: Arc<dyn Encoder>,
}

impl Workbench {
    /// Reads the configuration and loads the encoder.
    pub fn open(config_file: Option<&Path>) -> anyhow::Result<Self> {
        let file = Config::file(config_file);
        let config = Config::load(file.as_deref(), std::env::vars(), Overrides::default())?.config;
        Self::with(config)
    }

    /// Loads the encoder a configuration names.
    pub fn with(config: Config) -> anyhow::Result<Self> {
        let encoder = ModelFolder::chosen(&config.encoder)?.load(&config.encoder)?;
        Ok(Self { config, encoder })
    }

    /// Indexes a knowledge base in memory and puts an engine over it.
    pub fn engine_over(
        &self,
        knowledge: KnowledgeBase,
        thresholds: Thresholds,
    ) -> anyhow::Result<Engine> {
        self.engine(
            Snapshot::build(knowledge, self.encoder.as_ref())?,
            thresholds,
        )
    }

    /// Puts an engine over a snapshot.
    pub fn engine(&self, snapshot: Snapshot, thresholds: Thresholds) -> anyhow::Result<Engine> {
        Ok(Engine::new(
            Detector::new(),
            Arc::clone(&self.encoder),
            Fusion::built_in()?,
            snapshot,
            thresholds,
            self.config.routing.clone(),
        ))
    }
}
