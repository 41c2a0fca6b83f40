//! What the tokens of a base's texts say one by one, and how far those of a question are found among them.

use std::ops::Range;

use crate::encoder::{Embedding, QuantisedVector, TokenStates, VectorTable};

/// The tokens of texts, text by text.
pub(super) struct TokenTable {
    states: VectorTable,
    /// Where the tokens of each text end.
    ends: Vec<u32>,
}

/// The tokens of a question, as they are compared.
pub(super) struct QuestionTokens {
    states: Vec<QuantisedVector>,
    weights: Vec<f32>,
}

impl QuestionTokens {
    pub(super) fn of(tokens: &TokenStates) -> Self {
        Self {
            states: tokens.vectors.iter().map(QuantisedVector::new).collect(),
            weights: tokens.weights.clone(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    /// The mean of a number for each token, weighed by how much each counts.
    pub(super) fn weighed(&self, numbers: &[f32]) -> f32 {
        let pairs = self.weights.iter().zip(numbers);
        pairs.map(|(weight, number)| weight * number).sum()
    }
}

impl TokenTable {
    /// An empty table for vectors of so many numbers.
    pub(super) fn new(dimension: usize) -> Self {
        Self {
            states: VectorTable::new(dimension),
            ends: Vec::new(),
        }
    }

    /// Appends the tokens of a text, the first so many at most.
    pub(super) fn push(&mut self, tokens: &[Embedding], most: usize) {
        let kept = tokens.iter().take(most);
        kept.for_each(|token| self.states.push(token));
        self.ends.push(self.states.len() as u32);
    }

    /// Appends a text of another table.
    pub(super) fn push_row_of(&mut self, other: &Self, row: usize) {
        let tokens = other.tokens_of(row);
        tokens.for_each(|token| self.states.push_row_of(&other.states, token));
        self.ends.push(self.states.len() as u32);
    }

    fn tokens_of(&self, row: usize) -> Range<usize> {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        start as usize..self.ends[row] as usize
    }

    /// Raises, for each token of a question, how near it is to the nearest token of a text (MaxSim); returns how near the
    /// tokens of the text are to the question's on average, nothing for a text without any.
    pub(super) fn match_row(
        &self,
        row: usize,
        question: &QuestionTokens,
        nearest: &mut [f32],
    ) -> Option<f32> {
        let tokens = self.tokens_of(row);
        let count = tokens.len();
        let mut sum = 0.0;
        for token in tokens {
            let mut best = f32::NEG_INFINITY;
            for (state, nearest) in question.states.iter().zip(nearest.iter_mut()) {
                let similarity = self.states.similarity(token, state).0;
                *nearest = nearest.max(similarity);
                best = best.max(similarity);
            }
            sum += best;
        }
        (count > 0 && question.len() > 0).then(|| sum / count as f32)
    }

    /// The raw bytes, to be kept on disk: where each text ends, then the vectors.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let ends = self.ends.iter().flat_map(|end| end.to_le_bytes());
        ends.chain(self.states.to_bytes()).collect()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote of so many texts; `None` when the size does not fit.
    pub(super) fn from_bytes(dimension: usize, texts: usize, bytes: &[u8]) -> Option<Self> {
        let (ends, states) = bytes.split_at_checked(texts * size_of::<u32>())?;
        let ends: Vec<u32> = ends
            .chunks_exact(size_of::<u32>())
            .map(|end| u32::from_le_bytes([end[0], end[1], end[2], end[3]]))
            .collect();
        let count = ends.last().copied().unwrap_or(0) as usize;
        let states = VectorTable::from_bytes(dimension, count, states)?;
        ends.is_sorted().then_some(Self { states, ends })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(tokens: &[[f32; 2]]) -> Vec<Embedding> {
        let vectors = tokens.iter().map(|token| token.to_vec());
        vectors.map(Embedding::normalised).collect()
    }

    fn question(tokens: &[[f32; 2]], weights: &[f32]) -> QuestionTokens {
        QuestionTokens::of(&TokenStates {
            vectors: text(tokens),
            weights: weights.to_vec(),
        })
    }

    #[test]
    fn each_token_finds_the_nearest() {
        let mut table = TokenTable::new(2);
        table.push(&text(&[[1.0, 0.0], [0.6, 0.8]]), 8);
        table.push(&text(&[]), 8);
        let asked = question(&[[1.0, 0.0], [0.0, 1.0]], &[0.75, 0.25]);
        let mut nearest = [f32::NEG_INFINITY; 2];
        let of_text = table
            .match_row(0, &asked, &mut nearest)
            .expect("it has tokens");
        assert!(
            (nearest[0] - 1.0).abs() < 0.01 && (nearest[1] - 0.8).abs() < 0.01,
            "{nearest:?}"
        );
        assert!((of_text - 0.9).abs() < 0.01, "{of_text}");
        assert!((asked.weighed(&nearest) - 0.95).abs() < 0.01);
        assert!(table.match_row(1, &asked, &mut nearest).is_none());
    }

    #[test]
    fn a_table_survives_the_disk_and_keeps_so_many_tokens() {
        let mut table = TokenTable::new(2);
        table.push(&text(&[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), 2);
        table.push_row_of(
            &{
                let mut other = TokenTable::new(2);
                other.push(&[], 1);
                other.push(&text(&[[0.0, -1.0]]), 1);
                other
            },
            1,
        );
        assert_eq!(table.tokens_of(0), 0..2);
        assert_eq!(table.tokens_of(1), 2..3);
        let bytes = table.to_bytes();
        let read = TokenTable::from_bytes(2, 2, &bytes).expect("same size");
        assert_eq!(read.to_bytes(), bytes);
        assert!(TokenTable::from_bytes(2, 3, &bytes).is_none());
        assert!(TokenTable::from_bytes(2, 2, &bytes[..5]).is_none());
    }
}
