//! The kinds of channels.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// What kind of channel was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "snake_case")]
pub enum ChannelKind {
    /// A website, or any address on the web.
    Website,
    /// A mail address.
    Mail,
    /// A telephone number.
    Phone,
    /// A name on a messenger or social network.
    Profile,
    /// An app by its name in a store.
    App,
    /// None of them.
    Unreadable,
}

impl ChannelKind {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}
