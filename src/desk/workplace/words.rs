//! What staff and their programs write.

use crate::desk::error::DeskError;
use crate::desk::limits::MAX_MESSAGE_CHARS;
use crate::safety::redact::Hides;
use crate::safety::{Lines, Words};

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
