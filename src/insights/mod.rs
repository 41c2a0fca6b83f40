//! The knowledge check: what is missing, stale, contradictory, dead or easily confused in a knowledge base.
//!
//! Faults of form are found while a folder is read; this module finds faults of sense. It changes nothing.

mod bounds;
mod check;
mod check_file;
mod confusable;
mod coverage;
mod foreign_text;
mod numbers;
mod numbers_check;
mod proposed_alternates;
mod raw_markup;
mod references;
mod sentences;
mod sources;
mod spelled_numbers;
mod title_body;
mod wording;

pub use check::{CheckReport, CheckSettings, check, check_languages, check_with};
pub use check_file::{CheckFile, CheckFileError, Ignored};
pub use coverage::{CoverageCell, CoverageMatrix, CoverageRow};
pub use numbers::{Number, NumbersInText, numbers_in};
pub use proposed_alternates::{ProposedAlternate, WordsFrom, propose_alternates};
