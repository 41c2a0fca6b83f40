//! The static runtime: a sentence is the mean of its tokens' vectors. Microseconds a question, no matrix product.
//!
//! The layout is sentence-transformers' `StaticEmbedding` (<https://sbert.net/docs/package_reference/sentence_transformer/models.html>).

use std::borrow::Cow;

use half::f16;
use safetensors::{Dtype, SafeTensors};
use tokenizers::Tokenizer;

use super::folder::{BadWeights, ModelError, ModelFolder};
use super::{Embedding, Encoder, TextRole};

const TABLE: &str = "embedding.weight";

/// Encodes by averaging rows of a half-precision table.
pub struct StaticEncoder {
    identity: String,
    dimension: usize,
    max_tokens: usize,
    prefixes: [String; 2],
    tokenizer: Tokenizer,
    weights: Cow<'static, [u8]>,
    /// Where the table begins in `weights`.
    table_offset: usize,
}

impl StaticEncoder {
    /// Loads the folder's tokenizer and finds its table; the table itself is not copied.
    pub fn load(folder: ModelFolder) -> Result<Self, ModelError> {
        let ModelFolder {
            path,
            card,
            tokenizer,
            weights,
        } = folder;
        if card.runtime != "static" {
            return Err(ModelError::UnknownRuntime {
                name: card.name,
                runtime: card.runtime,
            });
        }
        let tokenizer =
            Tokenizer::from_bytes(&tokenizer).map_err(|reason| ModelError::BadTokenizer {
                path: path.join("tokenizer.json"),
                reason,
            })?;
        let tokens = tokenizer.get_vocab_size(true);
        let table_offset = find_table(&weights, card.dimension, tokens).map_err(|reason| {
            ModelError::BadWeights {
                path: path.join("model.safetensors"),
                reason,
            }
        })?;
        let checksum = card
            .files
            .get("model.safetensors")
            .cloned()
            .unwrap_or_default();
        Ok(Self {
            identity: format!("{}@{}", card.name, checksum.get(..12).unwrap_or("unsigned")),
            dimension: card.dimension,
            max_tokens: card.max_tokens,
            prefixes: [card.query_prefix, card.passage_prefix],
            tokenizer,
            weights,
            table_offset,
        })
    }

    fn encode_text(&self, role: TextRole, text: &str) -> Embedding {
        let prefix = &self.prefixes[role as usize];
        let text = if prefix.is_empty() {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(format!("{prefix}{text}"))
        };
        let mut sum = vec![0.0_f32; self.dimension];
        // A text the tokenizer cannot read has no known token, and so no direction.
        if let Ok(encoding) = self.tokenizer.encode_fast(text.as_ref(), false) {
            for id in encoding.get_ids().iter().take(self.max_tokens) {
                self.add_row(*id as usize, &mut sum);
            }
        }
        Embedding::normalised(sum)
    }

    fn add_row(&self, row: usize, sum: &mut [f32]) {
        let width = self.dimension * 2;
        let start = self.table_offset + row * width;
        let Some(bytes) = self.weights.get(start..start + width) else {
            return;
        };
        for (total, pair) in sum.iter_mut().zip(bytes.chunks_exact(2)) {
            *total += f16::from_le_bytes([pair[0], pair[1]]).to_f32();
        }
    }
}

impl Encoder for StaticEncoder {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn identity(&self) -> &str {
        &self.identity
    }

    fn encode(&self, role: TextRole, texts: &[&str]) -> Vec<Embedding> {
        texts
            .iter()
            .map(|text| self.encode_text(role, text))
            .collect()
    }
}

/// Checks shape and type, and gives the table's offset in the file.
fn find_table(weights: &[u8], dimension: usize, tokens: usize) -> Result<usize, BadWeights> {
    let tensors = SafeTensors::deserialize(weights)?;
    let wrong = |found: String| BadWeights::Table { dimension, found };
    let table = tensors
        .tensor(TABLE)
        .map_err(|_| wrong(format!("tensors {:?}", tensors.names())))?;
    if table.dtype() != Dtype::F16 || table.shape().get(1) != Some(&dimension) {
        return Err(wrong(format!("{:?} of {:?}", table.shape(), table.dtype())));
    }
    let rows = table.shape()[0];
    if rows < tokens {
        return Err(BadWeights::TooFewRows { tokens, rows });
    }
    Ok(table.data().as_ptr().addr() - weights.as_ptr().addr())
}
