//! What agents work through: the queue with its views, tickets as a list, and who the visitor is.

pub(super) mod glosses;
pub(super) mod queue;
pub(super) mod rules;
pub(super) mod tickets;
pub(super) mod visitor;
