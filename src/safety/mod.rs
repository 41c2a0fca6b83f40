//! What the words themselves say, whatever the knowledge base holds: a wish for a person, a report of fraud, an identifier;
//! and whether a channel is the operator's.
//!
//! Knows nothing of articles. Patterns are plain phrases, so that an operator can read them.

mod official;
mod signals;

pub use official::OfficialChannels;
pub use signals::Signals;
