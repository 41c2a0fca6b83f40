//! `kb-check.toml`: which faults a team has decided to live with, and why.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::check::{CHECKS, CheckReport};
use crate::knowledge::Fault;

/// Name of the file in a knowledge folder.
const NAME: &str = "kb-check.toml";

/// Why the file cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum CheckFileError {
    /// It cannot be read.
    #[error("could not read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not as it should be.
    #[error("{path}: {source}; an entry is [[ignore]] with check, reason and, for one place, path")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Box<toml::de::Error>,
    },
    /// An entry names no check.
    #[error(
        "{path}: there is no check `{check}`; name one that `mondo kb check` reports in brackets"
    )]
    UnknownCheck {
        /// The file.
        path: PathBuf,
        /// What stands there.
        check: String,
    },
    /// An entry says no reason.
    #[error("{path}: the entry for `{check}` has no reason; say why the fault may stay")]
    NoReason {
        /// The file.
        path: PathBuf,
        /// The check of the entry.
        check: String,
    },
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignored {
    /// Short name of the check.
    pub check: String,
    /// The file or folder it holds for; everywhere where it is left out.
    #[serde(default)]
    pub path: Option<PathBuf>,
    /// Words of the message it holds for; any where they are left out.
    #[serde(default)]
    pub message: Option<String>,
    /// Why.
    pub reason: String,
}

/// Every decision of a knowledge folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckFile {
    /// Decisions in the order of the file.
    #[serde(default)]
    pub ignore: Vec<Ignored>,
}

impl CheckFile {
    /// Reads the file of a knowledge folder; no decisions where there is none.
    pub fn load(root: &Path) -> Result<Self, CheckFileError> {
        let path = root.join(NAME);
        if !path.is_file() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path).map_err(|source| CheckFileError::Unreadable {
            path: path.clone(),
            source,
        })?;
        let file: Self = toml::from_str(&text).map_err(|source| CheckFileError::Malformed {
            path: path.clone(),
            source: Box::new(source),
        })?;
        let is_unknown = |one: &&Ignored| !CHECKS.contains(&one.check.as_str());
        if let Some(one) = file.ignore.iter().find(is_unknown) {
            let check = one.check.clone();
            return Err(CheckFileError::UnknownCheck { path, check });
        }
        match file.ignore.iter().find(|one| one.reason.trim().is_empty()) {
            Some(one) => Err(CheckFileError::NoReason {
                path,
                check: one.check.clone(),
            }),
            None => Ok(file),
        }
    }

    /// Takes faults out of a report that may stay; returns how many, and the decisions that no fault needs any more.
    pub fn apply(&self, report: &mut CheckReport) -> (usize, Vec<&Ignored>) {
        let before = report.faults.len();
        let mut used = vec![false; self.ignore.len()];
        report.faults.retain(|fault| {
            let mut is_kept = true;
            for (place, one) in self.ignore.iter().enumerate() {
                if one.covers(fault) {
                    used[place] = true;
                    is_kept = false;
                }
            }
            is_kept
        });
        let unused = self.ignore.iter().zip(used).filter(|(_, used)| !used);
        (
            before - report.faults.len(),
            unused.map(|(one, _)| one).collect(),
        )
    }
}

impl Ignored {
    fn covers(&self, fault: &Fault) -> bool {
        let is_there = self
            .path
            .as_ref()
            .is_none_or(|path| fault.path.starts_with(path));
        let says = self
            .message
            .as_ref()
            .is_none_or(|words| fault.message.contains(words));
        self.check == fault.check && is_there && says
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insights::CoverageMatrix;

    #[test]
    fn decisions_hold_where_they_say_and_need_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        let write = |text: &str| fs::write(folder.path().join(NAME), text).unwrap();
        assert_eq!(
            CheckFile::load(folder.path()).unwrap(),
            CheckFile::default()
        );
        write(
            "[[ignore]]\ncheck = \"confusable\"\npath = \"a/b\"\nreason = \"siblings\"\n[[ignore]]\ncheck = \"dead-link\"\nreason = \"none left\"\n",
        );
        let file = CheckFile::load(folder.path()).unwrap();
        let fault = |path: &str| Fault::warning(path, "confusable", "close".to_owned());
        let mut report = CheckReport {
            faults: vec![fault("a/b/en.md"), fault("a/c/en.md")],
            coverage: CoverageMatrix { rows: Vec::new() },
        };
        let (count, unused) = file.apply(&mut report);
        assert_eq!((count, unused.len()), (1, 1));
        assert_eq!(report.faults, [fault("a/c/en.md")]);
        write("[[ignore]]\ncheck = \"confusable\"\nreason = \" \"\n");
        let error = CheckFile::load(folder.path()).unwrap_err();
        assert!(error.to_string().contains("reason"), "{error}");
        write("[[ignore]]\ncheck = \"dead-links\"\nreason = \"x\"\n");
        let error = CheckFile::load(folder.path()).unwrap_err();
        assert!(
            error.to_string().contains("no check `dead-links`"),
            "{error}"
        );
    }
}
