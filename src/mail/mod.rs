//! Mail as it comes in and goes out: what a writer has written anew, whom it comes from, whether a program wrote it, and how
//! what leaves is signed.
//!
//! Pure. It must not know conversations, mailboxes, settings or the network.

mod automatic;
mod courtesies;
mod dkim;
mod flowed;
mod html_text;
mod kind;
mod letter;
mod quotes;

pub use courtesies::{matter_of, without_marks};
pub use dkim::{DkimKey, InvalidDkimKey};
pub use kind::LetterKind;
pub use letter::{Letter, LetterFile, UnreadableLetter, read_letter};
