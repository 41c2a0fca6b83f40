//! The pages of authors: the articles and their categories, the editor, the bench that tries a draft, and the first steps.

pub(super) mod articles;
pub(super) mod categories;
pub(super) mod start;
pub(super) mod trials;

mod fault_counts;
