//! The status page of a ticket: the matter for whoever holds its signed link.

use std::str::FromStr as _;

use super::VisitorDesk;
use crate::conversation::{ConversationState, RefusedLink, Responder, Ticket, TicketNumber};
use crate::desk::attachments::{NamedFile, Said};
use crate::desk::status_link::status_token;
use crate::desk::{AskContext, DeskError, IdempotencyKey};
use crate::safety::Words;
use crate::time::Timestamp;

/// What a visitor answers on the page.
#[derive(Debug, Clone)]
pub struct StatusAnswer {
    /// What was typed; files may come without.
    pub words: Option<Words>,
    /// What was chosen beside it.
    pub files: Vec<NamedFile>,
    /// What is known of the language.
    pub context: AskContext,
    /// Made with the form.
    pub key: IdempotencyKey,
}

impl VisitorDesk {
    /// Writes the token of a link to a ticket's status page.
    pub fn status_token(&self, ticket: TicketNumber, now: Timestamp) -> String {
        status_token(&self.store, self.settings, ticket, now)
    }

    /// Reads the token of a link.
    pub fn read_status_token(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<TicketNumber, RefusedLink> {
        let link = self.store.link_keys().read(token, now)?;
        Ok(link.ticket)
    }

    /// Reads the ticket of a page.
    pub async fn ticket(&self, number: TicketNumber) -> Result<Ticket, DeskError> {
        Ok(self.store.reader().ticket(number).await?.ticket)
    }

    /// Takes what the visitor answers on the page, and gives the ticket under which it goes on: a settled one is
    /// followed by a new one, so that a person reads the answer in any case.
    pub async fn answer_on_status_page(
        &self,
        number: TicketNumber,
        answer: StatusAnswer,
        now: Timestamp,
    ) -> Result<TicketNumber, DeskError> {
        let id = self
            .store
            .reader()
            .ticket(number)
            .await?
            .ticket
            .conversation;
        let before = self.store.reader().conversation(&id).await?.standing;
        let StatusAnswer {
            words,
            files,
            context,
            key,
        } = answer;
        let mut said = Said {
            words,
            files: Vec::new(),
            channels: Vec::new(),
        };
        if before.state.responder() == Responder::Bot && said.words.is_none() {
            return Err(DeskError::WordsNeeded);
        }
        for (place, NamedFile { name, content }) in files.into_iter().enumerate() {
            let key = IdempotencyKey::from_str(&format!("{}-file-{place}", key.as_str())).ok();
            // A millisecond apart, so that they keep their order.
            let moment = now.later_by(i64::try_from(place).unwrap_or_default());
            let kept = self.attach(&id, &name, content, key, moment);
            let kept = kept.await?;
            said.files.push(kept.id);
        }
        let exchange = self
            .post_message(&id, said, context, Some(key.clone()), now)
            .await?;
        if let Some(ticket) = exchange.ticket {
            return Ok(ticket.number);
        }
        if before.state == ConversationState::Bot && before.open_ticket.is_some() {
            return Ok(number);
        }
        let key = IdempotencyKey::from_str(&format!("{}-person", key.as_str())).ok();
        let ticket = self.escalate(&id, None, None, key, now).await?;
        Ok(ticket.number)
    }
}
