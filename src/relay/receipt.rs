//! What other programs tell us: checked, read in the form they speak, and done once.

use hyper::HeaderMap;
use serde::Deserialize;

use super::letters::taking::LetterError;
use super::wish::{ExternalWish, WishedOutside};
use super::{chatwoot, zendesk};
use crate::client::RequestError;
use crate::conversation::{InvalidTicketNumber, TicketNumber};
use crate::desk::{DeskError, Workplace, words_of_staff};
use crate::ids::{ConversationId, InvalidId, UnknownCode};
use crate::language::Language;
use crate::pipeline::InvalidQuestion;
use crate::safety::Words;
use crate::signing::{
    RefusedSignature, SignedRequest, SigningSecret, verify_standard, verify_timestamped,
    verify_zendesk,
};
use crate::store::{OutsideWish, Source, SourceFormat};
use crate::time::Timestamp;

/// What became of something we were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It was done.
    Done,
    /// It was done before.
    Repeated,
    /// It wishes nothing of us, such as an event about a ticket that does not live here.
    Ignored,
}

/// Why something we were told was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It does not come from whom it says.
    #[error(transparent)]
    Signature(#[from] RefusedSignature),
    /// It cannot be read.
    #[error("the body cannot be read: {0}")]
    Body(#[from] serde_json::Error),
    /// It is no message of WeChat.
    #[error("the body is no message in XML; choose plain text as the mode of encryption")]
    Xml,
    /// It names a conversation in a wrong form.
    #[error(transparent)]
    Conversation(#[from] InvalidId),
    /// It names a ticket in a wrong form.
    #[error(transparent)]
    Ticket(#[from] InvalidTicketNumber),
    /// It names a status or priority that is none.
    #[error(transparent)]
    Code(#[from] UnknownCode),
    /// A reply names neither a conversation nor a ticket.
    #[error("name the conversation or the ticket that the reply is for")]
    Nowhere,
    /// The place does not take words of visitors.
    #[error("this webhook is no channel, or is switched off; set one up with \"channel\": true")]
    NoChannel,
    /// The messenger asks nothing at the address of its events.
    #[error("this messenger hands events in with POST, and asks nothing with GET")]
    NoChallenge,
    /// A message has no name of its own.
    #[error("send a name of your own for the message as the header webhook-id")]
    NoReceipt,
    /// A conversation has no name.
    #[error("name the conversation in `external_id`, in 1 to 200 bytes")]
    ExternalId,
    /// The visitor's words cannot be kept.
    #[error(transparent)]
    Words(InvalidQuestion),
    /// A file could not be fetched from where the messenger keeps it.
    #[error("the file could not be fetched: {0}")]
    Fetch(#[source] RequestError),
    /// A mail was not taken.
    #[error(transparent)]
    Letter(#[from] LetterError),
    /// The place takes no mail.
    #[error("this webhook is no mailbox, or is switched off; set mailbox.address")]
    NoMailbox,
    /// The desk cannot do it.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

/// Something wished in our own form.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Wish {
    Reply {
        conversation: Option<String>,
        ticket: Option<String>,
        text: String,
        language: Option<String>,
        name: Option<String>,
    },
    Note {
        ticket: String,
        text: String,
        name: Option<String>,
    },
    Status {
        ticket: String,
        status: String,
    },
    Priority {
        ticket: String,
        priority: String,
        why: String,
    },
}

/// Checks and does what a program tells us.
pub async fn receive(
    workplace: &Workplace,
    name: &str,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<Received, ReceiveError> {
    let source = workplace.source(name, now).await?;
    verify(&source, headers, body, now)?;
    let (receipt, person, wish) = match source.format {
        SourceFormat::Mondo => {
            let (person, wish) = read(workplace, body).await?;
            (header(headers, "webhook-id").to_owned(), person, wish)
        }
        SourceFormat::Chatwoot => {
            let delivery = header(headers, "x-chatwoot-delivery");
            let stamp = header(headers, "x-chatwoot-signature");
            let delivery = if delivery.is_empty() { stamp } else { delivery };
            match located(workplace, &source, chatwoot::read(body, delivery)?).await? {
                Some(wish) => wish,
                None => return Ok(Received::Ignored),
            }
        }
        SourceFormat::Zendesk => match located(workplace, &source, zendesk::read(body)?).await? {
            Some(wish) => wish,
            None => return Ok(Received::Ignored),
        },
    };
    Ok(
        match workplace
            .take_from_outside(&source, receipt, person, wish, now)
            .await?
        {
            true => Received::Done,
            false => Received::Repeated,
        },
    )
}

fn verify(
    source: &Source,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(), RefusedSignature> {
    let of_any = |check: &dyn Fn(&str) -> Result<(), RefusedSignature>| {
        let mut result = Err(RefusedSignature::Wrong);
        for secret in &source.secrets {
            result = check(secret);
            if result.is_ok() {
                break;
            }
        }
        result
    };
    match source.format {
        SourceFormat::Mondo => {
            let secrets: Vec<SigningSecret> = source
                .secrets
                .iter()
                .filter_map(|secret| SigningSecret::parse(secret).ok())
                .collect();
            verify_standard(&secrets, signed_request(headers, body), now)
        }
        SourceFormat::Chatwoot => {
            let timestamp = header(headers, "x-chatwoot-timestamp");
            let signature = header(headers, "x-chatwoot-signature");
            of_any(&|secret| verify_timestamped(secret, timestamp, signature, body, now))
        }
        SourceFormat::Zendesk => {
            let timestamp = header(headers, "x-zendesk-webhook-signature-timestamp");
            let signature = header(headers, "x-zendesk-webhook-signature");
            of_any(&|secret| verify_zendesk(secret, timestamp, signature, body, now))
        }
    }
}

/// Reads what a request shows that is signed by the Standard Webhooks convention.
pub(super) fn signed_request<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> SignedRequest<'a> {
    SignedRequest {
        id: header(headers, "webhook-id"),
        timestamp: header(headers, "webhook-timestamp"),
        signatures: header(headers, "webhook-signature"),
        body,
    }
}

pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Reads our own form.
async fn read(
    workplace: &Workplace,
    body: &[u8],
) -> Result<(Option<String>, OutsideWish), ReceiveError> {
    Ok(match serde_json::from_slice(body)? {
        Wish::Reply {
            conversation,
            ticket,
            text,
            language,
            name,
        } => {
            let conversation: ConversationId = match (conversation, ticket) {
                (Some(conversation), _) => conversation.parse()?,
                (None, Some(ticket)) => {
                    workplace.ticket(ticket.parse()?).await?.ticket.conversation
                }
                (None, None) => return Err(ReceiveError::Nowhere),
            };
            let language = language.as_deref().and_then(Language::from_tag);
            let wish = OutsideWish::Reply {
                conversation,
                text: words_of_staff(&text)?,
                language,
            };
            (name, wish)
        }
        Wish::Note { ticket, text, name } => {
            let ticket: TicketNumber = ticket.parse()?;
            let text = words_of_staff(&text)?;
            (name, OutsideWish::Note { ticket, text })
        }
        Wish::Status { ticket, status } => {
            let (ticket, status) = (ticket.parse()?, status.parse()?);
            (None, OutsideWish::Status { ticket, status })
        }
        Wish::Priority {
            ticket,
            priority,
            why,
        } => {
            let (ticket, priority) = (ticket.parse()?, priority.parse()?);
            let wish = OutsideWish::Priority {
                ticket,
                priority,
                why: words_of_staff(&why)?,
            };
            (None, wish)
        }
    })
}

/// Finds the ticket that is meant by its name elsewhere.
async fn located(
    workplace: &Workplace,
    source: &Source,
    wish: Option<ExternalWish>,
) -> Result<Option<(String, Option<String>, OutsideWish)>, ReceiveError> {
    let (Some(wish), Some(endpoint)) = (wish, source.endpoint) else {
        return Ok(None);
    };
    let Some(meant) = workplace.external_ticket(&endpoint, &wish.external).await? else {
        return Ok(None);
    };
    let ticket = meant.number;
    let outside = match wish.wish {
        WishedOutside::Reply(text) => OutsideWish::Reply {
            conversation: meant.conversation,
            text: words_of_staff(&text)?,
            language: None,
        },
        WishedOutside::Status(status) => OutsideWish::Status { ticket, status },
        WishedOutside::Priority(priority) => OutsideWish::Priority {
            ticket,
            priority,
            // A name of letters, digits and dashes, checked when it was given.
            why: Words::from_record(source.name.clone()),
        },
    };
    Ok(Some((wish.receipt, wish.person, outside)))
}
