//! What a visitor of a messenger is told beside replies, in one transaction with the key of what they have sent.

use crate::conversation::{ChannelNote, SystemNote, phrase_note};
use crate::ids::ConversationId;
use crate::language::Language;
use crate::store::conversations::messages;
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::idempotency::{KeyedRequest, remember_response};
use crate::store::remembered::Rules;
use crate::store::turns::transcript::{Transcript, Written};
use crate::time::Timestamp;

/// Something a visitor of a messenger is told.
#[derive(Debug, Clone)]
pub struct NewChannelNote {
    /// In which conversation.
    pub conversation: ConversationId,
    /// What.
    pub note: ChannelNote,
    /// Language of it while the visitor's is unknown.
    pub fallback: Language,
    /// The key of what they have sent.
    pub request: KeyedRequest,
    /// The present moment.
    pub now: Timestamp,
}

impl Store {
    /// Tells a visitor of a messenger something, once for what they have sent.
    pub async fn note_for_channel(&self, new: NewChannelNote) -> Result<Written<()>, StoreError> {
        let rules = self.rules().await?;
        self.writer
            .write(move |connection| Box::pin(note(connection, rules, new)))
            .await
    }
}

async fn note(
    connection: &mut Connection,
    rules: Rules,
    new: NewChannelNote,
) -> Result<Written<()>, StoreError> {
    let NewChannelNote {
        conversation,
        note,
        fallback,
        request,
        now,
    } = new;
    let (mut transcript, earlier) =
        Transcript::open_for(connection, &conversation, Some(&request), rules, now).await?;
    let language = transcript.conversation().addressed_in(fallback);
    let is_said_once = note.is_said_once();
    let note = SystemNote::OfChannel(note);
    let locale = transcript.conversation().spoken(language);
    let text = phrase_note(&note, locale);
    let last = messages::last_text(transcript.connection(), &conversation).await?;
    if earlier.is_some() || (is_said_once && last.is_some_and(|last| last == text)) {
        return Ok(Written {
            value: (),
            last_sequence: None,
        });
    }
    let said = transcript.note(&note, language).await?;
    let id = said.id.to_string();
    remember_response(transcript.connection(), Some(&request), &id, now).await?;
    transcript.finish(()).await
}
