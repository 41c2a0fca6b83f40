//! What a visitor thinks of an answer.

use std::str::FromStr;

use serde::Serialize;

use super::UnknownCode;

/// Longest comment kept, in characters; the rest is cut off.
pub const MAX_COMMENT_CHARS: usize = 2_000;

/// Thumb up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// The answer helped.
    Helpful,
    /// It did not.
    NotHelpful,
}

impl Rating {
    /// Gives the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        match self {
            Rating::Helpful => "helpful",
            Rating::NotHelpful => "not_helpful",
        }
    }
}

impl FromStr for Rating {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        [Self::Helpful, Self::NotHelpful]
            .into_iter()
            .find(|rating| rating.code() == code)
            .ok_or_else(|| UnknownCode {
                what: "rating",
                code: code.to_owned(),
            })
    }
}

/// What was wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// Gives the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        match self {
            FeedbackReason::Wrong => "wrong",
            FeedbackReason::Unclear => "unclear",
            FeedbackReason::NotDetailed => "not_detailed",
            FeedbackReason::OtherQuestion => "other_question",
        }
    }
}

impl FromStr for FeedbackReason {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        [
            Self::Wrong,
            Self::Unclear,
            Self::NotDetailed,
            Self::OtherQuestion,
        ]
        .into_iter()
        .find(|reason| reason.code() == code)
        .ok_or_else(|| UnknownCode {
            what: "reason of feedback",
            code: code.to_owned(),
        })
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
    pub comment: Option<String>,
}
