//! Which letters came in, which conversation they belong to, and how the mailboxes they come from are doing.

use super::Workplace;
use super::letters::address_in;
use crate::conversation::{Channel, Conversation, ConversationState};
use crate::desk::DeskError;
use crate::ids::{ConversationId, EndpointId};
use crate::store::{LetterOutcome, MailboxState, NewLetter, StoreError};
use crate::time::Timestamp;

const MILLIS_AN_HOUR: i64 = 60 * 60 * 1_000;

impl Workplace {
    /// Returns the outlet of a mailbox; it is set up when it is asked for first.
    pub async fn mail_outlet(
        &self,
        address: &str,
        now: Timestamp,
    ) -> Result<EndpointId, DeskError> {
        Ok(self.store.mail_outlet(address, now).await?)
    }

    /// Returns what became of a letter that came before under the same name.
    pub async fn earlier_letter(
        &self,
        outlet: &EndpointId,
        name: &str,
    ) -> Result<Option<(LetterOutcome, Option<ConversationId>)>, DeskError> {
        Ok(self.store.reader().letter(outlet, name).await?)
    }

    /// Tells whether an address may send one more.
    pub async fn takes_letters_of(&self, sender: &str, now: Timestamp) -> Result<bool, DeskError> {
        let limits = [
            (self.settings.letters_per_hour, MILLIS_AN_HOUR),
            (self.settings.letters_per_day, 24 * MILLIS_AN_HOUR),
        ];
        for (most, within) in limits {
            let since = now.earlier_by(within);
            let count = self.store.reader().letters_from(sender, since).await?;
            if count >= i64::from(most) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Notes what became of a letter.
    pub async fn keep_letter(&self, letter: NewLetter) -> Result<(), DeskError> {
        self.store.keep_letter(letter).await?;
        Ok(())
    }

    /// Returns the conversation that a token in an address or in the name of a mail was made for.
    pub fn thread_of(&self, token: &str) -> Option<ConversationId> {
        self.store.link_keys().read_thread_token(token)
    }

    /// Returns a conversation that whoever writes from an address takes part in; to everybody else it does not exist.
    ///
    /// An address is easily forged, so nothing of the conversation is ever told to whoever writes, beyond the reply to
    /// what they have written.
    pub async fn conversation_by_mail(
        &self,
        id: &ConversationId,
        outlet: &EndpointId,
        sender: &str,
    ) -> Result<Option<Conversation>, DeskError> {
        let reader = self.store.reader();
        let conversation = match reader.conversation(id).await {
            Ok(conversation) => conversation,
            Err(StoreError::UnknownConversation(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let is_theirs = match (&conversation.channel, &conversation.address) {
            (Channel::Mail, Some(address)) => {
                address.outlet == *outlet && address_in(&address.external_id) == sender
            }
            // Answers to a notice: only while a person is responsible, for nobody else answers by mail there.
            (Channel::Web, _)
                if matches!(
                    conversation.standing.state,
                    ConversationState::Queued | ConversationState::Agent
                ) =>
            {
                let tickets = reader.tickets(id).await?;
                let contact = tickets.last().and_then(|ticket| ticket.contact.as_deref());
                contact.is_some_and(|contact| contact.trim().to_lowercase() == sender)
            }
            _ => false,
        };
        Ok(is_theirs.then_some(conversation))
    }

    /// Notes on the newest ticket of a conversation that a mail did not arrive.
    pub async fn note_bounce(
        &self,
        conversation: ConversationId,
        why: String,
        now: Timestamp,
    ) -> Result<bool, DeskError> {
        Ok(self.store.note_bounce(conversation, why, now).await?)
    }

    /// Reads how the reading of every mailbox goes.
    pub async fn mailboxes(&self) -> Result<Vec<MailboxState>, DeskError> {
        Ok(self.store.reader().mailboxes().await?)
    }

    /// Lets one process read a mailbox until a moment; `false` while another one does.
    pub async fn hold_mailbox(
        &self,
        outlet: EndpointId,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, DeskError> {
        let held = self
            .store
            .hold_mailbox(outlet, holder.to_owned(), until, now);
        Ok(held.await?)
    }

    /// Notes that a mailbox was looked into, or why it could not be.
    pub async fn note_mailbox(
        &self,
        outlet: EndpointId,
        failure: Option<String>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        Ok(self.store.note_mailbox(outlet, failure, now).await?)
    }
}
