//! An encoder whose work somebody watches.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Embedding, Encoder, TextRole, TokenStates, TokenWeights, Weighable};

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

    fn watched<T>(&self, role: TextRole, texts: &[&str], work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let done = work();
        (self.watch)(role, texts.len(), begun.elapsed());
        done
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
        let encode = || self.encoder.encode_weighed(role, texts, weights);
        self.watched(role, texts, encode)
    }

    fn token_dimension(&self) -> Option<usize> {
        self.encoder.token_dimension()
    }

    fn encode_with_tokens(
        &self,
        role: TextRole,
        texts: &[&str],
        weights: &TokenWeights,
    ) -> Vec<(Embedding, TokenStates)> {
        let encode = || self.encoder.encode_with_tokens(role, texts, weights);
        self.watched(role, texts, encode)
    }
}
