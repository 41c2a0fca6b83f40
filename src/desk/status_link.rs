//! Links to the status pages of tickets.

use super::settings::DeskSettings;
use crate::conversation::{StatusLink, TicketNumber};
use crate::store::Store;
use crate::time::Timestamp;

/// Writes the token of a link to a ticket's status page.
pub(super) fn status_token(
    store: &Store,
    settings: DeskSettings,
    ticket: TicketNumber,
    now: Timestamp,
) -> String {
    let link = StatusLink::lasting(ticket, settings.link_days, now);
    store.link_keys().sign(link)
}
