//! Whether a folder computes what its maker computed: loads it, and compares the vectors its card knows.

use std::sync::Arc;

use super::error::ModelError;
use super::folder::ModelFolder;
use super::settings::{EncoderSettings, Runtime};
use super::{Encoder, TextRole};

/// A folder that passed every check, loaded.
pub struct Verified {
    /// The encoder.
    pub encoder: Arc<dyn Encoder>,
    /// The runtime it was loaded into.
    pub runtime: Runtime,
    /// Files whose checksums the card states, and which have them.
    pub checksums: usize,
    /// Known vectors that came out as the card states.
    pub vectors: usize,
}

/// Rounding differs between runtimes and processors; a wrong file differs by far more.
const TOLERANCE: f32 = 2e-3;

/// Texts in each language and of awkward kinds, whose vectors must be finite and of length one.
const SAMPLES: [&str; 6] = [
    "How do I withdraw?",
    "怎样提现？",
    "出金方法を教えてください",
    "출금은 어떻게 하나요?",
    "a",
    "🙂 42 %",
];

/// Loads an opened folder, whose checksums hold, and runs the rest of the checks.
pub fn verify_folder(
    folder: ModelFolder,
    settings: &EncoderSettings,
) -> Result<Verified, ModelError> {
    let runtime = folder.runtime(settings)?;
    let path = folder.path().to_owned();
    let card = folder.card().clone();
    let encoder = folder.load(settings)?;
    let fails = |text: &str, difference| ModelError::WrongVector {
        path: path.clone(),
        text: text.to_owned(),
        difference,
    };
    for known in &card.checks {
        let vector = encoder.encode_one(known.role, &known.text).0;
        let difference = match known.vector.len() > vector.len() {
            true => f32::INFINITY,
            false => greatest_difference(&known.vector, &vector),
        };
        if is_off(difference) {
            return Err(fails(&known.text, difference));
        }
    }
    for text in SAMPLES {
        let vector = encoder.encode_one(TextRole::Passage, text).0;
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        // A text without a known token has no direction, and so the length zero.
        let off = (length - 1.0).abs().min(length.abs());
        if is_off(off) {
            return Err(fails(text, off));
        }
    }
    Ok(Verified {
        encoder,
        runtime,
        checksums: card.files.len(),
        vectors: card.checks.len(),
    })
}

fn is_off(difference: f32) -> bool {
    // A vector that is no number differs from everything, and must not pass for that.
    difference.is_nan() || difference > TOLERANCE
}

fn greatest_difference(stated: &[f32], found: &[f32]) -> f32 {
    let differences = stated.iter().zip(found).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, |most, difference| match difference.is_nan() {
        true => f32::INFINITY,
        false => most.max(difference),
    })
}
