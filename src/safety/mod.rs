//! What the words themselves say, whatever the knowledge base holds: a wish for a person, a report of fraud, an identifier.
//!
//! Knows nothing of articles. Patterns are plain phrases, so that an operator can read them.

mod signals;

pub use signals::Signals;
