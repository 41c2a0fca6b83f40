//! An article's text in one language.

use std::path::PathBuf;

use crate::language::Language;

/// An article's text in one language.
#[derive(Debug, Clone)]
pub struct Translation {
    /// Language of the text.
    pub language: Language,
    /// The question as a visitor asks it.
    pub title: String,
    /// The same question in other words.
    pub alternates: Vec<String>,
    /// Words it should be found by that stand nowhere in it.
    pub keywords: Vec<String>,
    /// The short answer.
    pub summary: String,
    /// Revision of the source text this follows.
    pub source_rev: u32,
    /// The long answer, in Markdown.
    pub body: String,
    /// The file it was read from, relative to the knowledge folder.
    pub path: PathBuf,
    /// Line of the file on which the body begins, counted from 1.
    pub body_line: usize,
}

impl Translation {
    /// Returns a text that says nothing yet.
    pub fn blank(language: Language) -> Self {
        Self {
            language,
            title: String::new(),
            alternates: Vec::new(),
            keywords: Vec::new(),
            summary: String::new(),
            source_rev: 1,
            body: String::new(),
            path: PathBuf::new(),
            body_line: 1,
        }
    }
}
