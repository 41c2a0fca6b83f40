//! What words and bytes say by themselves, whatever the knowledge base holds: a wish for a person, a report of fraud, an
//! identifier; whether a channel is the operator's; whether a request comes from whom it says.
//!
//! Knows nothing of articles. Patterns are plain phrases, so that an operator can read them.

mod official;
mod signals;
mod webhook_signature;

pub use official::OfficialChannels;
pub use signals::Signals;
pub use webhook_signature::{
    InvalidSecret, RefusedSignature, SignedRequest, SigningSecret, TOLERANCE_S, verify_standard,
    verify_timestamped, verify_zendesk,
};
