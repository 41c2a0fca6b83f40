//! How much whoever takes a ticket has to know.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::ids::UnknownCode;

/// How much whoever takes a ticket has to know.
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
pub enum Level {
    /// Everybody at the desk.
    L1,
    /// Specialists of the subject.
    L2,
    /// Law, fraud and identity.
    L3,
}

impl Level {
    /// Every level, the first one first.
    pub const ALL: [Level; 3] = [Level::L1, Level::L2, Level::L3];

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}
