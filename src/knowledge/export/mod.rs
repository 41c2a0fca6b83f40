//! Writes a knowledge base for other tools: tables, lines of JSON, a tree of Markdown, a help centre of Zendesk.
//!
//! What is written can be imported again: titles, alternates, summaries and texts come back as they were.

mod outcome;

mod markdown;
mod rows;
mod zendesk;

use std::path::Path;

use super::article::KnowledgeBase;

pub use outcome::{ExportError, ExportOutcome};

/// A format that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// One table, a row a text.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// A folder a language with Markdown files and their pictures.
    Markdown,
    /// One JSON file in the shape of Zendesk's API.
    Zendesk,
}

impl ExportFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Jsonl, Self::Markdown, Self::Zendesk];

    /// Returns its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Markdown => "markdown",
            Self::Zendesk => "zendesk",
        }
    }
}

/// Writes a base read from `root`.
pub fn export(
    knowledge: &KnowledgeBase,
    root: &Path,
    format: ExportFormat,
    out: &Path,
) -> Result<ExportOutcome, ExportError> {
    match format {
        ExportFormat::Csv => rows::write_csv(knowledge, out),
        ExportFormat::Jsonl => rows::write_jsonl(knowledge, out),
        ExportFormat::Markdown => markdown::write(knowledge, root, out),
        ExportFormat::Zendesk => zendesk::write(knowledge, out),
    }
}
