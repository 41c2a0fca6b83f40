//! `card.toml`: what a model is, where it came from, and the checksums of its files.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The part of a model card that mondo acts on; the rest is for people.
#[derive(Debug, Clone, Deserialize)]
pub struct Card {
    /// Name of the model.
    pub name: String,
    /// Which runtime loads it: `static`.
    pub runtime: String,
    /// Length of its embeddings.
    pub dimension: usize,
    /// Longest text in tokens; what follows is cut.
    #[serde(default = "default_max_tokens")]
    pub max_tokens: usize,
    /// Put before a question.
    #[serde(default)]
    pub query_prefix: String,
    /// Put before a title, alternate or passage.
    #[serde(default)]
    pub passage_prefix: String,
    /// Licence of the weights.
    #[serde(default)]
    pub licence: String,
    /// SHA-256 of each file, in hexadecimal.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

fn default_max_tokens() -> usize {
    256
}
