//! What people at the desk say of answers that were given, or nearly were.

use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::ids::UnknownCode;

/// What a question was put before a judge for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum Pick {
    /// It was drawn at random from the answers that were given.
    Given,
    /// It was not answered, but nearly: it was drawn at random from those just below the threshold.
    Near,
    /// Staff brought it, such as from an earlier help desk.
    Brought,
}

impl Pick {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Given, Self::Near, Self::Brought];

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// What somebody says of an article as the answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum Judgement {
    /// It answers the question.
    Right,
    /// It does not.
    Wrong,
    /// It does not, and no other article does either.
    NothingAnswers,
    /// The words do not tell what was meant; nobody is asked again, and it counts for nothing.
    Unclear,
}

impl Judgement {
    /// Every one.
    pub const ALL: [Self; 4] = [
        Self::Right,
        Self::Wrong,
        Self::NothingAnswers,
        Self::Unclear,
    ];

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Tells whether the answer was right; nothing where it counts for nothing.
    pub fn is_right(self) -> Option<bool> {
        match self {
            Self::Right => Some(true),
            Self::Wrong | Self::NothingAnswers => Some(false),
            Self::Unclear => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back() {
        for pick in Pick::ALL {
            assert_eq!(pick.code().parse(), Ok(pick));
        }
        for judgement in Judgement::ALL {
            assert_eq!(judgement.code().parse(), Ok(judgement));
        }
    }
}
