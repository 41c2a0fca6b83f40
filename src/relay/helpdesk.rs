//! What the adapters of help desks have in common: how a ticket is shown there, and how their API is asked.
//!
//! Words of our side arrive there as private notes, so that nothing is sent to the visitor twice and nothing comes back.

use std::time::Duration;

use hyper::Method;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::Value;

use super::retry::{Tried, Verdict};
use crate::client::{Client, Outgoing, Reply};
use crate::conversation::{Author, Message, Ticket};
use crate::ids::{ConversationId, TicketId};
use crate::store::{Endpoint, Store, StoreError, Told};
use crate::time::Timestamp;

/// A help desk with everything needed to speak to it.
pub(super) struct HelpDesk<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) client: &'a Client,
    pub(super) store: &'a Store,
    pub(super) address: &'a str,
    pub(super) within: Duration,
    pub(super) now: Timestamp,
}

/// Why something could not be told: the other side, or our own store.
pub(super) enum Untold {
    /// What came of the request that was not a success.
    Tried(Tried),
    /// Our own store.
    Store(StoreError),
}

impl From<StoreError> for Untold {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Gives one end to both ways of failing.
pub(super) fn settled(result: Result<Tried, Untold>) -> Result<Tried, StoreError> {
    match result {
        Ok(tried) | Err(Untold::Tried(tried)) => Ok(tried),
        Err(Untold::Store(error)) => Err(error),
    }
}

/// Longest transcript that is shown, in characters; the newest part is kept.
const MAX_TRANSCRIPT_CHARS: usize = 20_000;

impl HelpDesk<'_> {
    /// Asks the API; gives the status and what it says.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        mut headers: Vec<(HeaderName, HeaderValue)>,
        body: Option<Value>,
    ) -> Result<(Tried, Value), Untold> {
        headers.push((CONTENT_TYPE, HeaderValue::from_static("application/json")));
        let base = self.endpoint.url.trim_end_matches('/');
        let request = Outgoing {
            method,
            address: format!("{base}{path}"),
            headers,
            body: body
                .map(|body| body.to_string().into_bytes())
                .unwrap_or_default(),
        };
        let result = self.client.send(request, self.within).await;
        let said = match &result {
            Ok(Reply { body, .. }) => serde_json::from_slice(body).unwrap_or(Value::Null),
            Err(_) => Value::Null,
        };
        let tried = Tried::of_help_desk(result);
        match tried.verdict {
            Verdict::Taken => Ok((tried, said)),
            _ => Err(Untold::Tried(tried)),
        }
    }

    /// The other side said yes, and not what its documentation says.
    pub(super) fn unexpected(&self, tried: &Tried, what: &str) -> Untold {
        Untold::Tried(Tried {
            verdict: Verdict::Later,
            error: Some(format!("the other side's reply has no {what}")),
            ..tried.clone()
        })
    }

    /// The ticket a telling is about, and its name there, when it lives there.
    pub(super) async fn ticket_of(
        &self,
        told: &Told,
    ) -> Result<Option<(Ticket, Option<String>)>, StoreError> {
        let reader = self.store.reader();
        let ticket = match &told.ticket {
            Some(ticket) => Some(ticket.clone()),
            None => reader.tickets(&told.conversation.id).await?.pop(),
        };
        let Some(ticket) = ticket else {
            return Ok(None);
        };
        let external = reader.external_of(&self.endpoint.id, &ticket.id).await?;
        Ok(Some((ticket, external)))
    }

    /// Remembers where a ticket lives.
    pub(super) async fn link(&self, ticket: TicketId, external: String) -> Result<(), StoreError> {
        self.store
            .link_ticket(self.endpoint.id, ticket, external, self.now)
            .await
    }

    /// Number, language, link and what was said until the ticket was opened.
    pub(super) async fn opening(&self, ticket: &Ticket) -> Result<String, StoreError> {
        let messages = self.store.reader().messages(&ticket.conversation).await?;
        let said: Vec<String> = messages
            .iter()
            .filter(|message| message.created <= ticket.created)
            .map(line)
            .collect();
        let said = said.join("\n\n");
        let skipped = said.chars().count().saturating_sub(MAX_TRANSCRIPT_CHARS);
        let said: String = said.chars().skip(skipped).collect();
        let mut head = format!("{} [{}]", ticket.number, ticket.language.code());
        if let Some(link) = self.console_link(&ticket.conversation) {
            head = format!("{head}\n{link}");
        }
        if let Some(note) = &ticket.note {
            head = format!("{head}\n\n{note}");
        }
        Ok(format!("{head}\n\n{said}"))
    }

    fn console_link(&self, conversation: &ConversationId) -> Option<String> {
        (!self.address.is_empty()).then(|| format!("{}/console#{conversation}", self.address))
    }

    /// The message a telling is about, when it is to be shown there: not part of the opening, nor the desk's own note.
    pub(super) async fn news_of<'t>(
        &self,
        told: &'t Told,
        ticket: &Ticket,
    ) -> Result<Option<&'t Message>, StoreError> {
        let is_shown = |message: &&Message| {
            message.created > ticket.created && message.author != Author::System
        };
        let Some(message) = told.message.as_ref().filter(is_shown) else {
            return Ok(None);
        };
        let Some(speaker) = &message.speaker else {
            return Ok(Some(message));
        };
        // What people there have written must not come back to them.
        let sources = self.store.reader().sources(self.now).await?;
        let is_theirs = sources.iter().any(|source| {
            source.endpoint == Some(self.endpoint.id) && source.agent == speaker.agent
        });
        Ok((!is_theirs).then_some(message))
    }
}

/// Who said what, in one line or more, under the names that visitors see.
pub(super) fn line(message: &Message) -> String {
    let who = match (&message.speaker, message.author) {
        (Some(speaker), _) => speaker.name.as_str(),
        (None, Author::Visitor) => "Visitor",
        (None, Author::Agent) => "Agent",
        (None, Author::Bot | Author::System) => "mondo",
    };
    format!("{who}: {}", message.text)
}

/// The mail address among what a visitor says about how to be reached.
pub(super) fn mail_in(contact: Option<&str>) -> Option<&str> {
    contact?
        .split(|character: char| character.is_whitespace() || ",;<>()".contains(character))
        .find(|word| {
            word.split_once('@').is_some_and(|(name, domain)| {
                !name.is_empty() && domain.contains('.') && !domain.ends_with('.')
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_address_is_found_among_words() {
        for (contact, expected) in [
            (Some("mina@example.com"), Some("mina@example.com")),
            (
                Some("메일: <mina@example.co.kr>, 오후에"),
                Some("mina@example.co.kr"),
            ),
            (Some("@mina"), None),
            (Some("010-1234"), None),
            (None, None),
        ] {
            assert_eq!(mail_in(contact), expected);
        }
    }
}
