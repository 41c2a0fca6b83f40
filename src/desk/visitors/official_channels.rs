//! Look-ups on the list of official channels, as they are kept.

use strum::IntoStaticStr;

use super::VisitorDesk;
use crate::desk::DeskError;
use crate::safety::Lookup;
use crate::time::Timestamp;

/// Where somebody asked whether a channel is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum LookupDoor {
    /// The page.
    Page,
    /// The API.
    Api,
    /// A message in a conversation.
    Chat,
}

impl LookupDoor {
    fn code(self) -> &'static str {
        self.into()
    }
}

impl VisitorDesk {
    /// Keeps what was looked up.
    pub async fn keep_lookups(
        &self,
        lookups: Vec<Lookup>,
        door: LookupDoor,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        Ok(self.store.keep_lookups(lookups, door.code(), now).await?)
    }
}
