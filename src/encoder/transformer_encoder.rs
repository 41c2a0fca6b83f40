//! The transformer runtime: a BERT-family sentence encoder on the processor, part of every build.
//!
//! One text is encoded on the thread that asks. Many are sorted by length, cut into groups of like work, and spread over
//! rayon's threads.

use rayon::prelude::*;

use super::error::{BadWeights, ModelError};
use super::folder::ModelFolder;
use super::layout::Layout;
use super::one_thread::on_one_thread;
use super::pooled::{LoadedStep, checked_dimension, finish, load_steps};
use super::pooling::Pooling;
use super::settings::Runtime;
use super::text_tokens::TextTokens;
use super::token_weights::{TokenWeights, Weighable};
use super::transformer::{Needed, Transformer};
use super::weights::WeightsFile;
use super::{Embedding, Encoder, TextRole};

/// Encodes with a transformer.
pub struct TransformerEncoder {
    identity: String,
    dimension: usize,
    tokens: TextTokens,
    transformer: Transformer,
    pooling: Vec<Pooling>,
    steps: Vec<LoadedStep>,
    half_weight_share: Option<f32>,
}

/// Most tokens computed at once: beyond it the intermediate results leave the processor's cache.
const GROUP_TOKENS: usize = 512;

impl TransformerEncoder {
    /// Loads the folder's weights and tokenizer.
    pub fn load(folder: ModelFolder) -> Result<Self, ModelError> {
        let Layout::Transformer(layout) = folder.layout() else {
            return Err(ModelError::WrongRuntime {
                path: folder.path().to_owned(),
                asked: Runtime::Transformer,
                fitting: folder.fitting_runtime(),
            });
        };
        let tokens = TextTokens::of(&folder)?;
        let path = folder.path().join(folder.layout().weights());
        let file = WeightsFile::of(&path, &folder)?;
        let transformer = Transformer::load(&layout.config, &file)?;
        if transformer.vocabulary() < tokens.vocabulary() {
            return Err(file.wrong(BadWeights::TooFewRows {
                tokens: tokens.vocabulary(),
                rows: transformer.vocabulary(),
            }));
        }
        let steps = load_steps(&folder, &layout.steps)?;
        let pooled = layout.config.hidden * layout.pooling.len();
        let dimension = checked_dimension(&folder, &file, pooled, &steps)?;
        Ok(Self {
            identity: folder.identity().to_owned(),
            dimension,
            tokens,
            transformer,
            pooling: layout.pooling.clone(),
            steps,
            half_weight_share: folder.card().half_weight_share,
        })
    }

    fn encode_tokens(&self, texts: &[&[u32]], weights: &TokenWeights) -> Vec<Embedding> {
        let needed = match self.pooling.as_slice() {
            [Pooling::Cls] => Needed::FirstToken,
            _ => Needed::EveryToken,
        };
        let vectors = self.transformer.forward(texts, needed);
        let columns = self.dimension_of_tokens();
        let texts = vectors.rows.iter().zip(texts).map(|(rows, tokens)| {
            if rows.is_empty() {
                return Embedding(vec![0.0; self.dimension]);
            }
            let rows = &vectors.values[rows.start * columns..rows.end * columns];
            let weights = weights.weights(self, tokens);
            finish(rows, columns, &weights, &self.pooling, &self.steps)
        });
        texts.collect()
    }

    fn dimension_of_tokens(&self) -> usize {
        self.transformer.hidden()
    }
}

impl Encoder for TransformerEncoder {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn identity(&self) -> &str {
        &self.identity
    }

    fn weighable(&self) -> Option<(&dyn Weighable, f32)> {
        self.half_weight_share.map(|share| (self as _, share))
    }

    fn encode_weighed(
        &self,
        role: TextRole,
        texts: &[&str],
        weights: &TokenWeights,
    ) -> Vec<Embedding> {
        if let [text] = texts {
            let ids = self.tokens.ids(role, text);
            return on_one_thread(|| self.encode_tokens(&[&ids], weights));
        }
        let ids: Vec<Vec<u32>> = texts
            .par_iter()
            .map(|text| self.tokens.ids(role, text))
            .collect();
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_by_key(|text| std::cmp::Reverse(ids[*text].len()));
        let encoded: Vec<(usize, Embedding)> = groups(&order, &ids)
            .into_par_iter()
            .flat_map_iter(|group| {
                let texts: Vec<&[u32]> = group.iter().map(|text| ids[*text].as_slice()).collect();
                group
                    .iter()
                    .copied()
                    .zip(self.encode_tokens(&texts, weights))
            })
            .collect();
        let mut embeddings = vec![Embedding(Vec::new()); ids.len()];
        for (text, embedding) in encoded {
            embeddings[text] = embedding;
        }
        embeddings
    }
}

impl Weighable for TransformerEncoder {
    fn token_count(&self) -> usize {
        self.transformer.vocabulary()
    }

    fn tokens(&self, role: TextRole, text: &str) -> Vec<u32> {
        self.tokens.ids(role, text)
    }

    fn token_vector(&self, token: u32) -> Option<Embedding> {
        Some(self.transformer.token_vector(token))
    }
}

/// Cuts texts into groups of at most [`GROUP_TOKENS`] tokens, or one text.
fn groups<'a>(order: &'a [usize], ids: &[Vec<u32>]) -> Vec<&'a [usize]> {
    let mut groups = Vec::new();
    let (mut start, mut tokens) = (0, 0);
    for (position, text) in order.iter().enumerate() {
        let length = ids[*text].len();
        if tokens + length > GROUP_TOKENS && position > start {
            groups.push(&order[start..position]);
            (start, tokens) = (position, 0);
        }
        tokens += length;
    }
    if start < order.len() {
        groups.push(&order[start..]);
    }
    groups
}
