//! The record as arithmetic: what makes it show when a line was altered, dropped, moved, repeated or added.
//!
//! Every event commits to its content by a salted hash ([`commitment`]) and to everything before it in its stream by a
//! link ([`Entry::link`]). From time to time the heads of the streams that have grown are put into a Merkle tree
//! ([`root`]) whose root is signed ([`Checkpoint`]), each checkpoint naming the one before. A [`Bundle`] carries the
//! events of one stream with all that a stranger needs to check them. A commitment tells nothing without its salt, so
//! that content can be destroyed and the chain still holds. Pure; it must not know where any of it is kept.

mod bundle;
mod checkpoint;
mod hash;
mod link;
mod merkle;

pub use bundle::{Bundle, BundleFault, BundledEvent, BundledProof, FORMAT};
pub use checkpoint::{Checkpoint, PublicKey, RecordKey, Signature};
pub use hash::{Hash, InvalidDigits};
pub use link::{Entry, commitment};
pub use merkle::{Leaf, Side, Step, climb, proof, root};
