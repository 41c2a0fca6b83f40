//! A knowledge base made searchable: entries, their units' vectors and terms, and the lexical index. Immutable; a
//! change makes a new snapshot, which replaces the old one in one step.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rayon::prelude::*;

use super::analyzer::Scheme;
use super::hubs::HubIndex;
use super::lexical::{IndexedUnit, LexicalIndex};
use super::stored_snapshot;
use super::terms::{TermTable, term_codes};
use crate::encoder::{Embedding, Encoder, TextRole, VectorTable};
use crate::knowledge::{
    Article, ArticleId, KnowledgeBase, PassageLength, Revision, Translation, passages,
    to_plain_text,
};
use crate::language::Language;

/// What a unit of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// A title or an alternate: how the question is asked.
    Question,
    /// A piece of the summary or the body: what answers it.
    Passage,
}

impl UnitKind {
    pub(super) const ALL: [Self; 2] = [Self::Question, Self::Passage];
}

/// Why a snapshot could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// tantivy refused.
    #[error("could not build the search index: {0}")]
    Lexical(#[from] tantivy::TantivyError),
    /// The index folder cannot be written.
    #[error(
        "could not write the search index at {path}: {source}; check the free space and the rights, or pass another --data"
    )]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// One translation of one article.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) article: u32,
    pub(super) language: Language,
    /// Rows in the table of each [`UnitKind`].
    pub(super) rows: [Range<u32>; 2],
}

/// All units of one kind, row by row.
pub(super) struct UnitTable {
    pub(super) vectors: HubIndex,
    pub(super) bigrams: TermTable,
    pub(super) words: TermTable,
    pub(super) entry_of_row: Vec<u32>,
}

/// A searchable knowledge base.
pub struct Snapshot {
    knowledge: KnowledgeBase,
    encoder_identity: String,
    pub(super) entries: Vec<Entry>,
    pub(super) entries_of_article: Vec<Range<u32>>,
    pub(super) tables: [UnitTable; 2],
    pub(super) lexical: LexicalIndex,
    /// Share of entries in each language, in the order of [`Language::ALL`].
    pub(super) language_share: [f32; 4],
    positions: HashMap<ArticleId, u32>,
    /// Set once, perhaps long after the rest, since the second encoder is slow.
    second: OnceLock<SecondTables>,
    /// Where what was computed is kept.
    kept_in: Option<PathBuf>,
}

/// The vectors of a second encoder, row by row as in the tables of each [`UnitKind`].
pub(super) struct SecondTables {
    pub(super) identity: String,
    pub(super) vectors: [HubIndex; 2],
}

/// Texts encoded in one task.
const ENCODING_CHUNK: usize = 64;

impl Snapshot {
    /// Builds a snapshot in memory.
    pub fn build(knowledge: KnowledgeBase, encoder: &dyn Encoder) -> Result<Self, SnapshotError> {
        let units = Units::of(&knowledge);
        let tables = units.tables(encoder);
        let lexical = LexicalIndex::build(None, units.indexed())?;
        Ok(Self::assemble(
            knowledge,
            encoder,
            units.entries,
            tables,
            lexical,
            None,
        ))
    }

    /// Opens the snapshot kept in a folder when knowledge, model and schema are the same, and builds it otherwise.
    pub fn open_or_build(
        folder: &Path,
        knowledge: KnowledgeBase,
        encoder: &dyn Encoder,
    ) -> Result<Self, SnapshotError> {
        let place = stored_snapshot::place(folder, knowledge.revision(), encoder.identity());
        let units = Units::of(&knowledge);
        if let Some((tables, lexical)) =
            stored_snapshot::open(&place, encoder.dimension(), &units.row_counts())
        {
            let tables = units.with_entries(tables);
            return Ok(Self::assemble(
                knowledge,
                encoder,
                units.entries,
                tables,
                lexical,
                Some(place),
            ));
        }
        let tables = units.tables(encoder);
        let lexical = stored_snapshot::save(folder, &place, &tables, units.indexed())?;
        Ok(Self::assemble(
            knowledge,
            encoder,
            units.entries,
            tables,
            lexical,
            Some(place),
        ))
    }

    /// Adds the vectors of a second encoder: kept ones, else those that `like` has of the same texts, else new ones.
    ///
    /// A snapshot takes one second encoder; later calls change nothing.
    pub fn add_second_encoder(
        &self,
        encoder: &dyn Encoder,
        like: Option<&Self>,
    ) -> Result<(), SnapshotError> {
        if self.second.get().is_some() {
            return Ok(());
        }
        let place = self.kept_in.as_deref();
        let rows = self.row_counts();
        let kept = place.and_then(|place| stored_snapshot::open_second(place, encoder, &rows));
        let tables = match kept {
            Some(tables) => tables,
            None => {
                let units = Units::of(&self.knowledge);
                let known = like.and_then(|like| {
                    let tables = like.second(encoder.identity())?;
                    Some((Units::of(&like.knowledge), tables))
                });
                let tables = UnitKind::ALL.map(|kind| {
                    let kind = kind as usize;
                    let known = known.as_ref().map(|(units, tables)| Known {
                        texts: &units.texts[kind],
                        vectors: tables[kind].table(),
                    });
                    second_table(&units.texts[kind], known, encoder)
                });
                if let Some(place) = place {
                    stored_snapshot::save_second(place, encoder, &tables)?;
                }
                tables
            }
        };
        self.second.get_or_init(|| SecondTables {
            identity: encoder.identity().to_owned(),
            vectors: hub_indexes(
                tables,
                &self.entries,
                UnitKind::ALL.map(|kind| self.table(kind).entry_of_row.as_slice()),
            ),
        });
        Ok(())
    }

    /// Counts the texts that building a snapshot encodes.
    pub fn text_count(knowledge: &KnowledgeBase) -> usize {
        Units::of(knowledge).row_counts().iter().sum()
    }

    fn row_counts(&self) -> [usize; 2] {
        UnitKind::ALL.map(|kind| self.table(kind).entry_of_row.len())
    }

    fn assemble(
        knowledge: KnowledgeBase,
        encoder: &dyn Encoder,
        entries: Vec<Entry>,
        tables: [UnitTable; 2],
        lexical: LexicalIndex,
        kept_in: Option<PathBuf>,
    ) -> Self {
        let mut entries_of_article = Vec::with_capacity(knowledge.articles.len());
        let mut language_share = [0.0; 4];
        let mut start = 0;
        for article in 0..knowledge.articles.len() as u32 {
            let count = entries[start as usize..]
                .iter()
                .take_while(|entry| entry.article == article)
                .count() as u32;
            entries_of_article.push(start..start + count);
            start += count;
        }
        for entry in &entries {
            language_share[entry.language.index()] += 1.0 / entries.len() as f32;
        }
        let positions = knowledge
            .articles
            .iter()
            .enumerate()
            .map(|(position, article)| (article.id.clone(), position as u32))
            .collect();
        Self {
            knowledge,
            encoder_identity: encoder.identity().to_owned(),
            entries,
            entries_of_article,
            tables,
            lexical,
            language_share,
            positions,
            second: OnceLock::new(),
            kept_in,
        }
    }

    /// The knowledge base this was built from.
    pub fn knowledge(&self) -> &KnowledgeBase {
        &self.knowledge
    }

    /// Fingerprint of that knowledge base.
    pub fn revision(&self) -> &Revision {
        self.knowledge.revision()
    }

    /// Identity of the encoder its vectors come from, and of the second where there is one.
    pub fn encoder_identity(&self) -> String {
        let second = self.second.get().map(|second| second.identity.as_str());
        Self::identity_of(&self.encoder_identity, second)
    }

    /// How encoders with these identities are named together.
    pub fn identity_of(first: &str, second: Option<&str>) -> String {
        match second {
            Some(second) => format!("{first} + {second}"),
            None => first.to_owned(),
        }
    }

    /// The vectors of a second encoder, where they are of the one with this identity.
    pub(super) fn second(&self, identity: &str) -> Option<&[HubIndex; 2]> {
        let tables = self
            .second
            .get()
            .filter(|tables| tables.identity == identity);
        tables.map(|tables| &tables.vectors)
    }

    /// Number of translations that can be found.
    pub fn entry_count(&self) -> usize {
        self.entries.len()
    }

    /// Finds an article.
    pub fn article(&self, id: &ArticleId) -> Option<&Article> {
        let position = *self.positions.get(id)?;
        self.knowledge.articles.get(position as usize)
    }

    pub(super) fn article_at(&self, position: u32) -> &Article {
        &self.knowledge.articles[position as usize]
    }

    pub(super) fn entries_of(&self, article: u32) -> &[Entry] {
        let range = &self.entries_of_article[article as usize];
        &self.entries[range.start as usize..range.end as usize]
    }

    pub(super) fn table(&self, kind: UnitKind) -> &UnitTable {
        &self.tables[kind as usize]
    }
}

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

/// Makes the vectors of both kinds searchable.
fn hub_indexes(
    tables: [VectorTable; 2],
    entries: &[Entry],
    entries_of_rows: [&[u32]; 2],
) -> [HubIndex; 2] {
    let articles = entries_of_rows.map(|rows| -> Vec<u32> {
        let articles = rows.iter().map(|entry| entries[*entry as usize].article);
        articles.collect()
    });
    HubIndex::pair(tables, articles.each_ref().map(Vec::as_slice))
}

/// The texts of a knowledge base, cut into units.
struct Units {
    entries: Vec<Entry>,
    /// Texts of each kind, row by row, with the language they are in.
    texts: [Vec<(Language, String)>; 2],
}

impl Units {
    fn of(knowledge: &KnowledgeBase) -> Self {
        let mut units = Self {
            entries: Vec::new(),
            texts: [Vec::new(), Vec::new()],
        };
        for (article, content) in knowledge.articles.iter().enumerate() {
            for translation in content.translations.values() {
                units.push_entry(article as u32, translation);
            }
        }
        units
    }

    fn push_entry(&mut self, article: u32, translation: &Translation) {
        let language = translation.language;
        let questions = std::iter::once(&translation.title)
            .chain(&translation.alternates)
            .filter(|text| !text.is_empty())
            .cloned();
        let body = to_plain_text(&translation.body);
        let answers = passages(&translation.summary, PassageLength::default())
            .into_iter()
            .chain(passages(&body, PassageLength::default()))
            .take(MAX_PASSAGES);
        let question_rows = append(&mut self.texts[0], language, questions);
        let passage_rows = append(&mut self.texts[1], language, answers);
        self.entries.push(Entry {
            article,
            language,
            rows: [question_rows, passage_rows],
        });
    }

    fn row_counts(&self) -> [usize; 2] {
        [self.texts[0].len(), self.texts[1].len()]
    }

    fn tables(&self, encoder: &dyn Encoder) -> [UnitTable; 2] {
        let tables = UnitKind::ALL.map(|kind| {
            let texts = &self.texts[kind as usize];
            let (bigrams, words) = term_tables(texts);
            (vector_table(texts, encoder), bigrams, words)
        });
        self.with_entries(tables)
    }

    fn with_entries(&self, tables: [(VectorTable, TermTable, TermTable); 2]) -> [UnitTable; 2] {
        let [questions, passages] = UnitKind::ALL.map(|kind| entries_of_rows(&self.entries, kind));
        let [
            (of_questions, question_bigrams, question_words),
            (of_passages, passage_bigrams, passage_words),
        ] = tables;
        let vectors = [of_questions, of_passages];
        let [question_vectors, passage_vectors] =
            hub_indexes(vectors, &self.entries, [&questions, &passages]);
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

    fn indexed(&self) -> impl Iterator<Item = IndexedUnit<'_>> {
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

/// Passages read of one article, about 3,600 characters; what stands later seldom answers a question by itself.
const MAX_PASSAGES: usize = 12;

fn append(
    texts: &mut Vec<(Language, String)>,
    language: Language,
    units: impl Iterator<Item = String>,
) -> Range<u32> {
    let start = texts.len() as u32;
    texts.extend(units.map(|text| (language, text)));
    start..texts.len() as u32
}

fn vector_table(texts: &[(Language, String)], encoder: &dyn Encoder) -> VectorTable {
    let encoded: Vec<Vec<Embedding>> = texts
        .par_chunks(ENCODING_CHUNK)
        .map(|chunk| {
            let texts: Vec<&str> = chunk.iter().map(|(_, text)| text.as_str()).collect();
            encoder.encode(TextRole::Passage, &texts)
        })
        .collect();
    let mut table = VectorTable::new(encoder.dimension());
    encoded
        .iter()
        .flatten()
        .for_each(|embedding| table.push(embedding));
    table
}

/// Texts that an earlier snapshot has vectors of, row by row.
struct Known<'a> {
    texts: &'a [(Language, String)],
    vectors: &'a VectorTable,
}

/// Encodes the texts that are not known.
fn second_table(
    texts: &[(Language, String)],
    known: Option<Known<'_>>,
    encoder: &dyn Encoder,
) -> VectorTable {
    let Some(known) = known else {
        return vector_table(texts, encoder);
    };
    let rows: HashMap<&str, usize> = known
        .texts
        .iter()
        .enumerate()
        .map(|(row, (_, text))| (text.as_str(), row))
        .collect();
    let is_new = |text: &&(Language, String)| !rows.contains_key(text.1.as_str());
    let new: Vec<(Language, String)> = texts.iter().filter(is_new).cloned().collect();
    let encoded = vector_table(&new, encoder);
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
