//! The status page of a ticket: the matter for whoever holds its signed link.

use std::str::FromStr as _;

use super::attachments::{NamedFile, Said};
use super::{AskContext, Desk, DeskError, IdempotencyKey};
use crate::conversation::{
    ConversationState, RefusedLink, Responder, StatusLink, TicketNumber, Timestamp,
};
use crate::pipeline::Question;

/// What a visitor answers on the page.
#[derive(Debug, Clone)]
pub struct StatusAnswer {
    /// What was typed; files may come without.
    pub words: Option<Question>,
    /// What was chosen beside it.
    pub files: Vec<NamedFile>,
    /// What is known of the language.
    pub context: AskContext,
    /// Made with the form.
    pub key: IdempotencyKey,
}

impl Desk {
    /// Writes the token of a link to a ticket's status page.
    pub fn status_token(&self, ticket: TicketNumber, now: Timestamp) -> String {
        let link = StatusLink::lasting(ticket, self.settings.link_days, now);
        self.store.link_keys().sign(link)
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

    /// Takes what the visitor answers on the page, and gives the ticket under which it goes on: a settled one is
    /// followed by a new one, so that a person reads the answer in any case.
    pub async fn answer_on_status_page(
        &self,
        number: TicketNumber,
        answer: StatusAnswer,
        now: Timestamp,
    ) -> Result<TicketNumber, DeskError> {
        let id = self.ticket(number).await?.ticket.conversation;
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
        };
        if before.state.responder() == Responder::Bot && said.words.is_none() {
            return Err(DeskError::WordsNeeded);
        }
        for (place, NamedFile { name, content }) in files.into_iter().enumerate() {
            let key = IdempotencyKey::from_str(&format!("{}-file-{place}", key.as_str())).ok();
            // A millisecond apart, so that they keep their order.
            let moment = now.later_by(i64::try_from(place).unwrap_or_default());
            let kept = self.attach(&id, None, &name, content, key, moment);
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
