//! Whether an address that a visitor left is really theirs: the first mail asks its reader.

use super::settings::DeskSettings;
use crate::conversation::{ContactLink, RefusedLink};
use crate::desk::{DeskError, VisitorDesk};
use crate::staff::EmailAddress;
use crate::store::Store;
use crate::time::Timestamp;

const MILLIS_A_DAY: i64 = 86_400_000;

/// Returns the keyed digest under which an address is known.
pub(super) fn digest_of(store: &Store, address: &EmailAddress) -> String {
    store.link_keys().contact_digest(address.as_str())
}

/// Returns how long after an asking an address is asked again: as long as its link works.
pub(super) fn ask_again_ms(settings: DeskSettings) -> i64 {
    i64::from(settings.link_days).saturating_mul(MILLIS_A_DAY)
}

/// Writes the token of the link by which the reader of an address says that it is theirs.
pub(super) fn contact_token(
    store: &Store,
    settings: DeskSettings,
    digest: String,
    now: Timestamp,
) -> String {
    let expires = now.later_by(ask_again_ms(settings));
    store
        .link_keys()
        .sign_contact(&ContactLink { digest, expires })
}

impl VisitorDesk {
    /// Reads the token of a link to confirm an address.
    pub fn read_contact_token(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<ContactLink, RefusedLink> {
        self.store.link_keys().read_contact(token, now)
    }

    /// Notes that an address is its reader's.
    pub async fn confirm_contact(
        &self,
        link: ContactLink,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        self.store.confirm_contact(link.digest, now).await?;
        Ok(())
    }
}
