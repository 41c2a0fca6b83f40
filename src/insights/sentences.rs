//! The titles and alternates of one language as vectors, and which of them lie nearest to each other.

use super::wording::questions_of;
use crate::encoder::{Encoder, QuantisedVector, Similarity, TextRole, VectorIndex, VectorTable};
use crate::knowledge::{Article, KnowledgeBase, Translation};
use crate::language::Language;

/// Neighbours looked at per sentence; an article rarely has more sentences of its own.
const NEIGHBOURS: usize = 24;

/// A title or an alternate.
pub(super) struct Sentence<'a> {
    pub(super) article: &'a Article,
    pub(super) translation: &'a Translation,
    pub(super) text: &'a str,
}

/// Two sentences and their cosine; positions in [`Sentences::all`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nearness {
    pub(super) sentence: usize,
    pub(super) neighbour: usize,
    pub(super) similarity: Similarity,
}

/// What lies nearest to one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Surroundings {
    /// The nearest other sentence of its own article.
    pub(super) own: Option<Nearness>,
    /// The nearest sentence of another article.
    pub(super) foreign: Option<Nearness>,
}

/// Every title and alternate of one language.
pub(super) struct Sentences<'a> {
    pub(super) all: Vec<Sentence<'a>>,
    index: VectorIndex,
    vectors: Vec<QuantisedVector>,
}

impl<'a> Sentences<'a> {
    pub(super) fn of(
        knowledge: &'a KnowledgeBase,
        language: Language,
        encoder: &dyn Encoder,
    ) -> Self {
        let mut all = Vec::new();
        for article in &knowledge.articles {
            let Some(translation) = article.translations.get(&language) else {
                continue;
            };
            all.extend(questions_of(translation).map(|text| Sentence {
                article,
                translation,
                text,
            }));
        }
        let texts: Vec<&str> = all.iter().map(|sentence| sentence.text).collect();
        let mut table = VectorTable::new(encoder.dimension());
        let mut vectors = Vec::with_capacity(texts.len());
        for embedding in encoder.encode(TextRole::Passage, &texts) {
            vectors.push(QuantisedVector::new(&embedding));
            table.push(&embedding);
        }
        Self {
            all,
            index: VectorIndex::new(table),
            vectors,
        }
    }

    /// Returns each sentence's surroundings, in the order of [`Sentences::all`].
    pub(super) fn surroundings(&self) -> Vec<Surroundings> {
        (0..self.all.len())
            .map(|sentence| self.around(sentence))
            .collect()
    }

    fn around(&self, sentence: usize) -> Surroundings {
        let mut found = Surroundings::default();
        for neighbour in self.index.nearest(&self.vectors[sentence], NEIGHBOURS) {
            let nearness = Nearness {
                sentence,
                neighbour: neighbour.row as usize,
                similarity: neighbour.similarity,
            };
            if nearness.neighbour == sentence {
                continue;
            }
            let own = self.all[nearness.neighbour].article.id == self.all[sentence].article.id;
            let place = if own {
                &mut found.own
            } else {
                &mut found.foreign
            };
            place.get_or_insert(nearness);
        }
        found
    }
}
