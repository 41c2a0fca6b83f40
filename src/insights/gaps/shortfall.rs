//! Why the nearest article did not pass, and what kind of gap that makes.

use serde::Serialize;
use strum::IntoStaticStr;

use crate::pipeline::{Cap, Outcome};
use crate::store::Shown;

/// Why the nearest article did not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Shortfall {
    /// No article shares a word or a meaning with the questions.
    NothingFound,
    /// It is not likely enough to be right.
    NotSure,
    /// Much of what the questions say stands in no article.
    UnknownWords,
    /// Much of what the questions say does not stand in this article.
    MissingWords,
    /// The questions name another number or code.
    OtherCode,
    /// The questions name something that is not the operator's.
    NotOurs,
    /// Another article fits as well.
    Tie,
    /// The questions are too short to name a matter.
    TooShort,
    /// The questions are about the opposite.
    Opposite,
    /// The questions are spelled in another way.
    OtherSpelling,
    /// It was among the options, and nobody chose it.
    NotChosen,
    /// It was given, and visitors said that it did not help.
    Unhelpful,
    /// It was given, and visitors went to a person after it.
    PersonAfterwards,
}

impl Shortfall {
    /// Every reason.
    pub const ALL: [Self; 13] = [
        Self::NothingFound,
        Self::NotSure,
        Self::UnknownWords,
        Self::MissingWords,
        Self::OtherCode,
        Self::NotOurs,
        Self::Tie,
        Self::TooShort,
        Self::Opposite,
        Self::OtherSpelling,
        Self::NotChosen,
        Self::Unhelpful,
        Self::PersonAfterwards,
    ];

    /// Returns the code it is sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Tells it in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NothingFound => "No article shares a word or a meaning with the questions.",
            Self::NotSure => "The nearest article is not likely enough to be right.",
            Self::UnknownWords => "Much of what the questions say stands in no article.",
            Self::MissingWords => {
                "Much of what the questions say does not stand in the nearest article."
            }
            Self::OtherCode => "The questions name another number or code than the article.",
            Self::NotOurs => "The questions name something that is not yours.",
            Self::Tie => "Two articles fit equally well.",
            Self::TooShort => "The questions are too short to name a matter.",
            Self::Opposite => "The article is about the opposite.",
            Self::OtherSpelling => "The questions were only understood in another spelling.",
            Self::NotChosen => "The article was among the options, and nobody chose it.",
            Self::Unhelpful => "The article was given, and visitors said that it did not help.",
            Self::PersonAfterwards => {
                "The article was given, and visitors went to a person after it."
            }
        }
    }

    /// Reads what kept an answer back from an outcome; of several rules, the one that lowered the confidence the most.
    pub(super) fn of(outcome: &Outcome) -> Self {
        if outcome.ranked.is_empty() {
            return Self::NothingFound;
        }
        let caps = outcome.judgement.caps.iter();
        let strictest = caps.min_by(|(_, one), (_, other)| one.total_cmp(other));
        match strictest {
            None => Self::NotSure,
            // It was too little sure before the rule too.
            Some((_, cap)) if outcome.judgement.fitted <= *cap => Self::NotSure,
            Some((cap, _)) => match cap {
                Cap::Unknown => Self::UnknownWords,
                Cap::Missing => Self::MissingWords,
                Cap::OtherCode => Self::OtherCode,
                Cap::NotOurs => Self::NotOurs,
                Cap::Tie => Self::Tie,
                Cap::Fragment => Self::TooShort,
                Cap::Opposite => Self::Opposite,
                Cap::Leaned => Self::NotSure,
                Cap::Restored => Self::OtherSpelling,
            },
        }
    }

    /// Tells what became of an article that the visitor was shown.
    pub(super) fn after(self, shown: Shown, is_answered: bool) -> Self {
        match shown {
            Shown::UnhelpfulAnswer if is_answered => Self::Unhelpful,
            Shown::AnswerBeforePerson if is_answered => Self::PersonAfterwards,
            Shown::Options if self == Self::NotSure => Self::NotChosen,
            _ => self,
        }
    }
}

/// What would close a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum GapKind {
    /// An article: none is about this.
    MissingContent,
    /// Other words in an article that is about this, or a better answer.
    FallsShort,
    /// Nothing, perhaps: it is far from everything the articles are about.
    OutOfScope,
}

impl GapKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::MissingContent, Self::FallsShort, Self::OutOfScope];

    /// Returns the code it is sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}
