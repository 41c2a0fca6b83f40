//! What help desks wish of tickets.

use crate::conversation::TicketStatus;
use crate::schedule::Priority;

/// Something wished of a ticket by its name elsewhere.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ExternalWish {
    pub(super) external: String,
    pub(super) receipt: String,
    pub(super) person: Option<String>,
    pub(super) wish: WishedOutside,
}

/// What can be wished there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WishedOutside {
    Reply(String),
    Status(TicketStatus),
    Priority(Priority),
}
