//! What a visitor thinks of an answer.

use serde::Serialize;
use strum::{EnumString, IntoStaticStr};

use crate::ids::UnknownCode;
use crate::safety::Words;

/// Longest comment kept, in characters; the rest is cut off.
pub const MAX_COMMENT_CHARS: usize = 2_000;

/// Thumb up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, IntoStaticStr, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum Rating {
    /// The answer helped.
    Helpful,
    /// It did not.
    NotHelpful,
}

impl Rating {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// What was wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum FeedbackReason {
    /// It is not correct.
    Wrong,
    /// It is hard to understand.
    Unclear,
    /// It is not detailed enough.
    NotDetailed,
    /// It answers another question.
    OtherQuestion,
}

impl FeedbackReason {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// A rating with the visitor's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// Thumb up or down.
    pub rating: Rating,
    /// What was wrong, as the visitor chose it.
    pub reason: Option<FeedbackReason>,
    /// What the visitor adds.
    pub comment: Option<Words>,
}
