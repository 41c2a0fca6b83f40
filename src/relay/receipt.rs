//! What other programs tell us: checked, read in the form they speak, and done once.

use hyper::HeaderMap;
use serde::Deserialize;

use super::{chatwoot, zendesk};
use crate::conversation::{
    ConversationId, InvalidId, InvalidTicketNumber, Priority, TicketNumber, TicketStatus,
    Timestamp, UnknownCode,
};
use crate::desk::{Desk, DeskError};
use crate::language::Language;
use crate::safety::{
    RefusedSignature, SignedRequest, SigningSecret, verify_standard, verify_timestamped,
    verify_zendesk,
};
use crate::store::{OutsideWish, Source, SourceFormat};

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
    /// The desk cannot do it.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

/// Something wished of a ticket by its name elsewhere.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ExternalWish {
    pub(super) external: String,
    pub(super) receipt: String,
    pub(super) person: Option<String>,
    pub(super) wish: WishedOutside,
}

/// What can be wished there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum WishedOutside {
    Reply(String),
    Status(TicketStatus),
    Priority(Priority),
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
    desk: &Desk,
    name: &str,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<Received, ReceiveError> {
    let source = desk.source(name, now).await?;
    verify(&source, headers, body, now)?;
    let (receipt, person, wish) = match source.format {
        SourceFormat::Mondo => {
            let (person, wish) = read(desk, body).await?;
            (header(headers, "webhook-id").to_owned(), person, wish)
        }
        SourceFormat::Chatwoot => {
            let delivery = header(headers, "x-chatwoot-delivery");
            let stamp = header(headers, "x-chatwoot-signature");
            let delivery = if delivery.is_empty() { stamp } else { delivery };
            match located(desk, &source, chatwoot::read(body, delivery)?).await? {
                Some(wish) => wish,
                None => return Ok(Received::Ignored),
            }
        }
        SourceFormat::Zendesk => match located(desk, &source, zendesk::read(body)?).await? {
            Some(wish) => wish,
            None => return Ok(Received::Ignored),
        },
    };
    Ok(
        match desk
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
    let now_s = now.as_millis().div_euclid(1_000);
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
            let signed = SignedRequest {
                id: header(headers, "webhook-id"),
                timestamp: header(headers, "webhook-timestamp"),
                signatures: header(headers, "webhook-signature"),
                body,
            };
            verify_standard(&secrets, signed, now_s)
        }
        SourceFormat::Chatwoot => {
            let timestamp = header(headers, "x-chatwoot-timestamp");
            let signature = header(headers, "x-chatwoot-signature");
            of_any(&|secret| verify_timestamped(secret, timestamp, signature, body, now_s))
        }
        SourceFormat::Zendesk => {
            let timestamp = header(headers, "x-zendesk-webhook-signature-timestamp");
            let signature = header(headers, "x-zendesk-webhook-signature");
            of_any(&|secret| verify_zendesk(secret, timestamp, signature, body, now_s))
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Reads our own form.
async fn read(desk: &Desk, body: &[u8]) -> Result<(Option<String>, OutsideWish), ReceiveError> {
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
                (None, Some(ticket)) => desk.ticket(ticket.parse()?).await?.ticket.conversation,
                (None, None) => return Err(ReceiveError::Nowhere),
            };
            let language = language.as_deref().and_then(Language::from_tag);
            let wish = OutsideWish::Reply {
                conversation,
                text,
                language,
            };
            (name, wish)
        }
        Wish::Note { ticket, text, name } => {
            let ticket: TicketNumber = ticket.parse()?;
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
                why,
            };
            (None, wish)
        }
    })
}

/// Finds the ticket that is meant by its name elsewhere.
async fn located(
    desk: &Desk,
    source: &Source,
    wish: Option<ExternalWish>,
) -> Result<Option<(String, Option<String>, OutsideWish)>, ReceiveError> {
    let (Some(wish), Some(endpoint)) = (wish, source.endpoint) else {
        return Ok(None);
    };
    let Some(meant) = desk.external_ticket(&endpoint, &wish.external).await? else {
        return Ok(None);
    };
    let ticket = meant.number;
    let outside = match wish.wish {
        WishedOutside::Reply(text) => OutsideWish::Reply {
            conversation: meant.conversation,
            text,
            language: None,
        },
        WishedOutside::Status(status) => OutsideWish::Status { ticket, status },
        WishedOutside::Priority(priority) => OutsideWish::Priority {
            ticket,
            priority,
            why: source.name.clone(),
        },
    };
    Ok(Some((wish.receipt, wish.person, outside)))
}
