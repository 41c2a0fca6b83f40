//! What can become of a question.

use serde::Serialize;
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::ids::UnknownCode;

/// What can become of a question.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    IntoStaticStr,
    EnumString,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum OutcomeKind {
    /// It was asked: every message to the bot but small talk.
    Asked,
    /// It was answered.
    Answered,
    /// It was answered and settled with that: nobody said that it did not help, and in the same conversation nothing was
    /// handed over or abandoned afterwards.
    Resolved,
    /// It was answered, and the visitor said that it helped.
    Helpful,
    /// It was answered, and the visitor said that it did not help.
    NotHelpful,
    /// Options were shown, and what the visitor chose answered it.
    ClarifiedThenAnswered,
    /// It was answered, and the visitor went on with a question that was offered beside the answer.
    FollowUpTaken,
    /// The message was small talk.
    SmallTalk,
    /// It was not answered, and nothing came after it.
    Abandoned,
    /// The bot had no answer and handed over.
    HandedOverByBot,
    /// The operator's policy demands a person.
    HandedOverByPolicy,
    /// The visitor asked for a person.
    HandedOverByVisitor,
    /// A settled conversation was taken up again, by the visitor or by staff.
    Reopened,
    /// A conversation began with words of the visitor's own.
    BeganWithWords,
    /// A conversation began with a question that was offered.
    BeganWithSuggestion,
}

impl OutcomeKind {
    /// Every kind.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}
