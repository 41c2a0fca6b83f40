//! What an import could not carry, counted and named.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::origin::Origin;

/// Examples kept of one name; the count goes on.
const EXAMPLES: usize = 3;

/// A kind of thing that did not come along as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LossKind {
    /// Pages in a language that is not served.
    OtherLanguage,
    /// Pages in another variant of a language of which one variant is kept, such as `zh-TW` beside `zh-CN`.
    OtherVariant,
    /// Pages that were not published there.
    Unpublished,
    /// Pages meant for a group of readers only.
    Restricted,
    /// Documents in formats that are not read, beside those that are.
    OtherDocument,
    /// Pages with no text of their own.
    EmptyPage,
    /// Pages that may be translations of others, but nothing says of which.
    LeftApart,
    /// Links to pages that are not part of the import; their words stay.
    DeadLink,
    /// Links to places within a page that no heading marks.
    DeadAnchor,
    /// Pictures that are not there; their words stay.
    MissingPicture,
    /// Pictures on other servers, which stay there.
    RemotePicture,
    /// Pictures written into the page itself.
    EmbeddedPicture,
    /// Video and other frames, which became links.
    Media,
    /// Components of a site generator; the words within stay.
    Component,
    /// Shortcodes and directives of a site generator.
    Directive,
    /// Files that a page would have included.
    Inclusion,
    /// Scripts, forms and styles.
    Script,
    /// Tabs, which became headings one below the other.
    Tabs,
    /// Fields that have no place here.
    Field,
    /// Cells that span several columns or rows, which became single ones.
    SpannedCell,
}

impl LossKind {
    /// Returns what happened, as a heading of the report.
    pub fn heading(self) -> &'static str {
        match self {
            Self::OtherLanguage => "pages in languages not served, left out",
            Self::OtherVariant => "pages in another variant of a language, left out",
            Self::Unpublished => "unpublished pages, left out",
            Self::Restricted => "pages for a group of readers only, left out",
            Self::OtherDocument => "documents that are not .docx, left out",
            Self::EmptyPage => "pages without text, left out",
            Self::LeftApart => {
                "pages that nothing joins to a translation, each an article of its own"
            }
            Self::DeadLink => "links to pages that are not part of the import; their words stay",
            Self::DeadAnchor => "places within pages that no heading marks",
            Self::MissingPicture => "pictures that are not there; their words stay",
            Self::RemotePicture => "pictures on other servers, which stay there",
            Self::EmbeddedPicture => "pictures written into the page itself, left out",
            Self::Media => "video and other frames, now links",
            Self::Component => "components, of which the words within stay",
            Self::Directive => "directives, left out",
            Self::Inclusion => "included files, left out",
            Self::Script => "scripts, styles and forms, left out",
            Self::Tabs => "tabs, now one below the other",
            Self::Field => "fields that have no place here",
            Self::SpannedCell => "cells that spanned several, now single",
        }
    }
}

/// One name among the losses of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Loss {
    /// How often it was met.
    pub count: usize,
    /// The first places.
    pub places: Vec<String>,
}

/// Everything that could not be carried; displays as a list with counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[serde(transparent)]
pub struct LossReport {
    /// Losses by kind, then by name.
    pub kinds: BTreeMap<LossKind, BTreeMap<String, Loss>>,
}

impl LossReport {
    /// Counts a thing that was lost.
    pub fn add(&mut self, kind: LossKind, name: impl Into<String>, origin: &Origin) {
        let loss = self
            .kinds
            .entry(kind)
            .or_default()
            .entry(name.into())
            .or_default();
        loss.count += 1;
        if loss.places.len() < EXAMPLES {
            loss.places.push(origin.to_string());
        }
    }

    /// Returns how many things of a kind were lost.
    pub fn count(&self, kind: LossKind) -> usize {
        self.kinds
            .get(&kind)
            .map_or(0, |names| names.values().map(|loss| loss.count).sum())
    }

    /// Tells whether everything came along.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }
}

/// Names shown of one kind on a terminal.
const SHOWN: usize = 5;

impl fmt::Display for LossReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, names) in &self.kinds {
            writeln!(formatter, "{:>6}  {}", self.count(*kind), kind.heading())?;
            let mut sorted: Vec<(&String, &Loss)> = names.iter().collect();
            sorted.sort_by_key(|(_, loss)| std::cmp::Reverse(loss.count));
            for (name, loss) in sorted.iter().take(SHOWN) {
                let place = loss.places.first().map_or("", String::as_str);
                writeln!(formatter, "        {:>5}  {name}  ({place})", loss.count)?;
            }
            if sorted.len() > SHOWN {
                writeln!(
                    formatter,
                    "               and {} more names",
                    sorted.len() - SHOWN
                )?;
            }
        }
        Ok(())
    }
}
