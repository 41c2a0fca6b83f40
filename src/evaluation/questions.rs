//! Labelled questions: a visitor's words and the articles that answer them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::EvaluationError;
use crate::knowledge::{ArticleId, KnowledgeBase};
use crate::language::Language;

/// A question with the articles that answer it; no article means that the bot must not answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LabelledQuestion {
    /// Unique name of the question.
    pub id: String,
    /// Language it is written in, as its author labelled it.
    #[serde(rename = "lang")]
    pub language: String,
    /// The visitor's words.
    pub text: String,
    /// Articles any of which is a right answer.
    pub relevant: Vec<ArticleId>,
    /// What kind of message it is, such as `opposites`; nothing where that is to be told from the message.
    #[serde(default)]
    pub kind: Option<String>,
    /// What was asked just before in the same conversation, where the question leans on it.
    #[serde(default)]
    pub before: Option<String>,
}

impl LabelledQuestion {
    /// Tells whether the knowledge base answers the question at all.
    pub fn is_in_scope(&self) -> bool {
        !self.relevant.is_empty()
    }
}

/// Reads one `.jsonl` file, or every such file of a folder in name order.
pub fn read_questions(path: &Path) -> Result<Vec<LabelledQuestion>, EvaluationError> {
    read_labelled(path, |_| true)
}

/// Reads questions as [`read_questions`] does, and refuses one that is labelled with a language that is not served: it
/// would be counted to whichever language mondo takes it for.
pub fn read_served_questions(path: &Path) -> Result<Vec<LabelledQuestion>, EvaluationError> {
    read_labelled(path, |code| Language::from_tag(code).is_some())
}

fn read_labelled(
    path: &Path,
    is_allowed: impl Fn(&str) -> bool,
) -> Result<Vec<LabelledQuestion>, EvaluationError> {
    let files = if path.is_dir() {
        jsonl_files(path)?
    } else {
        vec![path.to_owned()]
    };
    let mut questions: Vec<LabelledQuestion> = Vec::new();
    let mut taken = HashSet::new();
    for file in files {
        for (line, question) in read_lines::<LabelledQuestion>(&file)? {
            if !is_allowed(&question.language) {
                return Err(EvaluationError::LanguageNotServed {
                    path: file,
                    line,
                    code: question.language,
                });
            }
            if !taken.insert(question.id.clone()) {
                return Err(EvaluationError::DuplicateId {
                    path: file,
                    line,
                    id: question.id,
                });
            }
            questions.push(question);
        }
    }
    if questions.is_empty() {
        return Err(EvaluationError::NoQuestions {
            path: path.to_owned(),
        });
    }
    Ok(questions)
}

/// Refuses labels that name articles the knowledge base lacks: such a question could only be answered wrongly.
pub fn check_labels(
    questions: &[LabelledQuestion],
    knowledge: &KnowledgeBase,
) -> Result<(), EvaluationError> {
    for question in questions {
        let unknown = question
            .relevant
            .iter()
            .find(|id| knowledge.article(id).is_none());
        if let Some(article) = unknown {
            return Err(EvaluationError::UnknownArticle {
                question: question.id.clone(),
                article: article.to_string(),
            });
        }
    }
    Ok(())
}

/// Reads a file of JSON lines; each value comes with its line, counted from 1.
pub(super) fn read_lines<T: DeserializeOwned>(
    path: &Path,
) -> Result<Vec<(usize, T)>, EvaluationError> {
    let text = std::fs::read_to_string(path).map_err(|source| EvaluationError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let mut values = Vec::new();
    // Editors on Windows begin a file with a byte order mark, which is no part of its first line.
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let value = serde_json::from_str(line).map_err(|source| EvaluationError::BadLine {
            path: path.to_owned(),
            line: number + 1,
            source,
        })?;
        values.push((number + 1, value));
    }
    Ok(values)
}

fn jsonl_files(folder: &Path) -> Result<Vec<PathBuf>, EvaluationError> {
    let unreadable = |source| EvaluationError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[(&str, &str)]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("mondo-questions-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&folder).expect("temporary folder");
        for (name, text) in files {
            std::fs::write(folder.join(name), text).expect("temporary file");
        }
        folder
    }

    #[test]
    fn a_folder_is_read_in_name_order() {
        let line = |id: &str| {
            format!("{{\"id\":\"{id}\",\"lang\":\"en\",\"text\":\"x\",\"relevant\":[]}}\n")
        };
        let folder = folder_with(&[
            ("b.jsonl", &line("2")),
            ("a.jsonl", &line("1")),
            ("c.txt", "?"),
        ]);
        let ids: Vec<String> = read_questions(&folder)
            .expect("well formed")
            .into_iter()
            .map(|question| question.id)
            .collect();
        assert_eq!(ids, ["1", "2"]);
        std::fs::remove_dir_all(folder).expect("temporary folder");
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_question() {
        let line = "\u{FEFF}{\"id\":\"1\",\"lang\":\"en\",\"text\":\"x\",\"relevant\":[]}\n";
        let folder = folder_with(&[("a.jsonl", line)]);
        assert_eq!(read_questions(&folder).expect("well formed").len(), 1);
        std::fs::remove_dir_all(folder).expect("temporary folder");
    }

    #[test]
    fn a_label_of_a_language_not_served_is_named_with_its_line() {
        let line = |id: &str, code: &str| {
            format!("{{\"id\":\"{id}\",\"lang\":\"{code}\",\"text\":\"x\",\"relevant\":[]}}\n")
        };
        let text = line("1", "zh-TW") + &line("2", "fr");
        let folder = folder_with(&[("a.jsonl", &text)]);
        let error = read_served_questions(&folder).expect_err("fr").to_string();
        assert!(
            error.contains("a.jsonl:2") && error.contains("`fr`"),
            "{error}"
        );
        assert_eq!(read_questions(&folder).expect("any label").len(), 2);
        std::fs::remove_dir_all(folder).expect("temporary folder");
    }

    #[test]
    fn a_bad_line_is_named() {
        let good = "{\"id\":\"1\",\"lang\":\"en\",\"text\":\"x\",\"relevant\":[]}\n";
        for (text, expected) in [
            (format!("{good}\n{{\"id\":2}}\n"), "a.jsonl:3"),
            (format!("{good}{good}"), "a.jsonl:2"),
            (String::new(), "no question"),
        ] {
            let folder = folder_with(&[("a.jsonl", &text)]);
            let error = read_questions(&folder).expect_err("broken").to_string();
            assert!(error.contains(expected), "{error}");
            std::fs::remove_dir_all(folder).expect("temporary folder");
        }
    }
}
