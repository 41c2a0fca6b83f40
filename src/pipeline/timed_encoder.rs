//! An encoder whose work on questions is timed.

use std::sync::Arc;
use std::time::Instant;

use crate::encoder::{Embedding, Encoder, TextRole, TokenWeights, Weighable};
use crate::time::durations::Durations;

/// Encodes like the encoder it wraps, and counts how long each question took.
pub(super) struct TimedEncoder {
    encoder: Arc<dyn Encoder>,
    times: Arc<Durations>,
}

impl TimedEncoder {
    pub(super) fn new(encoder: Arc<dyn Encoder>, times: Arc<Durations>) -> Self {
        Self { encoder, times }
    }
}

impl Encoder for TimedEncoder {
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
        // A base is read in many texts at once, and that is no question.
        if role == TextRole::Query && texts.len() == 1 {
            self.times.record(begun.elapsed());
        }
        encoded
    }
}
