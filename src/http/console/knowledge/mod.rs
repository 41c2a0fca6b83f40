//! The pages of authors: the articles, their editor, and the bench that tries a draft.

pub(super) mod articles;
pub(super) mod trials;

mod fault_counts;
