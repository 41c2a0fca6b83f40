//! Articles: their shape, how a folder of Markdown becomes a knowledge base, and what can be wrong with it.
//!
//! Knows nothing of indexes, encoders or visitors.

mod article;
mod draft;
mod fault;
mod folder;
mod front_matter;
mod markdown;

pub use article::{
    Article, ArticleId, Category, CategoryTraits, Intent, KnowledgeBase, LanguagePolicy, Revision,
    Severity, Translation,
};
pub use draft::{UnreadableText, Wording, content_hash, first_matter, raise_revision, read_matter};
pub use fault::{Fault, Level};
pub use folder::{LoadError, LoadedFolder, fingerprint, load_folder};
pub use front_matter::{ArticleMatter, TranslationMatter};
pub use markdown::{Link, PassageLength, links, passages, to_html, to_plain_text};
