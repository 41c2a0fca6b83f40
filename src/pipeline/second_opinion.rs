//! When a second, slower encoder is asked.

use std::sync::Arc;

use super::fusion::Fusion;
use super::outcome::Confidence;
use crate::encoder::Encoder;

/// A slower encoder that understands more, asked when the first is not sure enough.
#[derive(Clone)]
pub struct SecondOpinion {
    /// The encoder.
    pub encoder: Arc<dyn Encoder>,
    /// Fitted on the evidence of both.
    pub fusion: Fusion,
    /// Confidence of the first that makes the second needless.
    pub sure_from: Confidence,
}

impl SecondOpinion {
    /// Confidence of the first encoder from which the second seldom changes the order of articles.
    pub const SURE: Confidence = Confidence(0.9);
    /// A confidence that is never reached, so that the second is always asked.
    pub const ALWAYS: Confidence = Confidence(f32::INFINITY);

    /// Whether the first encoder leaves a doubt that this one may settle.
    pub(super) fn is_wanted(&self, confidence: Confidence) -> bool {
        confidence < self.sure_from
    }
}
