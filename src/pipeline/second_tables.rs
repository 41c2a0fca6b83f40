//! What a second encoder has read of a base: the vector of each unit, and of each wording as a whole.
//!
//! A passage is found by what it says; a question about an answer as a whole is near none of its passages. So each
//! wording is read once more from its title on, as far as the encoder reads.

use std::path::Path;

use super::hubs::HubIndex;
use super::language_means::{LanguageMeans, NeutralMeans, Rows};
use super::snapshot_error::SnapshotError;
use super::stored_snapshot::{self, SecondVectors};
use super::unit_kind::UnitKind;
use super::units::{Known, Units, second_table};
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
            (questions, &of_questions),
            (passages, &of_passages),
            (&encoded.wholes, &of_wholes),
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
    ) -> Embedding {
        let encoded = encode_question(encoder, &self.token_weights, text);
        self.means.without_in_question(encoded, languages)
    }
}

/// Encodes what was not read before.
fn encode(
    encoder: &dyn Encoder,
    units: &Units,
    read_before: Option<(&Units, &SecondTables)>,
    token_weights: &TokenWeights,
) -> SecondVectors {
    let of_units = UnitKind::ALL.map(|of_kind| {
        let kind = of_kind as usize;
        let known = read_before.map(|(units, before)| Known {
            weights: &before.token_weights,
            texts: &units.texts[kind],
            vectors: &before.encoded.units[kind],
        });
        second_table(of_kind, &units.texts[kind], known, encoder, token_weights)
    });
    let known = read_before.map(|(units, before)| Known {
        weights: &before.token_weights,
        texts: &units.wholes,
        vectors: &before.encoded.wholes,
    });
    let wholes = second_table(
        UnitKind::Passage,
        &units.wholes,
        known,
        encoder,
        token_weights,
    );
    SecondVectors {
        units: of_units,
        wholes,
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
