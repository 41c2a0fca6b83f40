//! Rows of tickets, the rule of their priorities, the queue in which they wait, and the surges that change both.

mod listing;
pub(in crate::store) mod queue;
pub(in crate::store) mod rows;
pub(in crate::store) mod rule;
pub(in crate::store) mod surges;

pub use listing::{ListedTicket, TicketFilter};
pub use queue::{
    HeldCounts, LastWord, QueueCounts, QueueEntry, QueueFilter, QueueOrder, QueueTally,
};
pub use surges::{PastSurge, SurgeChange, SurgeRequest};
