//! Ids of streams and things, digests and signatures: whatever is read as one is written the same again.

#![no_main]

use std::fmt::Display;
use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use mondo::ids::{AttachmentId, ConversationId, EventNumber, MessageId, TicketId};
use mondo::record::{Hash, PublicKey, Signature};

/// Reads the text as a thing of this kind, and the thing's text again.
fn survives<T: FromStr + Display + PartialEq>(text: &str) {
    if let Ok(thing) = T::from_str(text) {
        assert!(T::from_str(&thing.to_string()).is_ok_and(|again| again == thing));
    }
}

fuzz_target!(|text: &str| {
    survives::<EventNumber>(text);
    survives::<ConversationId>(text);
    survives::<MessageId>(text);
    survives::<TicketId>(text);
    survives::<AttachmentId>(text);
    survives::<Hash>(text);
    survives::<PublicKey>(text);
    survives::<Signature>(text);
});
