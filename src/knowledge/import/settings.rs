//! What an import is asked to do.

use std::path::PathBuf;

use super::joins::Joins;
use crate::language::Language;

/// A format that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportFormat {
    /// A tree of Markdown files, of any usual site generator or of none.
    Markdown,
    /// A saved site, or a sitemap of local files.
    Html,
    /// Word documents, each an article.
    Docx,
    /// Help centre of Zendesk: answers of its API, or an export of them.
    Zendesk,
    /// Articles of Intercom.
    Intercom,
    /// Articles of a Chatwoot portal.
    Chatwoot,
    /// QnA Maker and Azure question answering: TSV or XLSX.
    QnaMaker,
    /// FAQ table of Dialogflow: two columns without a heading.
    Dialogflow,
    /// Question-and-answer tables of MaxKB.
    MaxKb,
    /// Question-and-answer tables of FastGPT.
    FastGpt,
    /// A table of questions and answers with headings, as CSV or TSV.
    Csv,
    /// The same as a spreadsheet.
    Xlsx,
    /// The same as one JSON object a line.
    Jsonl,
}

impl ImportFormat {
    /// Every format.
    pub const ALL: [Self; 13] = [
        Self::Markdown,
        Self::Html,
        Self::Docx,
        Self::Zendesk,
        Self::Intercom,
        Self::Chatwoot,
        Self::QnaMaker,
        Self::Dialogflow,
        Self::MaxKb,
        Self::FastGpt,
        Self::Csv,
        Self::Xlsx,
        Self::Jsonl,
    ];

    /// Returns its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Docx => "docx",
            Self::Zendesk => "zendesk",
            Self::Intercom => "intercom",
            Self::Chatwoot => "chatwoot",
            Self::QnaMaker => "qnamaker",
            Self::Dialogflow => "dialogflow",
            Self::MaxKb => "maxkb",
            Self::FastGpt => "fastgpt",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Jsonl => "jsonl",
        }
    }
}

/// What to import, and how.
#[derive(Debug, Clone)]
pub struct ImportSettings {
    /// What the source is.
    pub format: ImportFormat,
    /// The file or folder.
    pub source: PathBuf,
    /// The knowledge folder.
    pub into: PathBuf,
    /// Language of pages that state none; found from their words where this is `None`.
    pub language: Option<Language>,
    /// Category of pages that have none.
    pub category: String,
    /// Address of the site the pages stand on, for links to what is not imported.
    pub site: Option<String>,
    /// Makes an article of every heading that is a question.
    pub split_questions: bool,
    /// Translations that nothing in the source joins, as somebody confirmed them.
    pub joins: Joins,
    /// Takes the source's text where both sides changed.
    pub take_theirs: bool,
    /// Writes nothing.
    pub dry_run: bool,
}
