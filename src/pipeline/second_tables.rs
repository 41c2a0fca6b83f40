//! What a second encoder has read of a base: the vector of each unit, and of each wording as a whole.
//!
//! A passage is found by what it says; a question about an answer as a whole is near none of its passages. So each
//! wording is read once more from its title on, as far as the encoder reads.

use std::path::Path;

use super::hubs::HubIndex;
use super::language_means::{LanguageMeans, NeutralMeans, Rows};
use super::second_reading::{Known, Reading};
use super::snapshot_error::SnapshotError;
use super::stored_snapshot::{self, SecondVectors};
use super::token_table::{QuestionTokens, TokenTable};
use super::unit_kind::UnitKind;
use super::units::Units;
use crate::encoder::{Embedding, Encoder, TextRole, TokenWeights};
use crate::language::{Language, LanguageDistribution};

/// The vectors of a second encoder.
pub(super) struct SecondTables {
    identity: String,
    token_weights: TokenWeights,
    neutral: NeutralMeans,
    means: LanguageMeans,
    /// As the encoder gave them, for the snapshot that follows.
    encoded: SecondVectors,
    /// Of the units of each [`UnitKind`], row by row, without what they say of their language.
    pub(super) vectors: [HubIndex; 2],
    /// Of the wholes, likewise.
    pub(super) wholes: HubIndex,
    pub(super) article_of_whole: Vec<u32>,
}

impl SecondTables {
    /// Reads a base: by vectors kept in a folder, else by those `read_before` has of the same texts, else anew; keeps
    /// what is new in the folder.
    pub(super) fn of(
        encoder: &dyn Encoder,
        units: &Units,
        read_before: Option<(&Units, &Self)>,
        folder: Option<&Path>,
    ) -> Result<Self, SnapshotError> {
        let token_weights = units.token_weights(encoder);
        let rows = units.row_counts();
        let kept = folder.and_then(|place| {
            stored_snapshot::open_second(place, encoder, &rows, units.wholes.len())
        });
        let encoded = match kept {
            Some(vectors) => vectors,
            None => {
                let vectors = encode(encoder, units, read_before, &token_weights);
                if let Some(place) = folder {
                    stored_snapshot::save_second(place, encoder, &vectors)?;
                }
                vectors
            }
        };
        let neutral = match read_before {
            Some((_, before)) => before.neutral.clone(),
            None => NeutralMeans::of(encoder),
        };
        let [of_questions, of_passages] = units.languages();
        let of_wholes: Vec<Language> = units.wholes.iter().map(|(of, _)| *of).collect();
        let [questions, passages] = &encoded.units;
        let rows = [
            (&questions.vectors, &of_questions),
            (&passages.vectors, &of_passages),
            (&encoded.wholes.vectors, &of_wholes),
        ]
        .map(|(table, languages)| Rows { table, languages });
        let means = LanguageMeans::of(&neutral, rows);
        let without = means.without(rows);
        let [of_questions, of_passages] = UnitKind::ALL.map(|kind| units.articles_of_rows(kind));
        let of_wholes = units.articles_of_wholes();
        let articles = [&of_questions[..], &of_passages, &of_wholes];
        let [questions, passages, wholes] = HubIndex::each(without, articles);
        Ok(Self {
            identity: encoder.identity().to_owned(),
            token_weights,
            neutral,
            means,
            encoded,
            vectors: [questions, passages],
            wholes,
            article_of_whole: of_wholes,
        })
    }

    /// Identity of the encoder that read the base.
    pub(super) fn identity(&self) -> &str {
        &self.identity
    }

    /// Encodes a question as the texts of these tables were encoded.
    pub(super) fn encode_question(
        &self,
        encoder: &dyn Encoder,
        text: &str,
        languages: &LanguageDistribution,
    ) -> SecondQuestion {
        let mut encoded = encoder.encode_with_tokens(TextRole::Query, &[text], &self.token_weights);
        let (embedding, tokens) = encoded.pop().expect("one text gives one vector");
        SecondQuestion {
            embedding: self.means.without_in_question(embedding, languages),
            tokens: QuestionTokens::of(&tokens),
        }
    }

    /// The tokens of the questions, row by row.
    pub(super) fn tokens_of_questions(&self) -> &TokenTable {
        &self.encoded.units[UnitKind::Question as usize].tokens
    }

    /// The tokens of the wholes, row by row.
    pub(super) fn tokens_of_wholes(&self) -> &TokenTable {
        &self.encoded.wholes.tokens
    }
}

/// A question as the second encoder reads it.
pub(super) struct SecondQuestion {
    /// Without what it says of its language.
    pub(super) embedding: Embedding,
    pub(super) tokens: QuestionTokens,
}

/// Tokens that are kept of a question and of a whole; passages are in the wholes.
const TOKENS_OF_QUESTION: usize = 32;
const TOKENS_OF_WHOLE: usize = 128;

/// Encodes what was not read before.
fn encode(
    encoder: &dyn Encoder,
    units: &Units,
    read_before: Option<(&Units, &SecondTables)>,
    weights: &TokenWeights,
) -> SecondVectors {
    let read = |texts: &[(Language, String)], kind: UnitKind, tokens: usize, known| {
        let reading = Reading {
            encoder,
            weights,
            role: kind.role(),
            tokens,
        };
        reading.read(texts, known)
    };
    let of_units = [
        (UnitKind::Question, TOKENS_OF_QUESTION),
        (UnitKind::Passage, 0),
    ];
    let of_units = of_units.map(|(of_kind, tokens)| {
        let kind = of_kind as usize;
        let known = read_before.map(|(units, before)| Known {
            weights: &before.token_weights,
            texts: &units.texts[kind],
            read: &before.encoded.units[kind],
        });
        read(&units.texts[kind], of_kind, tokens, known)
    });
    let known = read_before.map(|(units, before)| Known {
        weights: &before.token_weights,
        texts: &units.wholes,
        read: &before.encoded.wholes,
    });
    SecondVectors {
        units: of_units,
        wholes: read(&units.wholes, UnitKind::Passage, TOKENS_OF_WHOLE, known),
    }
}

/// Encodes a question with weights of its tokens.
pub(super) fn encode_question(
    encoder: &dyn Encoder,
    weights: &TokenWeights,
    text: &str,
) -> Embedding {
    let mut encoded = encoder.encode_weighed(TextRole::Query, &[text], weights);
    encoded.pop().expect("one text gives one vector")
}
