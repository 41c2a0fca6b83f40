//! The tantivy index: one document a unit, a field per language for its words, one for bigrams.

use std::path::Path;

use tantivy::collector::TopDocs;
use tantivy::fastfield::Column;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{
    DocAddress, Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term,
};

use super::analyzer::{Scheme, SchemeTokenizer};
use super::unit_kind::UnitKind;
use crate::language::Language;

/// Counts changes of the fields or of how text is cut; an index of another number is rebuilt.
pub(super) const SCHEMA_VERSION: u32 = 3;

/// What the indexing writer may hold before it writes a segment, in bytes.
const WRITER_MEMORY: usize = 64_000_000;

/// Questions and answers are kept in fields of their own: a word in a title says more than in a body.
#[derive(Clone, Copy)]
struct KindFields {
    words: [Field; 4],
    bigrams: Field,
}

/// Fields of the schema.
#[derive(Clone, Copy)]
struct Fields {
    row: Field,
    question: KindFields,
    passage: KindFields,
}

/// A searchable set of units; it never changes once it is built.
pub(super) struct LexicalIndex {
    searcher: Searcher,
    /// The row of each document, segment by segment.
    rows: Vec<Column<u64>>,
    fields: Fields,
}

/// One unit to be indexed.
pub(super) struct IndexedUnit<'a> {
    pub(super) language: Language,
    pub(super) kind: UnitKind,
    /// Its row in the table of its kind.
    pub(super) row: u32,
    pub(super) text: &'a str,
}

impl LexicalIndex {
    /// Builds an index in memory, or in an empty folder, from units in order.
    pub(super) fn build<'a>(
        folder: Option<&Path>,
        units: impl Iterator<Item = IndexedUnit<'a>>,
    ) -> tantivy::Result<Self> {
        let (schema, fields) = schema();
        let index = match folder {
            None => Index::create_in_ram(schema),
            Some(folder) => Index::create_in_dir(folder, schema)?,
        };
        register_schemes(&index);
        let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_MEMORY)?;
        for unit in units {
            let kind = fields.of_kind(unit.kind);
            let mut document = TantivyDocument::default();
            document.add_u64(fields.row, u64::from(unit.row));
            document.add_text(kind.words[unit.language.index()], unit.text);
            document.add_text(kind.bigrams, unit.text);
            writer.add_document(document)?;
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        Self::ready(index, fields)
    }

    /// Opens an index built earlier.
    pub(super) fn open(folder: &Path) -> tantivy::Result<Self> {
        let index = Index::open_in_dir(folder)?;
        register_schemes(&index);
        let (_, fields) = schema();
        Self::ready(index, fields)
    }

    fn ready(index: Index, fields: Fields) -> tantivy::Result<Self> {
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let searcher = reader.searcher();
        let name = searcher.schema().get_field_name(fields.row);
        let rows = searcher
            .segment_readers()
            .iter()
            .map(|segment| segment.fast_fields().u64(name))
            .collect::<tantivy::Result<_>>()?;
        Ok(Self {
            searcher,
            rows,
            fields,
        })
    }

    /// Tells how many units are indexed.
    pub(super) fn len(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// The rows of the best units for a question's terms in one scheme, best first.
    pub(super) fn search(
        &self,
        kind: UnitKind,
        scheme: Scheme,
        terms: &[String],
        count: usize,
    ) -> tantivy::Result<Vec<u32>> {
        if terms.is_empty() {
            return Ok(Vec::new());
        }
        let fields = self.fields.of_kind(kind);
        let field = match scheme {
            Scheme::Words(language) => fields.words[language.index()],
            Scheme::Bigrams => fields.bigrams,
        };
        let clauses: Vec<(Occur, Box<dyn Query>)> = terms
            .iter()
            .map(|term| {
                let term = Term::from_field_text(field, term);
                let query: Box<dyn Query> =
                    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
                (Occur::Should, query)
            })
            .collect();
        let best = self.searcher.search(
            &BooleanQuery::new(clauses),
            &TopDocs::with_limit(count).order_by_score(),
        )?;
        let row = |address: DocAddress| {
            let rows = self.rows.get(address.segment_ord as usize)?;
            rows.first(address.doc_id).map(|row| row as u32)
        };
        Ok(best
            .into_iter()
            .filter_map(|(_, address)| row(address))
            .collect())
    }
}

impl Fields {
    fn of_kind(&self, kind: UnitKind) -> KindFields {
        match kind {
            UnitKind::Question => self.question,
            UnitKind::Passage => self.passage,
        }
    }
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let row = builder.add_u64_field("row", FAST);
    let mut text_field = |name: String, scheme: Scheme| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(tokenizer_name(scheme))
            .set_index_option(IndexRecordOption::WithFreqs);
        builder.add_text_field(&name, TextOptions::default().set_indexing_options(indexing))
    };
    let mut kind_fields = |kind: &str| KindFields {
        words: Language::ALL.map(|language| {
            text_field(
                format!("{kind}_{}", language.code()),
                Scheme::Words(language),
            )
        }),
        bigrams: text_field(format!("{kind}_bigrams"), Scheme::Bigrams),
    };
    let question = kind_fields("question");
    let passage = kind_fields("passage");
    let fields = Fields {
        row,
        question,
        passage,
    };
    (builder.build(), fields)
}

fn tokenizer_name(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Words(Language::English) => "words_en",
        Scheme::Words(Language::Chinese) => "words_zh",
        Scheme::Words(Language::Japanese) => "words_ja",
        Scheme::Words(Language::Korean) => "words_ko",
        Scheme::Bigrams => "bigrams",
    }
}

fn register_schemes(index: &Index) {
    let words = Language::ALL.map(Scheme::Words);
    for scheme in words.into_iter().chain([Scheme::Bigrams]) {
        index
            .tokenizers()
            .register(tokenizer_name(scheme), SchemeTokenizer(scheme));
    }
}
