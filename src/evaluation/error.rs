//! What can go wrong while measuring.

use std::io;
use std::path::PathBuf;

use crate::pipeline::EngineError;

/// Why a set cannot be read or asked.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// A file is missing or cannot be read.
    #[error("could not read {path}: {source}; check that it exists and that this user may read it")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder is not an evaluation set.
    #[error("{path} is not an evaluation set: it needs kb.jsonl and queries.jsonl, or sts.tsv")]
    NotASet {
        /// The folder.
        path: PathBuf,
    },
    /// A file or folder of questions holds none.
    #[error("no question in {path}: write one JSON object a line with id, lang, text and relevant")]
    NoQuestions {
        /// The file or folder.
        path: PathBuf,
    },
    /// A line is not the JSON object it should be.
    #[error("{path}:{line}: {source}; each line is one JSON object")]
    BadLine {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: usize,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// An entry or a label is in a language that is not served.
    #[error("{path}:{line}: `{code}` is not a served language; use en, zh, ja or ko")]
    LanguageNotServed {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: usize,
        /// The code found.
        code: String,
    },
    /// Two entries or questions share an identifier.
    #[error("{path}:{line}: the id `{id}` is taken by an earlier line; give each its own")]
    DuplicateId {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: usize,
        /// The identifier.
        id: String,
    },
    /// A line of sentence pairs does not have its three columns.
    #[error("{path}:{line}: expected a number, a tab, a sentence, a tab and another sentence")]
    BadPair {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: usize,
    },
    /// A label names an article that does not exist.
    #[error(
        "question `{question}` is labelled with `{article}`, which the knowledge base lacks; correct the label or add the article"
    )]
    UnknownArticle {
        /// Identifier of the question.
        question: String,
        /// The article it names.
        article: String,
    },
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}
