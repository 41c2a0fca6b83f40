//! A knowledge base cut into units, the texts that are searched: their vectors, their terms, and the entry each
//! belongs to.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use super::analyzer::Scheme;
use super::hubs::HubIndex;
use super::lexical::IndexedUnit;
use super::terms::{TermTable, code_of, term_codes};
use super::unit_kind::UnitKind;
use super::unit_texts::{LinkTexts, asked, said, whole};
use crate::encoder::{Embedding, Encoder, TokenWeights, VectorTable};
use crate::knowledge::{KnowledgeBase, Translation};
use crate::language::Language;

/// One translation of one article.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) article: u32,
    pub(super) language: Language,
    /// Rows in the table of each [`UnitKind`].
    pub(super) rows: [Range<u32>; 2],
    /// Row among the wholes; an entry that says nothing has none.
    pub(super) whole: Option<u32>,
}

/// All units of one kind, row by row.
pub(super) struct UnitTable {
    pub(super) vectors: HubIndex,
    pub(super) bigrams: TermTable,
    pub(super) words: TermTable,
    pub(super) entry_of_row: Vec<u32>,
}

/// Texts encoded in one task.
const ENCODING_CHUNK: usize = 64;

fn entries_of_rows(entries: &[Entry], kind: UnitKind) -> Vec<u32> {
    let rows = |entry: &Entry| entry.rows[kind as usize].clone();
    let mut entry_of_row = vec![0; entries.last().map_or(0, |entry| rows(entry).end as usize)];
    for (number, entry) in entries.iter().enumerate() {
        for row in rows(entry) {
            entry_of_row[row as usize] = number as u32;
        }
    }
    entry_of_row
}

/// The texts of a knowledge base, cut into units.
pub(super) struct Units {
    pub(super) entries: Vec<Entry>,
    /// Texts of each kind, row by row, with the language they are in.
    pub(super) texts: [Vec<(Language, String)>; 2],
    /// Each entry that has an answer, as a whole; only a second encoder reads it.
    pub(super) wholes: Vec<(Language, String)>,
}

impl Units {
    pub(super) fn of(knowledge: &KnowledgeBase) -> Self {
        let mut units = Self {
            entries: Vec::new(),
            texts: [Vec::new(), Vec::new()],
            wholes: Vec::new(),
        };
        let links = LinkTexts::of(knowledge);
        for (article, content) in knowledge.articles.iter().enumerate() {
            for translation in content.translations.values() {
                let links_to = links.to(&content.id, translation.language);
                units.push_entry(article as u32, translation, links_to);
            }
        }
        units
    }

    fn push_entry(&mut self, article: u32, translation: &Translation, links_to: &[String]) {
        let language = translation.language;
        let questions = asked(translation, links_to);
        let question_rows = append(&mut self.texts[0], language, questions.into_iter());
        let answers = said(translation).into_iter();
        let passage_rows = append(&mut self.texts[1], language, answers);
        let answers = !passage_rows.is_empty();
        let wholes = answers.then(|| whole(translation)).into_iter();
        let whole_row = append(&mut self.wholes, language, wholes).next();
        self.entries.push(Entry {
            article,
            language,
            rows: [question_rows, passage_rows],
            whole: whole_row,
        });
    }

    /// The article of each row of a kind.
    pub(super) fn articles_of_rows(&self, kind: UnitKind) -> Vec<u32> {
        self.articles_of(&entries_of_rows(&self.entries, kind))
    }

    fn articles_of(&self, entries: &[u32]) -> Vec<u32> {
        let articles = entries
            .iter()
            .map(|entry| self.entries[*entry as usize].article);
        articles.collect()
    }

    /// The article of each whole.
    pub(super) fn articles_of_wholes(&self) -> Vec<u32> {
        let answering = self.entries.iter().filter(|entry| entry.whole.is_some());
        answering.map(|entry| entry.article).collect()
    }

    /// The language of each row.
    pub(super) fn languages(&self) -> [Vec<Language>; 2] {
        let languages = |texts: &Vec<(Language, String)>| texts.iter().map(|(of, _)| *of).collect();
        self.texts.each_ref().map(languages)
    }

    pub(super) fn row_counts(&self) -> [usize; 2] {
        [self.texts[0].len(), self.texts[1].len()]
    }

    /// Counts how much each token of an encoder says in this base: by its questions in each language, or by its passages
    /// where a language has no questions.
    pub(super) fn token_weights(&self, encoder: &dyn Encoder) -> TokenWeights {
        let Some((model, half_weight_share)) = encoder.weighable() else {
            return TokenWeights::EVEN;
        };
        let groups = Language::ALL.map(|language| {
            let of_kind = self.texts.iter().map(|texts| in_language(texts, language));
            of_kind
                .map(sampled)
                .find(|texts| !texts.is_empty())
                .unwrap_or_default()
        });
        TokenWeights::of(model, half_weight_share, &groups)
    }

    pub(super) fn tables(&self, encoder: &dyn Encoder, weights: &TokenWeights) -> [UnitTable; 2] {
        let tables = UnitKind::ALL.map(|kind| {
            let texts = &self.texts[kind as usize];
            let (bigrams, words) = term_tables(texts);
            (vector_table(kind, texts, encoder, weights), bigrams, words)
        });
        self.with_entries(tables)
    }

    pub(super) fn with_entries(
        &self,
        tables: [(VectorTable, TermTable, TermTable); 2],
    ) -> [UnitTable; 2] {
        let [questions, passages] = UnitKind::ALL.map(|kind| entries_of_rows(&self.entries, kind));
        let [
            (question_vectors, question_bigrams, question_words),
            (passage_vectors, passage_bigrams, passage_words),
        ] = tables;
        let vectors = [question_vectors, passage_vectors];
        let of_questions = self.articles_of(&questions);
        let of_passages = self.articles_of(&passages);
        let [question_vectors, passage_vectors] =
            HubIndex::each(vectors, [&of_questions, &of_passages]);
        [
            UnitTable {
                vectors: question_vectors,
                bigrams: question_bigrams,
                words: question_words,
                entry_of_row: questions,
            },
            UnitTable {
                vectors: passage_vectors,
                bigrams: passage_bigrams,
                words: passage_words,
                entry_of_row: passages,
            },
        ]
    }

    pub(super) fn indexed(&self) -> impl Iterator<Item = IndexedUnit<'_>> {
        UnitKind::ALL.into_iter().flat_map(|kind| {
            self.texts[kind as usize]
                .iter()
                .zip(0..)
                .map(move |((language, text), row)| IndexedUnit {
                    language: *language,
                    kind,
                    row,
                    text,
                })
        })
    }
}

fn append(
    texts: &mut Vec<(Language, String)>,
    language: Language,
    units: impl Iterator<Item = String>,
) -> Range<u32> {
    let start = texts.len() as u32;
    texts.extend(units.map(|text| (language, text)));
    start..texts.len() as u32
}

/// Texts of a language in which tokens are counted, so that counting does not grow with the base.
const COUNTED_TEXTS: usize = 2048;

fn in_language(texts: &[(Language, String)], language: Language) -> Vec<&str> {
    let texts = texts.iter().filter(|(of, _)| *of == language);
    texts.map(|(_, text)| text.as_str()).collect()
}

/// Keeps [`COUNTED_TEXTS`] at most, drawn by their wording, so that an edit leaves the others drawn.
fn sampled(mut texts: Vec<&str>) -> Vec<&str> {
    if texts.len() > COUNTED_TEXTS {
        texts.sort_by_cached_key(|text| code_of(text));
        texts.truncate(COUNTED_TEXTS);
    }
    texts
}

fn vector_table(
    kind: UnitKind,
    texts: &[(Language, String)],
    encoder: &dyn Encoder,
    weights: &TokenWeights,
) -> VectorTable {
    let encoded: Vec<Vec<Embedding>> = texts
        .par_chunks(ENCODING_CHUNK)
        .map(|chunk| {
            let texts: Vec<&str> = chunk.iter().map(|(_, text)| text.as_str()).collect();
            encoder.encode_weighed(kind.role(), &texts, weights)
        })
        .collect();
    let mut table = VectorTable::new(encoder.dimension());
    encoded
        .iter()
        .flatten()
        .for_each(|embedding| table.push(embedding));
    table
}

/// Texts that an earlier snapshot has vectors of, row by row, and the weights they were encoded with.
pub(super) struct Known<'a> {
    pub(super) weights: &'a TokenWeights,
    pub(super) texts: &'a [(Language, String)],
    pub(super) vectors: &'a VectorTable,
}

/// Encodes the texts that are not known, or not with these weights.
pub(super) fn second_table(
    kind: UnitKind,
    texts: &[(Language, String)],
    known: Option<Known<'_>>,
    encoder: &dyn Encoder,
    weights: &TokenWeights,
) -> VectorTable {
    let Some(known) = known else {
        return vector_table(kind, texts, encoder, weights);
    };
    let keeps_vector = |text: &str| match encoder.weighable() {
        Some((model, _)) => weights.agree_on(known.weights, model, kind.role(), text),
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
    let encoded = vector_table(kind, &new, encoder, weights);
    let mut next_new = 0..encoded.len();
    let mut table = VectorTable::new(encoder.dimension());
    for (_, text) in texts {
        match rows.get(text.as_str()) {
            Some(row) => table.push_row_of(known.vectors, *row),
            None => table.push_row_of(&encoded, next_new.next().expect("one for each new text")),
        }
    }
    table
}

fn term_tables(texts: &[(Language, String)]) -> (TermTable, TermTable) {
    let codes: Vec<_> = texts
        .par_iter()
        .map(|(language, text)| {
            (
                term_codes(Scheme::Bigrams, text),
                term_codes(Scheme::Words(*language), text),
            )
        })
        .collect();
    let mut bigrams = TermTable::default();
    let mut words = TermTable::default();
    for (bigram_codes, word_codes) in &codes {
        bigrams.push(bigram_codes);
        words.push(word_codes);
    }
    bigrams.weigh();
    words.weigh();
    (bigrams, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_in_so_many_texts_and_an_edit_leaves_the_others_drawn() {
        let texts: Vec<String> = (0..3000).map(|number| format!("text {number}")).collect();
        let drawn =
            |texts: &[String]| sampled(texts.iter().map(String::as_str).collect()).join("\n");
        let before = drawn(&texts);
        assert_eq!(before.lines().count(), COUNTED_TEXTS);
        let edited = [&texts[1..], &["another text".to_owned()]].concat();
        let after = drawn(&edited);
        let kept = before
            .lines()
            .filter(|text| after.lines().any(|other| other == *text));
        assert!(kept.count() >= COUNTED_TEXTS - 2);
        assert_eq!(drawn(&texts[..10]).lines().count(), 10);
    }
}
