//! Reads an evaluation set: `kb.jsonl` as a knowledge base and `queries.jsonl` as labelled questions.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::error::EvaluationError;
use super::questions::{LabelledQuestion, read_lines, read_questions};
use super::sentence_pairs::PAIRS;
use crate::knowledge::{
    Article, ArticleId, Intent, KnowledgeBase, LanguagePolicy, Revision, Severity, Translation,
};
use crate::language::Language;

/// File with the entries of a set.
const ENTRIES: &str = "kb.jsonl";
/// File with the questions of a set.
const QUESTIONS: &str = "queries.jsonl";

/// A knowledge base and the questions put to it.
#[derive(Debug)]
pub struct EvaluationSet {
    /// Name of the folder.
    pub name: String,
    /// One article per entry, in one language each.
    pub knowledge: KnowledgeBase,
    /// Labelled questions in the order of the file.
    pub questions: Vec<LabelledQuestion>,
}

/// One line of `kb.jsonl`; further keys are for people.
#[derive(Debug, Deserialize)]
struct Entry {
    id: ArticleId,
    lang: String,
    #[serde(default)]
    question: String,
    #[serde(default)]
    answer: String,
    #[serde(default)]
    alt: Vec<String>,
}

impl EvaluationSet {
    /// Reads a set folder.
    pub fn read(folder: &Path) -> Result<Self, EvaluationError> {
        let entries = folder.join(ENTRIES);
        let questions = folder.join(QUESTIONS);
        if !entries.is_file() || !questions.is_file() {
            return Err(EvaluationError::NotASet {
                path: folder.to_owned(),
            });
        }
        Ok(Self {
            name: set_name(folder),
            knowledge: read_knowledge(&entries)?,
            questions: read_questions(&questions)?,
        })
    }
}

/// Tells whether a folder holds sentence pairs rather than questions.
pub fn is_pair_set(folder: &Path) -> bool {
    folder.join(PAIRS).is_file() && !folder.join(ENTRIES).is_file()
}

/// Gives the last part of a path, which is what a set is called.
pub fn set_name(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.file_name().map_or_else(
        || folder.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

fn read_knowledge(path: &Path) -> Result<KnowledgeBase, EvaluationError> {
    let mut hasher = Sha256::new();
    let mut articles = BTreeMap::new();
    for (line, entry) in read_lines::<Entry>(path)? {
        hasher.update(format!("{entry:?}"));
        let language =
            Language::from_tag(&entry.lang).ok_or_else(|| EvaluationError::LanguageNotServed {
                path: path.to_owned(),
                line,
                code: entry.lang.clone(),
            })?;
        let id = entry.id.clone();
        if articles
            .insert(id.clone(), article(entry, language, line))
            .is_some()
        {
            return Err(EvaluationError::DuplicateId {
                path: path.to_owned(),
                line,
                id: id.to_string(),
            });
        }
    }
    let digest = hasher.finalize();
    let revision = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(KnowledgeBase {
        articles: articles.into_values().collect(),
        categories: BTreeMap::new(),
        revision: Revision(revision),
    })
}

fn article(entry: Entry, language: Language, line: usize) -> Article {
    let Entry {
        id,
        lang: _,
        question,
        answer,
        alt,
    } = entry;
    let translation = Translation {
        language,
        title: question,
        alternates: alt,
        summary: String::new(),
        source_rev: 1,
        body: answer,
        path: ENTRIES.into(),
        body_line: line,
    };
    Article {
        id,
        category: String::new(),
        severity: Severity::Normal,
        intent: Intent::General,
        policy: LanguagePolicy::Label,
        audience: Vec::new(),
        owner: String::new(),
        rev: 1,
        valid_from: None,
        valid_until: None,
        follow_ups: Vec::new(),
        collect: Vec::new(),
        skills: Vec::new(),
        translations: BTreeMap::from([(language, translation)]),
    }
}
