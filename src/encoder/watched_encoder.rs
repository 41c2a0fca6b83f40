//! An encoder whose work somebody watches.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Embedding, Encoder, TextRole, TokenWeights, Weighable};

/// Encodes like the encoder it wraps, and tells of each piece of work: the role of the texts, how many they were, and how
/// long they took.
pub struct WatchedEncoder {
    encoder: Arc<dyn Encoder>,
    watch: Box<Watch>,
}

type Watch = dyn Fn(TextRole, usize, Duration) + Send + Sync;

impl WatchedEncoder {
    /// Wraps an encoder.
    pub fn new(
        encoder: Arc<dyn Encoder>,
        watch: impl Fn(TextRole, usize, Duration) + Send + Sync + 'static,
    ) -> Self {
        let watch = Box::new(watch);
        Self { encoder, watch }
    }
}

impl Encoder for WatchedEncoder {
    fn dimension(&self) -> usize {
        self.encoder.dimension()
    }

    fn identity(&self) -> &str {
        self.encoder.identity()
    }

    fn weighable(&self) -> Option<(&dyn Weighable, f32)> {
        self.encoder.weighable()
    }

    fn encode_weighed(
        &self,
        role: TextRole,
        texts: &[&str],
        weights: &TokenWeights,
    ) -> Vec<Embedding> {
        let begun = Instant::now();
        let encoded = self.encoder.encode_weighed(role, texts, weights);
        (self.watch)(role, texts.len(), begun.elapsed());
        encoded
    }
}
