//! What the tokens of a text say one by one, in few numbers, for comparing two texts token by token.
//!
//! Late interaction, as in ColBERT (Khattab and Zaharia 2020, arXiv:2004.12832): each token of one text is matched with the
//! nearest of the other. A projection, fitted apart from the model, makes its last states short, and a weight says how much
//! each token of a question counts.

use super::error::ModelError;
use super::files::TOKEN_PROJECTION;
use super::folder::ModelFolder;
use super::text_tokens::TextTokens;
use super::weights::WeightsFile;
use super::{Embedding, TextRole};

/// The tokens of a text without its prefix and special tokens.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TokenStates {
    /// A vector of length one for each.
    pub vectors: Vec<Embedding>,
    /// How much each counts; together they are 1.
    pub weights: Vec<f32>,
}

/// The projection of a folder.
pub(super) struct TokenProjection {
    /// Rows of the projection, one for each number that comes out.
    rows: Vec<f32>,
    hidden: usize,
    /// What is taken off a state first, by role: what every token of a question or of a passage has.
    offsets: [Vec<f32>; 2],
    counts: Vec<f32>,
    count_bias: f32,
    /// Tokens before the text's own, by role.
    leading: [usize; 2],
}

impl TokenProjection {
    /// Loads the projection of a folder, where it has one.
    pub(super) fn load(
        folder: &ModelFolder,
        tokens: &TextTokens,
        hidden: usize,
    ) -> Result<Option<Self>, ModelError> {
        if !folder.has(TOKEN_PROJECTION) {
            return Ok(None);
        }
        let bytes = folder.read(TOKEN_PROJECTION)?;
        let path = folder.path().join(TOKEN_PROJECTION);
        let file = WeightsFile::open(&path, &bytes)?;
        let width = file.shape("projection")?.first().copied().unwrap_or(0);
        let offset = |name: &str| file.floats(name, &[hidden]);
        // A special token stands at either end, so an empty text has what leads and one more.
        let leading = TextRole::ALL.map(|role| tokens.ids(role, "").len().saturating_sub(1));
        Ok(Some(Self {
            rows: file.floats("projection", &[width, hidden])?,
            hidden,
            offsets: [offset("query_offset")?, offset("passage_offset")?],
            counts: offset("count")?,
            count_bias: file.floats("count_bias", &[1])?[0],
            leading,
        }))
    }

    /// Length of the vectors.
    pub(super) fn width(&self) -> usize {
        self.rows.len() / self.hidden
    }

    /// Projects the last states of a text's tokens, special ones included.
    pub(super) fn states(&self, role: TextRole, states: &[f32]) -> TokenStates {
        let states: Vec<&[f32]> = states.chunks_exact(self.hidden).collect();
        let own = self.leading[role as usize]..states.len().saturating_sub(1);
        let Some(own) = states.get(own) else {
            return TokenStates::default();
        };
        let offset = &self.offsets[role as usize];
        let vectors = own.iter().map(|state| {
            let state: Vec<f32> = state.iter().zip(offset).map(|(a, b)| a - b).collect();
            let rows = self.rows.chunks_exact(self.hidden);
            Embedding::normalised(rows.map(|row| product(row, &state)).collect())
        });
        let counts = own.iter().map(|state| {
            let count = product(&self.counts, state) + self.count_bias;
            // Softplus, which is never zero.
            count.max(0.0) + (-count.abs()).exp().ln_1p()
        });
        let (vectors, counts): (Vec<Embedding>, Vec<f32>) = (vectors.collect(), counts.collect());
        let sum: f32 = counts.iter().sum();
        TokenStates {
            vectors,
            weights: counts.iter().map(|count| count / sum).collect(),
        }
    }
}

fn product(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_the_text_alone_are_projected_and_counted() {
        let projection = TokenProjection {
            // Keeps the second number, and the first twice.
            rows: vec![0.0, 1.0, 2.0, 0.0],
            hidden: 2,
            offsets: [vec![0.0, 0.0], vec![1.0, 0.0]],
            counts: vec![5.0, 0.0],
            count_bias: 0.0,
            leading: [2, 1],
        };
        let states = [9.0, 9.0, 8.0, 8.0, 0.0, 3.0, 1.0, 0.0, 7.0, 7.0];
        let asked = projection.states(TextRole::Query, &states);
        assert_eq!(
            asked.vectors,
            [Embedding(vec![1.0, 0.0]), Embedding(vec![0.0, 1.0])]
        );
        assert!((asked.weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(
            asked.weights[1] > 5.0 * asked.weights[0],
            "{:?}",
            asked.weights
        );
        // Of a passage one token leads, and its offset is taken off.
        let said = projection.states(TextRole::Passage, &states);
        assert_eq!(said.vectors.len(), 3);
        assert_eq!(said.vectors[2], Embedding(vec![0.0, 0.0]));
    }

    #[test]
    fn a_text_without_tokens_has_no_states() {
        let projection = TokenProjection {
            rows: vec![1.0],
            hidden: 1,
            offsets: [vec![0.0], vec![0.0]],
            counts: vec![0.0],
            count_bias: 0.0,
            leading: [3, 3],
        };
        for states in [&[][..], &[1.0], &[1.0, 1.0, 1.0, 1.0]] {
            let none = projection.states(TextRole::Query, states);
            assert_eq!(none, TokenStates::default());
        }
    }
}
