//! Who is at the other end of a connection, and how much of the server's work one of them may ask for.
//!
//! Everything here counts in this process alone: several servers allow as many times more.

pub(in crate::http) mod forwarded;
pub(in crate::http) mod origin;
pub(in crate::http) mod trusted_proxy;

pub(in crate::http) mod limits;

pub(in crate::http) mod allowance;
pub(in crate::http) mod clients;
pub(in crate::http) mod download_places;

mod places;
mod rates;

pub(in crate::http) mod work;

#[cfg(feature = "otel")]
pub(in crate::http) mod trace_parent;
