//! The two kinds of text that are searched.

use crate::encoder::TextRole;

/// What a unit of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// A title or an alternate: how the question is asked.
    Question,
    /// A piece of the summary or the body: what answers it.
    Passage,
}

impl UnitKind {
    pub(super) const ALL: [Self; 2] = [Self::Question, Self::Passage];

    /// How it is encoded: a title or an alternate is worded as a question is, so that both are encoded alike.
    pub(super) fn role(self) -> TextRole {
        match self {
            Self::Question => TextRole::Query,
            Self::Passage => TextRole::Passage,
        }
    }
}
