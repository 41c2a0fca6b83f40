//! Brings knowledge of other tools into the folder layout: one reader a format, one plain page between, one writer.
//!
//! A source is read twice and never held whole: the first reading learns which pages are one article and where links
//! lead, the second writes. Nothing is written while the first found a fault.

mod error;
mod loss;
mod origin;
mod page;
mod settings;

mod locale_tag;
mod slug;
mod source_path;

mod dialect;
mod dialect_inline;
mod dialect_lines;
mod dialect_tags;
mod fence;
mod front;
mod html_blocks;
mod html_inline;
mod links;
mod opening;
mod split;
mod wiki;

mod chatwoot;
mod intercom;
mod json_file;
mod markdown_site;
mod markdown_tree;
mod row_columns;
mod row_page;
mod saved_site;
mod tables;
mod word_file;
mod word_html;
mod xml_tree;
mod zendesk;

mod joins;
mod new_keys;

mod linking;
mod manifest;
mod pictures;
mod plan;
mod run;
mod writer;

mod apart;

pub(super) use links::{Rewrite, rewritten};

pub use apart::{ApartArticle, ApartText, articles_apart};
pub use error::ImportError;
pub use joins::{Joins, ProposedJoin, Verdict, write_proposals};
pub use loss::{Loss, LossKind, LossReport};
pub use manifest::MANIFEST;
pub use run::{ImportOutcome, import};
pub use settings::{ImportFormat, ImportSettings};
pub use writer::FileChange;
