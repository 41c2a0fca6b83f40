//! Reads an evaluation set: `kb.jsonl` as a knowledge base and `queries.jsonl` as labelled questions.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::error::EvaluationError;
use super::questions::{LabelledQuestion, read_lines, read_questions};
use super::sentence_pairs::PAIRS;
use crate::knowledge::{Article, ArticleId, KnowledgeBase, Revision, Translation};
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

impl EvaluationSet {
    /// Takes out what answers a share of the questions, spread evenly over the base, so that they have no answer there:
    /// questions near the subject, and outside what the base says.
    pub fn leave_out(&mut self, share: f64) {
        let labelled = self.questions.iter().map(|question| &question.relevant);
        let answering: BTreeSet<&Vec<ArticleId>> =
            labelled.filter(|articles| !articles.is_empty()).collect();
        let crossed = |place: usize| (place as f64 * share).floor();
        let left_out: HashSet<ArticleId> = answering
            .into_iter()
            .enumerate()
            .filter(|(place, _)| crossed(place + 1) > crossed(*place))
            .flat_map(|(_, articles)| articles.iter().cloned())
            .collect();
        let articles = &mut self.knowledge.articles;
        articles.retain(|article| !left_out.contains(&article.id));
        let revision = &mut self.knowledge.revision.0;
        revision.push_str(&format!("-{}", left_out.len()));
        for question in &mut self.questions {
            question
                .relevant
                .retain(|article| !left_out.contains(article));
        }
    }
}

/// Tells whether a folder holds sentence pairs rather than questions.
pub fn is_pair_set(folder: &Path) -> bool {
    folder.join(PAIRS).is_file() && !folder.join(ENTRIES).is_file()
}

/// Returns the last part of a path, which is what a set is called.
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
    let revision = hex::encode(&hasher.finalize()[..8]);
    Ok(KnowledgeBase::of_articles(
        articles.into_values().collect(),
        Revision(revision),
    ))
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
        title: question,
        alternates: alt,
        body: answer,
        path: ENTRIES.into(),
        body_line: line,
        ..Translation::blank(language)
    };
    Article {
        translations: BTreeMap::from([(language, translation)]),
        ..Article::blank(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_left_out_answer_has_no_answer_left() {
        let ids = ["a", "b", "c", "d"].map(ArticleId::new);
        let question = |id: &str, relevant: &[usize]| LabelledQuestion {
            id: id.to_owned(),
            language: "en".to_owned(),
            text: id.to_owned(),
            relevant: relevant.iter().map(|place| ids[*place].clone()).collect(),
            kind: None,
            before: None,
        };
        let mut set = EvaluationSet {
            name: "set".to_owned(),
            knowledge: KnowledgeBase::of_articles(
                ids.iter().cloned().map(Article::blank).collect(),
                Revision("0".to_owned()),
            ),
            questions: vec![
                question("one", &[0]),
                question("two", &[1]),
                question("either", &[1, 2]),
                question("none", &[]),
            ],
        };
        set.leave_out(0.5);
        let kept: Vec<&ArticleId> = set.knowledge.articles.iter().map(|one| &one.id).collect();
        assert_eq!(kept, [&ids[0], &ids[2], &ids[3]]);
        let answerable = set.questions.iter().map(LabelledQuestion::is_in_scope);
        assert_eq!(answerable.collect::<Vec<_>>(), [true, false, true, false]);
    }
}
