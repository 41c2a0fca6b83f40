//! Writes files of a knowledge folder: what changed there is updated, what was edited here is kept.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::Serialize;

use super::error::ImportError;
use super::manifest::{Manifest, Written, hash_of, replace_file};

/// Files after which the record is saved, so that an import that was cut short goes on from there.
const SAVED_EVERY: usize = 500;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileChange {
    /// It was not there.
    Added,
    /// It changed there, and nobody had edited it here.
    Updated,
    /// It is as it was.
    Unchanged,
    /// It was edited here and did not change there.
    KeptHere,
    /// It was removed here and did not change there.
    RemovedHere,
    /// It changed on both sides; what is here was kept.
    ChangedOnBothSides,
    /// It changed on both sides; what is there was taken.
    TakenFromThere,
    /// It was here before anything was imported, with other words; it was kept.
    NotOurs,
}

impl FileChange {
    /// Returns what happened, for a list with counts.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Updated => "updated from the source",
            Self::Unchanged => "unchanged",
            Self::KeptHere => "edited here, kept",
            Self::RemovedHere => "removed here, left so",
            Self::ChangedOnBothSides => "changed on both sides, kept as here",
            Self::TakenFromThere => "changed on both sides, taken from the source",
            Self::NotOurs => "here before the import with other words, kept",
        }
    }
}

/// Writes into one target.
pub struct Writer {
    root: PathBuf,
    dry_run: bool,
    take_theirs: bool,
    unsaved: usize,
    /// The record as it stands now.
    pub manifest: Manifest,
    /// How many files became what.
    pub counts: BTreeMap<FileChange, usize>,
    /// Files that somebody should look at.
    pub notable: Vec<(String, FileChange)>,
}

impl Writer {
    /// Opens a target.
    pub fn open(root: PathBuf, dry_run: bool, take_theirs: bool) -> Result<Self, ImportError> {
        let manifest = Manifest::load(&root)?;
        Ok(Self {
            root,
            dry_run,
            take_theirs,
            unsaved: 0,
            manifest,
            counts: BTreeMap::new(),
            notable: Vec::new(),
        })
    }

    /// Writes a file unless that would undo an edit.
    pub fn write(&mut self, path: &str, from: &str, bytes: &[u8]) -> Result<(), ImportError> {
        let full = self.root.join(path);
        let here = match full.is_file() {
            true => Some(hash_of(
                &fs::read(&full).map_err(ImportError::reading(&full))?,
            )),
            false => None,
        };
        let there = hash_of(bytes);
        let written = self.manifest.files.get(path).map(|one| one.hash.as_str());
        let change = self.change(here.as_deref(), written, &there);
        let writes = matches!(
            change,
            FileChange::Added | FileChange::Updated | FileChange::TakenFromThere
        );
        if writes && !self.dry_run {
            replace_file(&full, bytes)?;
        }
        // After a conflict the record stays, so that the next import says it again.
        if writes || change == FileChange::Unchanged {
            let record = Written {
                from: from.to_owned(),
                hash: there,
            };
            if self.manifest.files.insert(path.to_owned(), record.clone()) != Some(record) {
                self.unsaved += 1;
            }
        }
        *self.counts.entry(change).or_default() += 1;
        if !writes && change != FileChange::Unchanged || change == FileChange::TakenFromThere {
            self.notable.push((path.to_owned(), change));
        }
        if self.unsaved >= SAVED_EVERY {
            self.save()?;
        }
        Ok(())
    }

    fn change(&self, here: Option<&str>, written: Option<&str>, there: &str) -> FileChange {
        match (here, written) {
            (None, None) => FileChange::Added,
            (None, Some(written)) if written == there => FileChange::RemovedHere,
            (None, Some(_)) => match self.take_theirs {
                true => FileChange::TakenFromThere,
                false => FileChange::ChangedOnBothSides,
            },
            (Some(here), _) if here == there => FileChange::Unchanged,
            (Some(_), None) => match self.take_theirs {
                true => FileChange::TakenFromThere,
                false => FileChange::NotOurs,
            },
            (Some(here), Some(written)) if here == written => FileChange::Updated,
            (Some(_), Some(written)) if written == there => FileChange::KeptHere,
            (Some(_), Some(_)) => match self.take_theirs {
                true => FileChange::TakenFromThere,
                false => FileChange::ChangedOnBothSides,
            },
        }
    }

    /// Saves the record.
    pub fn save(&mut self) -> Result<(), ImportError> {
        self.unsaved = 0;
        match self.dry_run {
            true => Ok(()),
            false => self.manifest.save(&self.root),
        }
    }
}
