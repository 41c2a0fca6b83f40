//! How soon something should be taken.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::ids::UnknownCode;

/// How soon a ticket should be taken.
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
    Deserialize,
    IntoStaticStr,
    EnumString,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum Priority {
    /// When nothing else waits.
    Low,
    /// In turn.
    Normal,
    /// Before the others.
    High,
    /// Now.
    Urgent,
}

impl Priority {
    /// Every priority, the last to be taken first.
    pub const ALL: [Priority; 4] = [
        Priority::Low,
        Priority::Normal,
        Priority::High,
        Priority::Urgent,
    ];

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Returns the priority some steps above.
    #[must_use]
    pub fn raised_by(self, steps: u8) -> Self {
        let place = self as usize + usize::from(steps);
        Self::ALL[place.min(Self::ALL.len() - 1)]
    }
}
