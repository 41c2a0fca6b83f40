//! What words and bytes say by themselves, whatever the knowledge base holds: the words of a person, cleaned and with
//! their secrets hidden; pictures without what tells on people; whether a scam is afoot; a wish for a person, a
//! report of fraud, an identifier; whether a channel is the operator's.
//!
//! Knows nothing of articles. Patterns are plain phrases in `cues.toml`, so that an operator can read them.

mod words;

mod pictures;

pub mod redact;

pub mod scam;

mod about_staff;
mod cues;
mod identifiers;
mod official;
mod signals;
mod solicitation;
mod wish_for_person;

pub use about_staff::{about_support, lost_something_else};
pub use official::{ChannelKind, Likeness, Lookup, OfficialChannels, Resemblance, Verdict};
pub use pictures::{UnreadablePicture, without_metadata};
pub use signals::Signals;
pub use words::{InvalidWords, Lines, MAX_BLANK_LINES, Words, is_invisible};
