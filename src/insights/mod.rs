//! The knowledge check: what is missing, stale, contradictory, dead or easily confused in a knowledge base.
//!
//! Faults of form are found while a folder is read; this module finds faults of sense. It changes nothing.

mod check;
mod confusable;
mod coverage;
mod numbers;
mod numbers_check;
mod references;
mod sentences;
mod sources;
mod spelled_numbers;
mod title_body;
mod wording;

pub use check::{CheckReport, check, check_languages};
pub use coverage::{CoverageCell, CoverageMatrix, CoverageRow};
pub use numbers::{Number, NumbersInText, numbers_in};
