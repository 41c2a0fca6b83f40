//! Gaps: what visitors ask about and get no good answer on, found from their questions across languages.
//!
//! Reading order: questions are read by the engine as it is now ([`Readings`]), gathered by meaning (`clusters`), named
//! (`names`), and told with the nearest article and why that did not pass (`shortfall`); [`find_gaps`] does all of it.

mod draft;
mod report;

mod names;
mod readings;

mod clusters;
#[cfg(test)]
mod measured;
mod shortfall;

pub use clusters::{Nearness, clusters};
pub use draft::{ArticleDraft, draft_for};
pub use readings::Readings;
pub use report::{FoundGaps, Gap, GapQuestion, GapReport, NearestArticle, Period, find_gaps};
pub use shortfall::{GapKind, Shortfall};
