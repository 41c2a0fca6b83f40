//! Why an import stops.

use std::io;
use std::path::{Path, PathBuf};

use crate::knowledge::Fault;

/// Why nothing, or nothing more, was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The source cannot be read.
    #[error("could not read {path}: {source}; check that it exists and that this user may read it")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The target cannot be written.
    #[error("could not write {path}: {source}")]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The record of the import before is damaged.
    #[error(
        "{path} is not the record of an import: {source}; remove it to import anew, which then keeps every file that is here"
    )]
    BadManifest {
        /// The record.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The source holds nothing of this format.
    #[error("no page of the format {format} in {path}")]
    Empty {
        /// Where was looked.
        path: PathBuf,
        /// The format that was asked for.
        format: &'static str,
    },
    /// The source is a PDF, which says only where each letter is printed.
    #[error(
        "{path} is a PDF, which knows where letters are printed but not what is a heading, a list or a table; import the \
         file it was made from, or open it in Word or LibreOffice, save it as .docx, mend its headings there, and run \
         `mondo kb import docx`"
    )]
    Pdf {
        /// The file.
        path: PathBuf,
    },
    /// Pages are broken; nothing was written.
    #[error(
        "nothing was imported, because of {}:\n{}",
        count(faults),
        lines(faults)
    )]
    Faulty {
        /// Every fault found.
        faults: Vec<Fault>,
    },
}

impl ImportError {
    /// Returns a function that says which file could not be read.
    pub(super) fn reading(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Unreadable { path, source }
    }

    /// Returns a function that says which file could not be written.
    pub(super) fn writing(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Unwritable { path, source }
    }
}

fn count(faults: &[Fault]) -> String {
    match faults.len() {
        1 => "1 fault".to_owned(),
        many => format!("{many} faults"),
    }
}

fn lines(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
    lines.join("\n")
}
