//! The plain page that every reader gives and the writer takes.

use std::path::PathBuf;

use super::error::ImportError;
use super::locale_tag::Locale;
use super::loss::{LossKind, LossReport};
use super::origin::Origin;
use super::settings::ImportSettings;
use crate::knowledge::Fault;

/// One page in one language, its body already in the Markdown of a knowledge base but for its links.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Where it stands.
    pub origin: Origin,
    /// The same in every language of one article.
    pub key: String,
    /// What the article's identifier is made from; the key where it is empty.
    pub name: String,
    /// The language the source states, if it states one.
    pub locale: Option<Locale>,
    /// The title.
    pub title: String,
    /// The short answer its author wrote; may be empty.
    pub summary: String,
    /// The question in other words.
    pub alternates: Vec<String>,
    /// Further words it should be found by, such as what its author wrote for search engines.
    pub keywords: Vec<String>,
    /// The category's code; may be empty.
    pub category: String,
    /// The category's name in the page's language; may be empty.
    pub category_title: String,
    /// The text.
    pub body: String,
    /// How other pages call it in links, written as `slug::address` writes them.
    pub addresses: Vec<String>,
    /// Folder on the disk from which relative links and pictures are meant.
    pub folder: PathBuf,
    /// The same as an address.
    pub folder_address: String,
    /// Keys of articles a reader often needs next.
    pub follow_ups: Vec<String>,
    /// Whether the source can tell translations of an article apart from articles; rows without an id cannot.
    pub joinable: bool,
}

/// What a reading finds beside pages.
#[derive(Debug, Default)]
pub struct Notes {
    /// What is broken.
    pub faults: Vec<Fault>,
    /// What could not be carried.
    pub losses: LossReport,
}

impl Notes {
    /// Notes something broken.
    pub fn fault(&mut self, origin: &Origin, check: &'static str, message: impl Into<String>) {
        let fault = Fault::error(&origin.path, check, message.into());
        self.faults.push(match origin.line {
            Some(line) => fault.at_line(line),
            None => fault,
        });
    }

    /// Counts something lost.
    pub fn lost(&mut self, kind: LossKind, name: impl Into<String>, origin: &Origin) {
        self.losses.add(kind, name, origin);
    }
}

/// Takes the pages of a reader, one after the other.
pub type Take<'a> = dyn FnMut(Page, &mut Notes) -> Result<(), ImportError> + 'a;

/// What a reader gets: what was asked for, a place for notes, and who takes the pages.
pub struct Reading<'a> {
    /// What was asked for.
    pub settings: &'a ImportSettings,
    /// Faults and losses so far.
    pub notes: &'a mut Notes,
    /// Takes each page.
    pub take: &'a mut Take<'a>,
}

impl Reading<'_> {
    /// Hands a page on.
    pub fn give(&mut self, page: Page) -> Result<(), ImportError> {
        (self.take)(page, self.notes)
    }
}
