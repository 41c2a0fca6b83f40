//! Messages to browsers that are not open: what a push service gets, which can neither read nor forge it.
//!
//! A message is sealed for one browser (RFC 8291, in the coding of RFC 8188), and its sender shows who they are by a
//! signature (RFC 8292). It must not know what is said, who reads it, or how it is sent.

mod encryption;
mod sender_key;

pub use encryption::{InvalidReader, MAX_MESSAGE_BYTES, PushReader, Unsealable};
pub use sender_key::{InvalidSenderKey, SenderKey};
