//! Everything that is looked for among what was recorded: outcomes, and what only leads to its conversations.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

use super::outcome_kind::OutcomeKind;
use crate::ids::UnknownCode;

/// Something that happened in or to a conversation; those that are outcomes go by the same codes.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    IntoStaticStr,
    EnumString,
    VariantArray,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum FactKind {
    /// [`OutcomeKind::Asked`].
    Asked,
    /// [`OutcomeKind::Answered`].
    Answered,
    /// [`OutcomeKind::Resolved`].
    Resolved,
    /// [`OutcomeKind::Helpful`].
    Helpful,
    /// [`OutcomeKind::NotHelpful`]; told apart by why.
    NotHelpful,
    /// [`OutcomeKind::ClarifiedThenAnswered`].
    ClarifiedThenAnswered,
    /// [`OutcomeKind::FollowUpTaken`].
    FollowUpTaken,
    /// [`OutcomeKind::SmallTalk`].
    SmallTalk,
    /// [`OutcomeKind::Abandoned`].
    Abandoned,
    /// [`OutcomeKind::HandedOverByBot`].
    HandedOverByBot,
    /// [`OutcomeKind::HandedOverByPolicy`].
    HandedOverByPolicy,
    /// [`OutcomeKind::HandedOverByVisitor`].
    HandedOverByVisitor,
    /// [`OutcomeKind::Reopened`].
    Reopened,
    /// [`OutcomeKind::BeganWithWords`].
    BeganWithWords,
    /// [`OutcomeKind::BeganWithSuggestion`].
    BeganWithSuggestion,
    /// An article was given because the visitor chose it.
    Chosen,
    /// A ticket was opened that was not joined to another.
    TicketOpened,
    /// A person answered such a ticket.
    TicketAnswered,
    /// A time that was promised for such a ticket has passed.
    PromiseBroken,
    /// A visitor said how satisfied they were with people; told apart by the score.
    Scored,
}

impl FactKind {
    /// Every kind.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Returns the outcome it is counted as each day, where it is one.
    pub fn outcome(self) -> Option<OutcomeKind> {
        self.code().parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_leads_to_its_conversations() {
        for outcome in OutcomeKind::ALL {
            let kind: FactKind = outcome.code().parse().expect("a fact of the same code");
            assert_eq!(kind.outcome(), Some(*outcome));
        }
        assert_eq!(FactKind::Scored.outcome(), None);
    }

    #[test]
    fn every_kind_is_told_by_a_statement() {
        for kind in FactKind::ALL {
            let told = super::super::facts::FACTS
                .iter()
                .filter(|fact| fact.kinds.contains(kind));
            assert!(told.count() > 0, "{kind:?}");
        }
    }
}
