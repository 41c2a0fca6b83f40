//! Signatures with a shared key: how they are made, how those of others are checked, and the secrets that
//! operators set for them.
//!
//! Pure: keys, bytes and the time are arguments. Every comparison takes the same time whatever is wrong.

mod ed25519;
mod mac;
mod secret;
mod sorted;
mod webhook;

pub use ed25519::verify_ed25519;
pub use mac::{has_signed, sign};
pub use secret::{MASK, Secret};
pub use sorted::{SortedSignature, verify_sorted};
pub use webhook::{
    InvalidSecret, RefusedSignature, SignedRequest, SigningSecret, TOLERANCE_S, verify_body,
    verify_standard, verify_timestamped, verify_zendesk,
};
