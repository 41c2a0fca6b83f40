//! Where an article stands between its first word and its end.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr, VariantNames};

/// Where an article stands. Only a published one is given to visitors and agents.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    EnumIter,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Stage {
    /// Its author is still writing.
    Draft,
    /// Somebody else is to read it.
    Review,
    /// It is given, on the days on which it is valid.
    #[default]
    Published,
    /// It is kept and no longer given.
    Archived,
}

impl Stage {
    /// Returns the code it is written by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}
