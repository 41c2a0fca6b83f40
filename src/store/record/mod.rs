//! The record over the rows: checkpoints are made here, everything is verified against them, and the events of one
//! conversation are bundled for somebody else to check.

mod bundles;
mod checkpoints;
mod fault;
mod streams;
mod verifying;

pub use checkpoints::RecordHead;
pub use fault::{Fault, FaultKind};
pub use verifying::{Verified, Verifying};
