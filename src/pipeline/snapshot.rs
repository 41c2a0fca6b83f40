//! A knowledge base made searchable: its units' tables and the lexical index. Immutable; a change makes a new
//! snapshot, which replaces the old one in one step.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::lexical::LexicalIndex;
use super::polarity::Pulls;
use super::read_page::PageShelf;
use super::second_tables::{SecondTables, encode_question};
use super::snapshot_error::SnapshotError;
use super::spelling::Spellings;
use super::stored_snapshot;
use super::unit_kind::UnitKind;
use super::units::{Entry, UnitTable, Units};
use crate::encoder::{Embedding, Encoder, QuantisedVector, TokenWeights};
use crate::knowledge::{Article, ArticleId, KnowledgeBase, Revision};
use crate::language::Language;

/// A searchable knowledge base.
pub struct Snapshot {
    knowledge: KnowledgeBase,
    encoder_identity: String,
    token_weights: TokenWeights,
    pub(super) entries: Vec<Entry>,
    pub(super) entries_of_article: Vec<Range<u32>>,
    pub(super) tables: [UnitTable; 2],
    pub(super) lexical: LexicalIndex,
    /// Share of entries in each language, in the order of [`Language::ALL`].
    pub(super) language_share: [f32; 4],
    positions: HashMap<ArticleId, u32>,
    lacks_alternates: bool,
    holds_pages: bool,
    /// Set once, perhaps long after the rest, since the second encoder is slow.
    second: OnceLock<SecondTables>,
    /// Wordings that were read for the part that answers.
    pub(super) pages: PageShelf,
    /// Gathered when a question is first spelled otherwise.
    spellings: OnceLock<Spellings>,
    /// Of each article in each language, read when it is first compared with a question that pulls one way.
    pulls: Vec<[OnceLock<Pulls>; 4]>,
    /// Where what was computed is kept.
    kept_in: Option<PathBuf>,
}

/// Title, headings and passages that make a wording a page, on average.
const TEXTS_OF_A_PAGE: usize = 6;

impl Snapshot {
    /// Builds a snapshot in memory.
    pub fn build(knowledge: KnowledgeBase, encoder: &dyn Encoder) -> Result<Self, SnapshotError> {
        let units = Units::of(&knowledge);
        let token_weights = units.token_weights(encoder);
        let tables = units.tables(encoder, &token_weights);
        let lexical = LexicalIndex::build(None, units.indexed())?;
        Ok(Self::assemble(
            knowledge,
            encoder,
            token_weights,
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
        let token_weights = units.token_weights(encoder);
        if let Some((tables, lexical)) =
            stored_snapshot::open(&place, encoder.dimension(), &units.row_counts())
        {
            let tables = units.with_entries(tables);
            return Ok(Self::assemble(
                knowledge,
                encoder,
                token_weights,
                units.entries,
                tables,
                lexical,
                Some(place),
            ));
        }
        let tables = units.tables(encoder, &token_weights);
        let lexical = stored_snapshot::save(folder, &place, &tables, units.indexed())?;
        Ok(Self::assemble(
            knowledge,
            encoder,
            token_weights,
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
        let read_before = like.and_then(|like| {
            let second = like.second(encoder.identity())?;
            Some((Units::of(&like.knowledge), second))
        });
        let read_before = read_before.as_ref().map(|(units, second)| (units, *second));
        let units = Units::of(&self.knowledge);
        let tables = SecondTables::of(encoder, &units, read_before, self.kept_in.as_deref())?;
        self.second.get_or_init(|| tables);
        Ok(())
    }

    /// Counts the texts that building a snapshot encodes.
    pub fn text_count(knowledge: &KnowledgeBase) -> usize {
        Units::of(knowledge).row_counts().iter().sum()
    }

    /// Counts the texts that adding a second encoder encodes: the same, and wordings as a whole.
    pub fn second_text_count(knowledge: &KnowledgeBase) -> usize {
        let units = Units::of(knowledge);
        units.row_counts().iter().sum::<usize>() + units.wholes.len()
    }

    fn assemble(
        knowledge: KnowledgeBase,
        encoder: &dyn Encoder,
        token_weights: TokenWeights,
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
        let wordings = || {
            let articles = knowledge.articles.iter();
            articles.flat_map(|article| article.translations.values())
        };
        let with_alternates = wordings().filter(|wording| !wording.alternates.is_empty());
        let lacks_alternates = with_alternates.count() * 2 < wordings().count();
        let texts: usize = tables.iter().map(|table| table.entry_of_row.len()).sum();
        let holds_pages = lacks_alternates && texts >= TEXTS_OF_A_PAGE * entries.len();
        let pulls = knowledge.articles.iter().map(|_| Default::default());
        Self {
            pulls: pulls.collect(),
            lacks_alternates,
            holds_pages,
            knowledge,
            encoder_identity: encoder.identity().to_owned(),
            token_weights,
            entries,
            entries_of_article,
            tables,
            lexical,
            language_share,
            positions,
            second: OnceLock::new(),
            pages: PageShelf::default(),
            spellings: OnceLock::new(),
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
        let second = self.second.get().map(SecondTables::identity);
        Self::identity_of(&self.encoder_identity, second)
    }

    /// How encoders with these identities are named together.
    pub fn identity_of(first: &str, second: Option<&str>) -> String {
        match second {
            Some(second) => format!("{first} + {second}"),
            None => first.to_owned(),
        }
    }

    /// The words of the base by how they sound and are spelled.
    pub(super) fn spellings(&self) -> &Spellings {
        self.spellings
            .get_or_init(|| Spellings::of(&self.knowledge))
    }

    /// How the questions of an article pull that are asked in a language, else those of its wording in another.
    pub(super) fn pulls_of(&self, article: u32, language: Language) -> Option<&Pulls> {
        let wording = self.article_at(article).wording(language, language)?;
        let kept = &self.pulls[article as usize][wording.language.index()];
        Some(kept.get_or_init(|| Pulls::of(wording, &self.knowledge.glossary)))
    }

    /// The tables of a second encoder, where they are of the one with this identity.
    pub(super) fn second(&self, identity: &str) -> Option<&SecondTables> {
        let second = self.second.get();
        second.filter(|second| second.identity() == identity)
    }

    /// Encodes a question with the encoder the snapshot was built with, as its texts were encoded.
    pub(super) fn encode_question(&self, encoder: &dyn Encoder, text: &str) -> QuantisedVector {
        QuantisedVector::new(&self.embed_question(encoder, text))
    }

    /// Encodes a question likewise, without rounding.
    pub(super) fn embed_question(&self, encoder: &dyn Encoder, text: &str) -> Embedding {
        encode_question(encoder, &self.token_weights, text)
    }

    /// Returns the size of what is kept of it on disk, in bytes.
    pub fn kept_bytes(&self) -> u64 {
        self.kept_in.as_deref().map_or(0, stored_snapshot::bytes)
    }

    /// The weights its texts were encoded with.
    pub(super) fn token_weights(&self) -> &TokenWeights {
        &self.token_weights
    }

    /// The place of a wording among the entries.
    pub(super) fn entry_of(&self, article: &ArticleId, language: Language) -> Option<u32> {
        let range = self.entries_of_article[*self.positions.get(article)? as usize].clone();
        range
            .into_iter()
            .find(|entry| self.entries[*entry as usize].language == language)
    }

    /// Tells whether most articles have no questions but their titles, as after an import.
    pub fn lacks_alternates(&self) -> bool {
        self.lacks_alternates
    }

    /// Tells whether most articles are pages of many passages that nobody wrote questions for, as in a manual.
    pub(super) fn holds_pages(&self) -> bool {
        self.holds_pages
    }

    /// The best cosine of a text with an article's questions, in any language; with its passages too where nobody wrote
    /// how else it is asked.
    pub(super) fn nearness_to_questions(&self, vector: &QuantisedVector, article: u32) -> f32 {
        let nearest = |kind: UnitKind| {
            let table = self.table(kind);
            let entries = self.entries_of(article).iter();
            let rows = entries.flat_map(|entry| entry.rows[kind as usize].clone());
            rows.map(|row| table.vectors.nearness(row as usize, vector).plain)
                .fold(-1.0, f32::max)
        };
        let questions = nearest(UnitKind::Question);
        match self.lacks_alternates {
            true => questions.max(nearest(UnitKind::Passage)),
            false => questions,
        }
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
