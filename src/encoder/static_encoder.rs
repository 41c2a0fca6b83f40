//! The static runtime: a sentence is the mean of its tokens' vectors. Microseconds a question, no matrix product.
//!
//! Two layouts: sentence-transformers' `StaticEmbedding`, one table `embedding.weight`
//! (<https://sbert.net/docs/package_reference/sentence_transformer/models.html>), and model2vec's, a table `embeddings`
//! with, when its vocabulary was reduced, `mapping` from token to row and `weights` for each token; model2vec leaves
//! unknown tokens out of the mean. A table may be `F32`, `F16` or `I8` (see `weights.rs`) and is not copied.
//!
//! A card may state `character_pairs`: so many rows after those of the tokens, which `character_pairs.rs` assigns.

use serde::Deserialize;

use super::character_pairs::CharacterPairs;
use super::error::{BadWeights, ModelError};
use super::folder::ModelFolder;
use super::row_table::{RowTable, Scaling};
use super::text_tokens::TextTokens;
use super::token_weights::{TokenWeights, Weighable};
use super::weights::WeightsFile;
use super::{Embedding, Encoder, TextRole};

const TABLE: &str = "embedding.weight";
const MODEL2VEC_TABLE: &str = "embeddings";

/// Encodes by averaging rows of a table.
pub struct StaticEncoder {
    identity: String,
    tokens: TextTokens,
    pairs: CharacterPairs,
    table: RowTable,
    /// Row of each token; empty when token and row have the same number.
    mapping: Vec<u32>,
    /// Weight of each token; empty when all weigh the same.
    weights: Vec<f32>,
    /// The token left out of the mean.
    unknown: Option<u32>,
    half_weight_share: Option<f32>,
}

impl StaticEncoder {
    /// Loads the folder's tokenizer and finds its table; the table itself is not copied.
    pub fn load(folder: ModelFolder) -> Result<Self, ModelError> {
        let tokens = TextTokens::of(&folder)?;
        let path = folder.path().join(folder.layout().weights());
        let file = WeightsFile::open(&path, folder.weights())?;
        let name = table_name(&file);
        let is_model2vec = name == MODEL2VEC_TABLE;
        let scaling = match is_model2vec {
            true => Scaling::Optional,
            false => Scaling::Required,
        };
        let place = file.find_rows(name, scaling)?;
        let per_token = |name: &str| match is_model2vec && file.has(name) {
            true => file.shape(name).map(|shape| shape.first().copied()),
            false => Ok(None),
        };
        let mapping = match per_token("mapping")? {
            Some(_) => file.indices("mapping")?,
            None => Vec::new(),
        };
        let weights = match per_token("weights")? {
            Some(count) => file.floats("weights", &[count])?,
            None => Vec::new(),
        };
        let known = match mapping.is_empty() {
            true => place.rows(),
            false => mapping.len(),
        };
        if known < tokens.vocabulary() {
            return Err(file.wrong(BadWeights::TooFewRows {
                tokens: tokens.vocabulary(),
                rows: known,
            }));
        }
        let pairs = CharacterPairs {
            rows: folder.card().character_pairs,
            most: folder.max_tokens(),
        };
        if pairs.rows > 0 && place.rows() != tokens.vocabulary() + pairs.rows {
            return Err(file.wrong(BadWeights::Pairs {
                rows: place.rows(),
                tokens: tokens.vocabulary(),
                pairs: pairs.rows,
            }));
        }
        if let Some(stated) = folder
            .card()
            .dimension
            .filter(|stated| *stated != place.columns())
        {
            return Err(file.wrong(BadWeights::Dimension {
                found: place.columns(),
                stated,
            }));
        }
        Ok(Self {
            identity: folder.identity().to_owned(),
            unknown: match is_model2vec {
                true => unknown_token(folder.tokenizer(), &tokens),
                false => None,
            },
            half_weight_share: folder.card().half_weight_share,
            tokens,
            pairs,
            table: RowTable::over(place, folder.into_weights()),
            mapping,
            weights,
        })
    }

    fn encode_text(&self, role: TextRole, text: &str, weights: &TokenWeights) -> Embedding {
        let mut sum = vec![0.0_f32; self.table.columns()];
        for token in self.tokens(role, text) {
            self.add_token(token, weights.weight(self, token), &mut sum);
        }
        Embedding::normalised(sum)
    }

    /// Adds the row of a token or a pair.
    fn add_token(&self, token: u32, weight: f32, sum: &mut [f32]) {
        let token = token as usize;
        let row = self.mapping.get(token).map_or(token, |row| *row as usize);
        let own = self.weights.get(token).copied().unwrap_or(1.0);
        self.table.add_row(row, weight * own, sum);
    }
}

impl Encoder for StaticEncoder {
    fn dimension(&self) -> usize {
        self.table.columns()
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
        texts
            .iter()
            .map(|text| self.encode_text(role, text, weights))
            .collect()
    }
}

impl Weighable for StaticEncoder {
    fn token_count(&self) -> usize {
        self.tokens.vocabulary() + self.pairs.rows
    }

    fn tokens(&self, role: TextRole, text: &str) -> Vec<u32> {
        let mut tokens = self.tokens.ids(role, text);
        tokens.retain(|token| Some(*token) != self.unknown);
        if self.pairs.rows > 0 {
            let first = self.tokens.vocabulary();
            let normalised = self.tokens.normalised(role, text);
            let pairs = self.pairs.of(&normalised);
            tokens.extend(pairs.map(|pair| (first + pair) as u32));
        }
        tokens
    }

    fn token_vector(&self, token: u32) -> Option<Embedding> {
        // Pairs share their rows with others, so that what a row is like says little of a pair.
        ((token as usize) < self.tokens.vocabulary()).then(|| {
            let mut vector = vec![0.0; self.table.columns()];
            self.add_token(token, 1.0, &mut vector);
            Embedding::normalised(vector)
        })
    }
}

/// Tells the two layouts apart by the name of the table.
pub(super) fn table_name(file: &WeightsFile<'_>) -> &'static str {
    match !file.has(TABLE) && file.has(MODEL2VEC_TABLE) {
        true => MODEL2VEC_TABLE,
        false => TABLE,
    }
}

/// Finds the token that stands for what the tokenizer does not know.
fn unknown_token(tokenizer: &[u8], tokens: &TextTokens) -> Option<u32> {
    #[derive(Deserialize)]
    struct File {
        model: Model,
    }
    #[derive(Deserialize)]
    struct Model {
        unk_token: Option<String>,
        unk_id: Option<u32>,
    }
    let file: File = serde_json::from_slice(tokenizer).ok()?;
    let named = file.model.unk_token.and_then(|token| tokens.id_of(&token));
    named.or(file.model.unk_id)
}
