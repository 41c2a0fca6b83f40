//! What the engine would answer if other knowledge were served.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::engine::Engine;
use super::snapshot::Snapshot;
use super::snapshot_error::SnapshotError;
use super::thresholds_in_force::ThresholdsInForce;
use crate::knowledge::KnowledgeBase;

impl Engine {
    /// Returns an engine of the same parts on other knowledge, kept nowhere. The second encoder reads only texts that it has
    /// not read for the knowledge being served.
    pub fn on(&self, knowledge: KnowledgeBase) -> Result<Self, SnapshotError> {
        let served = self.snapshot();
        let snapshot = Snapshot::build(knowledge, self.encoder().as_ref())?;
        if let Some(second) = &self.second
            && self.has_second_opinion_on(&served)
        {
            snapshot.add_second_encoder(second.encoder.as_ref(), Some(&served))?;
        }
        Ok(Self {
            detector: Arc::clone(&self.detector),
            encoder: Arc::clone(&self.encoder),
            fusion: self.fusion.clone(),
            second: self.second.clone(),
            encoding: self.encoding.clone(),
            thresholds: ThresholdsInForce::new((*self.thresholds()).clone()),
            routing: self.routing.clone(),
            snapshot: ArcSwap::from_pointee(snapshot),
        })
    }
}
