//! What a second encoder makes of the texts of a base, row by row.

use std::collections::HashMap;

use rayon::prelude::*;

use super::token_table::TokenTable;
use super::units::ENCODING_CHUNK;
use crate::encoder::{Encoder, TextRole, TokenWeights, VectorTable};
use crate::language::Language;

/// The vectors of texts, and those of their first tokens.
pub(super) struct ReadTexts {
    pub(super) vectors: VectorTable,
    pub(super) tokens: TokenTable,
}

/// Texts that an earlier snapshot has vectors of, row by row, and the weights they were encoded with.
pub(super) struct Known<'a> {
    pub(super) weights: &'a TokenWeights,
    pub(super) texts: &'a [(Language, String)],
    pub(super) read: &'a ReadTexts,
}

/// How texts are read.
pub(super) struct Reading<'a> {
    pub(super) encoder: &'a dyn Encoder,
    pub(super) weights: &'a TokenWeights,
    pub(super) role: TextRole,
    /// Tokens of each text that are kept.
    pub(super) tokens: usize,
}

impl Reading<'_> {
    /// Reads texts, but for those that are known with these weights.
    pub(super) fn read(&self, texts: &[(Language, String)], known: Option<Known<'_>>) -> ReadTexts {
        let Some(known) = known else {
            return self.read_all(texts);
        };
        let keeps_vector = |text: &str| match self.encoder.weighable() {
            Some((model, _)) => {
                let weights = known.weights;
                self.weights.agree_on(weights, model, self.role, text)
            }
            None => true,
        };
        let rows: HashMap<&str, usize> = known
            .texts
            .par_iter()
            .enumerate()
            .filter(|(_, (_, text))| keeps_vector(text))
            .map(|(row, (_, text))| (text.as_str(), row))
            .collect();
        let is_new = |text: &&(Language, String)| !rows.contains_key(text.1.as_str());
        let new: Vec<(Language, String)> = texts.iter().filter(is_new).cloned().collect();
        let encoded = self.read_all(&new);
        let mut next_new = 0..encoded.vectors.len();
        let mut read = self.nothing();
        for (_, text) in texts {
            match rows.get(text.as_str()) {
                Some(row) => read.push_row_of(known.read, *row),
                None => read.push_row_of(&encoded, next_new.next().expect("one for each new text")),
            }
        }
        read
    }

    fn read_all(&self, texts: &[(Language, String)]) -> ReadTexts {
        let chunks: Vec<ReadTexts> = texts
            .par_chunks(ENCODING_CHUNK)
            .map(|chunk| {
                let texts: Vec<&str> = chunk.iter().map(|(_, text)| text.as_str()).collect();
                let encoder = self.encoder;
                let encoded = encoder.encode_with_tokens(self.role, &texts, self.weights);
                let mut read = self.nothing();
                for (embedding, tokens) in encoded {
                    read.vectors.push(&embedding);
                    read.tokens.push(&tokens.vectors, self.tokens);
                }
                read
            })
            .collect();
        let mut read = self.nothing();
        for chunk in &chunks {
            (0..chunk.vectors.len()).for_each(|row| read.push_row_of(chunk, row));
        }
        read
    }

    fn nothing(&self) -> ReadTexts {
        ReadTexts {
            vectors: VectorTable::new(self.encoder.dimension()),
            tokens: TokenTable::new(self.encoder.token_dimension().unwrap_or(0)),
        }
    }
}

impl ReadTexts {
    fn push_row_of(&mut self, other: &Self, row: usize) {
        self.vectors.push_row_of(&other.vectors, row);
        self.tokens.push_row_of(&other.tokens, row);
    }
}
