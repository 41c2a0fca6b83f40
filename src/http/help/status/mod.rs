//! `/t/{token}`: the status page of a ticket.

mod answer;

pub(in crate::http) mod page;
