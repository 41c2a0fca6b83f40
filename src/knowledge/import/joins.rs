//! Translations that nothing in a source joins: which are joined is proposed in a table, and joined is what somebody
//! confirmed there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::ImportError;
use crate::knowledge::Fault;
use crate::language::Language;

/// Headings of the table.
const HEADINGS: [&str; 8] = [
    "join",
    "similarity",
    "language",
    "title",
    "with_language",
    "with_title",
    "text",
    "with",
];
/// Column of the decision, and of the two keys.
const JOIN: usize = 0;
const TEXT: usize = 6;
const WITH: usize = 7;

/// Whether two texts become one article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They are translations of each other.
    Yes,
    /// They may be; somebody has to decide.
    Undecided,
}

impl Verdict {
    /// Returns what stands in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Undecided => "?",
        }
    }
}

/// A pair that an encoder holds for translations of each other.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedJoin {
    /// Whether that is likely enough to be filled in.
    pub verdict: Verdict,
    /// Cosine of the two.
    pub similarity: f32,
    /// Key, language and title of the text that would move.
    pub text: (String, Language, String),
    /// Key, language and title of the text that it would stand beside.
    pub with: (String, Language, String),
}

/// Writes proposals as a table that a spreadsheet opens.
pub fn write_proposals(path: &Path, proposals: &[ProposedJoin]) -> Result<(), ImportError> {
    let mut file = fs::File::create(path).map_err(ImportError::writing(path))?;
    file.write_all("\u{feff}".as_bytes())
        .map_err(ImportError::writing(path))?;
    let mut table = csv::Writer::from_writer(file);
    let failed = |error: csv::Error| ImportError::writing(path)(error.into());
    table.write_record(HEADINGS).map_err(failed)?;
    for one in proposals {
        let similarity = format!("{:.3}", one.similarity);
        let (text, language, title) = &one.text;
        let (with, with_language, with_title) = &one.with;
        table
            .write_record([
                one.verdict.word(),
                &similarity,
                language.code(),
                title,
                with_language.code(),
                with_title,
                text,
                with,
            ])
            .map_err(failed)?;
    }
    table.flush().map_err(ImportError::writing(path))
}

/// A pair that somebody confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// Key of the text that moves.
    pub text: String,
    /// Key of the text it stands beside.
    pub with: String,
    /// Line of the table.
    pub line: usize,
}

/// Every pair of a table that was confirmed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Joins {
    path: PathBuf,
    pairs: Vec<Join>,
}

impl Joins {
    /// Reads a table; rows without `yes` or `no` are left undecided, and said so.
    pub fn read(path: &Path) -> Result<(Self, usize), ImportError> {
        let bytes = fs::read(path).map_err(ImportError::reading(path))?;
        let mut faults = Vec::new();
        let mut fault = |line: usize, check: &'static str, message: String| {
            faults.push(Fault::error(path, check, message).at_line(line));
        };
        let mut pairs: Vec<Join> = Vec::new();
        let mut undecided = 0;
        let mut table = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes));
        for (place, row) in table.records().enumerate() {
            let row = match row {
                Ok(row) => row,
                Err(error) => {
                    let line = error.position().map_or(place + 1, |at| at.line() as usize);
                    fault(line, "not-csv", error.to_string());
                    break;
                }
            };
            let line = row.position().map_or(place + 1, |at| at.line() as usize);
            if place == 0 {
                if row.iter().ne(HEADINGS) {
                    let told = format!(
                        "the first line must be {}; write the table with --propose-translations",
                        HEADINGS.join(",")
                    );
                    fault(line, "no-heading", told);
                    break;
                }
                continue;
            }
            let cell = |column: usize| row.get(column).unwrap_or_default().trim();
            let join = Join {
                text: cell(TEXT).to_owned(),
                with: cell(WITH).to_owned(),
                line,
            };
            match cell(JOIN).to_lowercase().as_str() {
                "yes" | "y" if join.text.is_empty() || join.with.is_empty() => {
                    let told = "the row does not say what to join; both `text` and `with` are keys";
                    fault(line, "empty-cell", told.to_owned());
                }
                "yes" | "y" => match pairs.iter().find(|one| one.text == join.text) {
                    Some(first) => {
                        let told = format!(
                            "`{}` is joined in line {} already; say yes once",
                            join.text, first.line
                        );
                        fault(line, "joined-twice", told);
                    }
                    None => pairs.push(join),
                },
                "no" | "n" => {}
                "?" | "" => undecided += 1,
                other => {
                    let told = format!("`{other}` is neither yes, no nor ?");
                    fault(line, "bad-decision", told);
                }
            }
        }
        if !faults.is_empty() {
            return Err(ImportError::Faulty { faults });
        }
        let path = path.to_owned();
        Ok((Self { path, pairs }, undecided))
    }

    /// Tells what is wrong with the pairs, given the languages of every key of the source.
    pub(super) fn faults(&self, languages: &BTreeMap<String, BTreeSet<Language>>) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut joined = languages.clone();
        for pair in &self.pairs {
            let mut fault = |check: &'static str, message: String| {
                faults.push(Fault::error(&self.path, check, message).at_line(pair.line));
            };
            let absent = [&pair.text, &pair.with]
                .into_iter()
                .find(|key| !languages.contains_key(*key));
            if let Some(key) = absent {
                let told =
                    format!("no page of the source has the key `{key}`; propose the pairs again");
                fault("unknown-text", told);
                continue;
            }
            let own = joined[&pair.text].clone();
            let Some(there) = joined.get_mut(&pair.with) else {
                continue;
            };
            if let Some(language) = own.intersection(there).next() {
                let told =
                    format!("both have a text in {language}, so one cannot translate the other");
                fault("same-language", told);
                continue;
            }
            there.extend(own);
        }
        faults
    }

    /// The pairs.
    pub(super) fn pairs(&self) -> &[Join] {
        &self.pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_confirmed_is_joined() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pairs.csv");
        let pair = |verdict, text: &str| ProposedJoin {
            verdict,
            similarity: 0.9,
            text: (
                text.to_owned(),
                Language::Japanese,
                "支払い, は？".to_owned(),
            ),
            with: ("a".to_owned(), Language::English, "\"Pay\"?".to_owned()),
        };
        write_proposals(
            &path,
            &[pair(Verdict::Yes, "b"), pair(Verdict::Undecided, "c")],
        )
        .unwrap();
        let (joins, undecided) = Joins::read(&path).unwrap();
        assert_eq!(undecided, 1);
        let found: Vec<(&str, &str)> = joins
            .pairs()
            .iter()
            .map(|pair| (pair.text.as_str(), pair.with.as_str()))
            .collect();
        assert_eq!(found, [("b", "a")]);
    }
}
