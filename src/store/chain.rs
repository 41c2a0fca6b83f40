//! What events commit to, and with which salt; the same for whoever writes, links and verifies.

use super::error::StoreError;
use crate::conversation::{Feedback, FeedbackReason, Message};
use crate::language::Language;
use crate::record::{Entry, Hash, commitment};
use crate::sealing::DataKey;

/// Stream of what staff do.
pub(in crate::store) const STAFF: &str = "staff";

/// Returns what an event of a message commits to.
pub(in crate::store) fn content_of_message(message: &Message, files: i64) -> Vec<String> {
    let speaker = message.speaker.as_ref();
    vec![
        message.author.code().to_owned(),
        message.language.map_or("", Language::code).to_owned(),
        speaker.map_or_else(String::new, |speaker| speaker.agent.to_string()),
        speaker.map_or_else(String::new, |speaker| speaker.name.clone()),
        files.to_string(),
        message.text.clone(),
    ]
}

/// Returns what an event of feedback commits to.
pub(in crate::store) fn content_of_feedback(feedback: &Feedback) -> Vec<String> {
    let reason = feedback.reason.map_or("", FeedbackReason::code);
    vec![feedback.rating.code().to_owned(), reason.to_owned()]
}

/// Returns the salt of an event. It comes from the key of the content, and goes with it.
pub(in crate::store) fn salt_of(key: &DataKey, stream: &str, sequence: i64) -> [u8; 32] {
    let sequence = sequence.to_string();
    key.digest("salt", &[stream.as_bytes(), b" ", sequence.as_bytes()])
}

/// What the chain holds of an event beside its content.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Happened<'a> {
    pub(in crate::store) stream: &'a str,
    pub(in crate::store) sequence: i64,
    pub(in crate::store) kind: &'a str,
    pub(in crate::store) subject: &'a str,
    pub(in crate::store) created: i64,
}

/// Returns what an event commits to and its link after the one before.
pub(in crate::store) fn linked(
    key: &DataKey,
    happened: Happened<'_>,
    content: &[String],
    previous: Hash,
) -> (Hash, Hash) {
    let Happened {
        stream,
        sequence,
        kind,
        subject,
        created,
    } = happened;
    let content: Vec<&str> = content.iter().map(String::as_str).collect();
    let commitment = commitment(&salt_of(key, stream, sequence), &content);
    let entry = Entry {
        stream,
        sequence,
        kind,
        subject,
        created,
        commitment,
    };
    (commitment, entry.link(previous))
}

/// Reads a stored link; before the first event of a stream there is none.
pub(in crate::store) fn link_from(stored: Option<String>) -> Result<Hash, StoreError> {
    stored.map_or(Ok(Hash::ORIGIN), |digits| {
        digits
            .parse()
            .map_err(|error| StoreError::unreadable("link", error))
    })
}
