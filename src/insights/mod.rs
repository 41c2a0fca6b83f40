//! What makes a knowledge base better: what is wrong in it, what visitors ask that it does not answer, and how days went.
//!
//! The knowledge check finds what is missing, stale, contradictory, dead or easily confused; faults of form are found while
//! a folder is read, faults of sense here. [`find_gaps`] gathers questions without a good answer, and [`tally`] sums up
//! outcomes. It changes nothing.

mod edits;
mod gaps;
mod outcome_table;
mod outcomes;
mod parts;
mod targets;

mod bounds;
mod check;
mod check_file;
mod confusable;
mod coverage;
mod eras;
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
mod translations;
mod wording;

pub use check::{CHECKS, CheckReport, CheckSettings, check, check_languages, check_with};
pub use edits::{Doing, EDIT_DAYS, EditEffect, Verdict, edit_effects};
pub use gaps::{
    ArticleDraft, FoundGaps, Gap, GapKind, GapQuestion, GapReport, NearestArticle, Nearness,
    Period, Readings, Shortfall, clusters, draft_for, find_gaps,
};
#[cfg(feature = "arrow")]
pub use outcome_table::rows_arrow;
pub use outcome_table::{OutcomeRow, outcome_rows, rows_csv};
pub use outcomes::{Share, Tallied, outcomes_csv, tally, whole_of};
pub use parts::{Scores, tally_parts};
pub use targets::{Gauge, GaugeKind, NoShare, Target, TargetSettings, TargetStanding, gauges};

pub use check_file::{CheckFile, CheckFileError, Ignored};
pub use coverage::{CoverageCell, CoverageMatrix, CoverageRow};
pub use numbers::{Number, NumbersInText, numbers_in};
pub use proposed_alternates::{ProposedAlternate, WordsFrom, propose_alternates};
pub use translations::propose_joins;
