//! What a visitor is told of their own words at once: what was hidden in them, and which channels they name.

use crate::conversation::{Message, SystemNote};
use crate::language::Language;
use crate::safety::redact::Finding;
use crate::safety::{Lookup, Words};
use crate::store::error::StoreError;
use crate::store::turns::transcript::Transcript;

/// Returns what was hidden in a visitor's texts, each kind once.
pub(in crate::store) fn found_in(texts: &[&Option<Words>]) -> Vec<Finding> {
    let texts = texts.iter().copied().flatten();
    let mut findings: Vec<Finding> = texts.flat_map(Words::findings).copied().collect();
    findings.sort_by_key(|finding| finding.kind);
    findings.dedup_by_key(|finding| finding.kind);
    findings
}

/// Tells the visitor at once what was hidden, for whoever asked them for it may ask again.
pub(in crate::store) async fn warn(
    transcript: &mut Transcript<'_>,
    findings: Vec<Finding>,
    fallback: Language,
) -> Result<Option<Message>, StoreError> {
    if findings.is_empty() {
        return Ok(None);
    }
    let language = transcript.conversation().addressed_in(fallback);
    let note = SystemNote::Hidden(findings);
    Ok(Some(transcript.note(&note, language).await?))
}

/// Tells the visitor what the list says of the channels they named.
pub(in crate::store) async fn tell_of_channels(
    transcript: &mut Transcript<'_>,
    channels: Vec<Lookup>,
    fallback: Language,
) -> Result<Option<Message>, StoreError> {
    if channels.is_empty() {
        return Ok(None);
    }
    let language = transcript.conversation().addressed_in(fallback);
    let note = SystemNote::Channels(channels);
    Ok(Some(transcript.note(&note, language).await?))
}
