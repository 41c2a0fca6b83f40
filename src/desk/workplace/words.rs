//! What staff and their programs write.

use crate::desk::error::DeskError;
use crate::desk::limits::MAX_MESSAGE_CHARS;
use crate::safety::redact::Hides;
use crate::safety::{Lines, Words};

/// Longest reason for being busy or away, in characters.
pub const MAX_AVAILABILITY_REASON_CHARS: usize = 80;

/// Takes at a door why somebody is busy or away; nothing where nothing is said.
pub fn availability_reason(text: &str) -> Option<Words> {
    Words::shortened(
        text,
        MAX_AVAILABILITY_REASON_CHARS,
        Lines::Joined,
        Hides::AllButWhatStaffSend,
    )
}

/// Takes a reply, a note, a reason or a macro at a door.
pub fn words_of_staff(text: &str) -> Result<Words, DeskError> {
    Words::parse_as(
        text,
        MAX_MESSAGE_CHARS,
        Lines::Kept,
        Hides::AllButWhatStaffSend,
    )
    .map_err(|_| DeskError::TextLength)
}
