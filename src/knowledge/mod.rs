//! Articles: their shape, how a folder of Markdown becomes a knowledge base, and what can be wrong with it.
//!
//! Knows nothing of indexes, encoders or visitors.

mod article;
mod media;
mod readership;
mod stage;

mod draft;
mod fault;
mod folder;
mod front_matter;
mod glossary;
mod publication;

mod anchors;
mod empty_summary;
mod html;
mod markdown;
mod plain;
mod sections;
mod standard;
mod traditional;
mod translation;
mod video;

mod category_file;
mod export;
mod first_questions;
mod import;
mod schema;

pub use article::{
    Article, ArticleId, Category, CategoryTraits, Intent, KnowledgeBase, LanguagePolicy, Revision,
    Severity,
};
pub use category_file::category_file;
pub use draft::{UnreadableText, Wording, content_hash, first_matter, raise_revision, read_matter};
pub use export::{ExportError, ExportFormat, ExportOutcome, export};
pub use fault::{Fault, Level};
pub use first_questions::{FirstQuestion, first_questions};
pub use folder::{LoadError, LoadedFolder, fingerprint, load_folder, load_folder_to_fill};
pub use front_matter::{ArticleMatter, TranslationMatter};
pub use glossary::Glossary;
pub use html::{ShownPicture, Surroundings, render, to_html};
pub use import::{
    ApartArticle, ApartText, FileChange, ImportError, ImportFormat, ImportOutcome, ImportSettings,
    Joins, Loss, LossKind, LossReport, MANIFEST, ProposedJoin, Verdict, articles_apart, import,
    write_proposals,
};
pub use markdown::{Link, PassageLength, links, passages, sentences, to_plain_text};
pub use media::{Media, MediaFile, encoded};
pub use plain::plain_form;
pub use publication::Publication;
pub use readership::Readership;
pub use schema::json_schema;
pub use sections::{Block, Heading, Section, sections, width_of};
pub use stage::Stage;
pub use traditional::TraditionalWording;
pub use translation::Translation;
