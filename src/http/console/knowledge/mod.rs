//! The pages of authors: the articles, their editor, the bench that tries a draft, and the first steps.

pub(super) mod articles;
pub(super) mod start;
pub(super) mod trials;

mod fault_counts;
