//! `card.toml`: what a model is, where it came from, and the checksums of its files.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::TextRole;
use super::settings::Runtime;

/// The part of a model card that mondo acts on; the rest is for people.
///
/// What a card leaves out is read from the folder's own configuration; what it states wins.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Card {
    /// Name of the model.
    pub name: String,
    /// Which runtime loads it.
    pub runtime: Option<Runtime>,
    /// Length of its embeddings.
    pub dimension: Option<usize>,
    /// Longest text in tokens; what follows is cut.
    pub max_tokens: Option<usize>,
    /// Rows of a static table that stand for pairs of characters; they follow those of the tokens.
    #[serde(default)]
    pub character_pairs: usize,
    /// Share of a base's texts at which a token weighs half; without it all tokens weigh the same whatever the base.
    #[serde(default, deserialize_with = "above_zero")]
    pub half_weight_share: Option<f32>,
    /// Put before a question.
    pub query_prefix: Option<String>,
    /// Put before a title, alternate or passage.
    pub passage_prefix: Option<String>,
    /// Licence of the weights.
    #[serde(default)]
    pub licence: String,
    /// SHA-256 of each file, in hexadecimal.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Texts whose vectors are known, to see that a runtime computes what the maker computed.
    #[serde(default, rename = "check")]
    pub checks: Vec<KnownVector>,
}

fn above_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f32>, D::Error> {
    let share = f32::deserialize(deserializer)?;
    match share > 0.0 && share.is_finite() {
        true => Ok(Some(share)),
        false => Err(Error::custom(
            "half_weight_share must be above 0; leave it out to have all tokens weigh the same",
        )),
    }
}

/// A text and the beginning of its unit-length vector.
#[derive(Debug, Clone, Deserialize)]
pub struct KnownVector {
    /// The text.
    pub text: String,
    /// What the text is.
    #[serde(default)]
    pub role: TextRole,
    /// The first numbers of its vector, or all of them.
    pub vector: Vec<f32>,
}
