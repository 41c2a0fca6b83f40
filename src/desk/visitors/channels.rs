//! What visitors of messengers need beside a visitor's own doors: their files before their words, buttons, and where they
//! stand.

use super::VisitorDesk;
use crate::conversation::{
    Attachment, BotDecision, ChannelAddress, ChannelNote, Conversation, ConversationState,
    FileLink, SystemNote, phrase_note,
};
use crate::desk::announcements::after;
use crate::desk::fingerprint::fingerprint;
use crate::desk::limits::MAX_FILES_PER_MESSAGE;
use crate::desk::{DeskError, IdempotencyKey};
use crate::ids::{AttachmentId, ConversationId, DeliveryId, EndpointId, MessageId};
use crate::knowledge::ArticleId;
use crate::locale::Locale;
use crate::store::{
    Attempt, DeliveryFilter, Due, Endpoint, KeyedRequest, NewChannelNote, Outcome, Told,
};
use crate::time::Timestamp;

/// How long a message is kept for the reply that is being written.
const CLAIM_MS: i64 = 30_000;

/// How soon a messenger repeats a request whose reply it did not get.
const REPEATED_WITHIN_MS: i64 = 20_000;

/// Where a visitor of a messenger stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingThere {
    /// In which language they are told so.
    pub locale: Locale,
    /// The sentence.
    pub text: String,
    /// Token of the page of their ticket, where they have an open one.
    pub page: Option<String>,
}

impl VisitorDesk {
    /// Reads the conversation that a channel has this name for, where there is one.
    pub async fn conversation_at(
        &self,
        address: &ChannelAddress,
    ) -> Result<Option<Conversation>, DeskError> {
        Ok(self.store.reader().conversation_at(address).await?)
    }

    /// Tells a visitor of a messenger something, once under a key.
    pub async fn note_for_channel(
        &self,
        id: &ConversationId,
        note: ChannelNote,
        key: IdempotencyKey,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let new = NewChannelNote {
            conversation: *id,
            note,
            fallback: self.settings.fallback,
            request: KeyedRequest {
                key,
                scope: format!("notes:{id}"),
                fingerprint: fingerprint(&["note"]),
            },
            now,
        };
        let store = self.store.clone();
        Ok(after(
            &self.bus,
            *id,
            async move { store.note_for_channel(new).await },
        )
        .await?)
    }

    /// Says where a visitor stands, in the words of a messenger.
    pub async fn standing_note(
        &self,
        id: &ConversationId,
        now: Timestamp,
    ) -> Result<ChannelNote, DeskError> {
        let view = self.conversation(id).await?;
        let standing = view.conversation.standing;
        let number = view.ticket.map(|ticket| ticket.number);
        Ok(match (standing.state, number, standing.agent) {
            (ConversationState::Closed, ..) => ChannelNote::Closed,
            (ConversationState::Queued, Some(number), _) => {
                let before = self.place(id, now).await?.before.unwrap_or_default();
                ChannelNote::Waiting { number, before }
            }
            (ConversationState::Agent, Some(number), Some(agent)) => {
                let name = self.store.reader().agent(&agent).await?.name;
                ChannelNote::WithAgent { number, name }
            }
            _ => ChannelNote::WithBot,
        })
    }

    /// Reads which files of a visitor wait to be carried by their next words.
    pub async fn waiting_files(&self, id: &ConversationId) -> Result<Vec<AttachmentId>, DeskError> {
        let reader = self.store.reader();
        Ok(reader.waiting_files(id, MAX_FILES_PER_MESSAGE).await?)
    }

    /// Reads which article a button under a message stands for, counted from 1; nothing where it stands for none.
    pub async fn option_of(
        &self,
        id: &ConversationId,
        message: &MessageId,
        number: usize,
    ) -> Result<Option<ArticleId>, DeskError> {
        let messages = self.store.reader().messages(id).await?;
        let reply = messages
            .into_iter()
            .find(|said| said.id == *message)
            .and_then(|said| said.reply);
        let Some(BotDecision::Clarify { options }) = reply.map(|reply| reply.decision) else {
            return Ok(None);
        };
        let option = number.checked_sub(1).and_then(|place| options.get(place));
        Ok(option.map(|option| option.article.clone()))
    }

    /// Keeps the token by which the next message of a conversation can be sent.
    pub async fn keep_reply_token(
        &self,
        id: &ConversationId,
        outlet: EndpointId,
        token: String,
        until: Timestamp,
    ) -> Result<(), DeskError> {
        Ok(self
            .store
            .keep_reply_token(*id, outlet, token, until)
            .await?)
    }

    /// Takes the oldest message that waits for a visitor of a messenger, with what it tells, so that it leaves with a reply.
    pub async fn next_waiting(
        &self,
        endpoint: &Endpoint,
        conversation: ConversationId,
        now: Timestamp,
    ) -> Result<Option<(Due, Option<Told>)>, DeskError> {
        let due = self
            .store
            .claim_delivery_of(endpoint.id, endpoint.kind, conversation, CLAIM_MS, now)
            .await?;
        let Some(due) = due else { return Ok(None) };
        let told = self.store.reader().told(&due.telling).await?;
        Ok(Some((due, told)))
    }

    /// Keeps what has become of a message that was taken so.
    pub async fn keep_waiting(
        &self,
        due: &Due,
        endpoint: EndpointId,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let attempt = Attempt {
            delivery: due.id,
            endpoint,
            outcome,
            response_status: None,
            duration_ms: 0,
            error: None,
            now,
        };
        Ok(self.store.keep_attempt(attempt).await?)
    }

    /// Lets a message wait that was taken so, without the parts of it that have left.
    pub async fn leave_waiting(&self, due: &Due, sent_parts: Option<i64>) -> Result<(), DeskError> {
        if let Some(sent) = sent_parts {
            self.store.keep_sent_parts(due.id, sent).await?;
        }
        Ok(self.store.release_delivery(due.id).await?)
    }

    /// Lets messages wait again that have left with a reply which did not arrive.
    pub async fn tell_again(
        &self,
        endpoint: EndpointId,
        told: Vec<DeliveryId>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        for delivery in told {
            let filter = DeliveryFilter {
                delivery: Some(delivery),
                ..DeliveryFilter::default()
            };
            self.store.replay_deliveries(endpoint, filter, now).await?;
        }
        Ok(())
    }

    /// Lets the message wait again that has just left with the reply to a request of this name: it comes again, so the reply
    /// got lost.
    pub async fn reply_again(
        &self,
        outlet: EndpointId,
        request: &str,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let since = now.earlier_by(REPEATED_WITHIN_MS);
        Ok(self
            .store
            .tell_named_again(outlet, request.to_owned(), since, now)
            .await?)
    }

    /// Keeps which message has left with the reply to a request of this name.
    pub async fn keep_reply(
        &self,
        outlet: EndpointId,
        request: String,
        told: DeliveryId,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        Ok(self
            .store
            .keep_sent_name(outlet, request, told, now)
            .await?)
    }

    /// Keeps that a messenger has refused a message after it had taken it, and why.
    pub async fn refuse_sent(
        &self,
        outlet: EndpointId,
        name: String,
        why: String,
    ) -> Result<(), DeskError> {
        Ok(self.store.refuse_sent(outlet, name, why).await?)
    }

    /// Says where a visitor stands, for a reply that nothing can follow.
    pub async fn standing(
        &self,
        id: &ConversationId,
        now: Timestamp,
    ) -> Result<StandingThere, DeskError> {
        let note = self.standing_note(id, now).await?;
        let number = match &note {
            ChannelNote::Waiting { number, .. } | ChannelNote::WithAgent { number, .. } => {
                Some(*number)
            }
            _ => None,
        };
        let conversation = self.store.reader().conversation(id).await?;
        let locale = conversation.spoken(conversation.addressed_in(self.settings.fallback));
        Ok(StandingThere {
            locale,
            text: phrase_note(&SystemNote::OfChannel(note), locale),
            page: number.map(|number| self.status_token(number, now)),
        })
    }

    /// Writes the token of a link to a file.
    pub fn file_token(&self, link: &FileLink) -> String {
        self.store.link_keys().sign_file(link)
    }

    /// Returns the file that a signed link leads to, for a messenger that fetches it; nothing where the link does not work.
    pub async fn file_by_link(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<(Attachment, Vec<u8>)>, DeskError> {
        match self.store.link_keys().read_file(token, now) {
            Ok(link) => Ok(Some(self.attachment(&link.conversation, &link.file).await?)),
            Err(_) => Ok(None),
        }
    }
}
