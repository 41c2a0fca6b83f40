//! The parts of an engine as the configuration names them, for commands that measure or check rather than serve.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Config, Overrides};
use crate::encoder::{Encoder, Mode, ModelFolder};
use crate::knowledge::KnowledgeBase;
use crate::language::Detector;
use crate::pipeline::{
    Engine, FIRST_EVIDENCE, Fusion, SecondOpinion, Snapshot, SnapshotError, Thresholds,
    evidence_names,
};

use super::counted_encoder::{counted_over, counted_over_second};

/// The configuration, and the encoder it names.
pub struct Workbench {
    /// Every setting.
    pub config: Config,
    /// The sentence encoder.
    pub encoder: Arc<dyn Encoder>,
    /// The second encoder, in modes that ask it.
    pub second: Option<SecondOpinion>,
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
        let second = match ModelFolder::chosen_second(&config.encoder)? {
            Some(folder) => Some(SecondOpinion {
                encoder: folder.load(&config.encoder)?,
                fusion: Fusion::built_in_for_both()?,
                sure_from: match config.encoder.mode {
                    Mode::Best => SecondOpinion::ALWAYS,
                    Mode::Fast | Mode::Default => SecondOpinion::SURE,
                },
            }),
            None => None,
        };
        Ok(Self {
            config,
            encoder,
            second,
        })
    }

    /// Names of the evidence that every question gets; in the mode `default` some get more than others.
    pub fn evidence_names(&self) -> anyhow::Result<Vec<&'static str>> {
        let names = evidence_names();
        match (self.config.encoder.mode, &self.second) {
            (Mode::Best, Some(_)) => Ok(names),
            (_, None) => Ok(names[..FIRST_EVIDENCE].to_vec()),
            _ => anyhow::bail!(
                "in the mode default only doubtful questions get the second encoder's evidence; set MONDO__ENCODER__MODE to fast or best"
            ),
        }
    }

    /// Indexes a knowledge base in memory and puts an engine over it, with all its encoders ready.
    pub fn engine_over(
        &self,
        knowledge: KnowledgeBase,
        thresholds: Thresholds,
    ) -> anyhow::Result<Engine> {
        let snapshot = Snapshot::build(knowledge, self.encoder.as_ref())?;
        self.add_second(&snapshot)?;
        self.engine(snapshot, thresholds)
    }

    /// Puts an engine over the kept index of a knowledge base, with all its encoders ready; over one in memory where the
    /// data folder cannot be written.
    pub fn engine_over_kept(
        &self,
        knowledge: KnowledgeBase,
        data: &Path,
    ) -> anyhow::Result<Engine> {
        let thresholds = self.config.thresholds.clone();
        self.engine_over_index(knowledge, &index_folder(data), thresholds)
    }

    /// Puts an engine over the index kept in a folder, as [`engine_over_kept`](Self::engine_over_kept) does, with other
    /// thresholds than the configured ones.
    pub fn engine_over_index(
        &self,
        knowledge: KnowledgeBase,
        folder: &Path,
        thresholds: Thresholds,
    ) -> anyhow::Result<Engine> {
        let encoder = counted_over(Arc::clone(&self.encoder), &knowledge);
        let opened = Snapshot::open_or_build(folder, knowledge.clone(), &encoder);
        drop(encoder);
        let snapshot = match opened {
            Ok(snapshot) => snapshot,
            Err(SnapshotError::Unwritable { .. }) => {
                return self.engine_over(knowledge, thresholds);
            }
            Err(error) => return Err(error.into()),
        };
        self.add_second(&snapshot)?;
        self.engine(snapshot, thresholds)
    }

    /// Identity of the encoders, as a snapshot that all have read states it.
    pub fn identity(&self) -> String {
        let second = self.second.as_ref().map(|second| second.encoder.identity());
        Snapshot::identity_of(self.encoder.identity(), second)
    }

    fn add_second(&self, snapshot: &Snapshot) -> anyhow::Result<()> {
        let Some(second) = &self.second else {
            return Ok(());
        };
        let encoder = counted_over_second(Arc::clone(&second.encoder), snapshot.knowledge());
        Ok(snapshot.add_second_encoder(&encoder, None)?)
    }

    /// Puts an engine over a snapshot.
    pub fn engine(&self, snapshot: Snapshot, thresholds: Thresholds) -> anyhow::Result<Engine> {
        let engine = Engine::new(
            Detector::new(),
            Arc::clone(&self.encoder),
            Fusion::built_in()?,
            snapshot,
            thresholds,
            self.config.routing.clone(),
        );
        Ok(match &self.second {
            Some(second) => engine.with_second_opinion(second.clone()),
            None => engine,
        })
    }
}

/// Where the search index of a data folder is kept.
pub fn index_folder(data: &Path) -> PathBuf {
    data.join("index")
}
