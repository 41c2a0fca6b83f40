//! Sentence encoders: text in, unit vectors out; and the tables those vectors are searched in.
//!
//! Knows nothing of articles or decisions. A model is a folder in the sentence-transformers or model2vec layout, with or
//! without a `card.toml`. Three runtimes load one: `static_encoder`, `transformer_encoder` and, behind the
//! feature `rust-bert`, `rust_bert_encoder`; the same folder gives the same vectors in each that loads it. `loading` picks
//! the runtime, and so is the last to be read.

mod settings;

mod card;
mod error;
mod files;
mod folder;
mod layout;
mod pooling;
mod transformer_config;

mod character_pairs;
mod text_tokens;
mod token_weights;

mod four_bit;
mod row_table;
mod weights;

mod dense;
mod eight_bit;
mod eight_bit_rows;
mod kernels;
mod linear;
mod one_thread;
mod pooled;
mod transformer;

#[cfg(feature = "rust-bert")]
mod rust_bert_encoder;
mod static_encoder;
mod transformer_encoder;
mod watched_encoder;

mod loading;

mod summary;
mod verification;

#[cfg(feature = "hnsw")]
mod vector_graph;
mod vector_index;
mod vectors;

pub use card::{Card, KnownVector};
pub use error::{BadWeights, ModelError};
pub use files::EmbeddedFile;
pub use folder::ModelFolder;
pub use layout::{DenseLayout, Layout, Prompts, StaticLayout, Step, TransformerLayout};
pub use pooling::Pooling;
#[cfg(feature = "rust-bert")]
pub use rust_bert_encoder::RustBertEncoder;
pub use settings::{DeviceChoice, EncoderSettings, Mode, Runtime, RuntimeChoice};
pub use static_encoder::StaticEncoder;
pub use summary::ModelSummary;
pub use text_tokens::TextTokens;
pub use token_weights::{TokenWeights, Weighable};
pub use transformer_config::{Activation, Naming, TransformerConfig};
pub use transformer_encoder::TransformerEncoder;
pub use vector_index::{APPROXIMATE_ABOVE, VectorIndex};
pub use vectors::{Neighbour, QuantisedVector, VectorTable};
pub use verification::{Verified, verify_folder};
pub use watched_encoder::WatchedEncoder;

use serde::{Deserialize, Serialize};

/// What a text is to the search; some models want a different prefix for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextRole {
    /// A visitor's question.
    #[default]
    Query,
    /// A title, an alternate or a piece of an answer.
    Passage,
}

impl TextRole {
    /// Both, in the order of their numbers.
    pub const ALL: [Self; 2] = [Self::Query, Self::Passage];
}

/// A unit-length vector, or all zeros for a text without a known token.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding(pub Vec<f32>);

impl Embedding {
    /// Scales a vector to length one; a zero vector stays zero.
    pub fn normalised(mut values: Vec<f32>) -> Self {
        let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            values.iter_mut().for_each(|value| *value /= length);
        }
        Self(values)
    }

    /// Returns the cosine with another embedding of the same model.
    pub fn similarity(&self, other: &Self) -> Similarity {
        // Embeddings are unit length, so the dot product is the cosine.
        Similarity(self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum())
    }
}

/// A cosine in `-1..=1`. A newtype, so that it never meets a BM25 score or a probability.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Similarity(pub f32);

/// Turns texts into embeddings of one fixed dimension.
pub trait Encoder: Send + Sync {
    /// Length of every embedding.
    fn dimension(&self) -> usize;

    /// Names the exact weights: vectors of two models with different identities must never be mixed.
    fn identity(&self) -> &str;

    /// Encodes texts in order, with weights that were counted for this model and a base; a model that is not
    /// [`weighable`](Self::weighable) leaves them aside.
    fn encode_weighed(
        &self,
        role: TextRole,
        texts: &[&str],
        weights: &TokenWeights,
    ) -> Vec<Embedding>;

    /// The model's tokens, and the share of a base's texts at which one of them weighs half; nothing for a model whose
    /// tokens weigh the same whatever the base.
    fn weighable(&self) -> Option<(&dyn Weighable, f32)> {
        None
    }

    /// Encodes texts in order, all tokens weighing the same.
    fn encode(&self, role: TextRole, texts: &[&str]) -> Vec<Embedding> {
        self.encode_weighed(role, texts, &TokenWeights::EVEN)
    }

    /// Encodes one text.
    fn encode_one(&self, role: TextRole, text: &str) -> Embedding {
        self.encode(role, &[text])
            .pop()
            .unwrap_or_else(|| Embedding(vec![0.0; self.dimension()]))
    }
}
