//! Exchanges as they are remembered under the keys of their requests, and found again by a visitor who comes back.

use serde::{Deserialize, Serialize};

use crate::conversation::{Conversation, Exchange, Message};
use crate::ids::ConversationId;
use crate::store::codes::parse;
use crate::store::conversations::{messages, visit};
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::idempotency::KeyedRequest;
use crate::store::reader::Reader;
use crate::store::tickets::rows as tickets;

/// A conversation as a visitor comes to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// How it stands.
    pub conversation: Conversation,
    /// What was said last, in order and without files.
    pub recent: Vec<Message>,
    /// What the same request led to the first time.
    pub earlier: Option<Exchange>,
}

impl Reader {
    /// Reads a conversation with its last messages, and what a repeated message led to in it the first time.
    pub async fn visit(
        &self,
        id: &ConversationId,
        request: Option<&KeyedRequest>,
        last: usize,
    ) -> Result<Visit, StoreError> {
        let mut connection = self.connection().await?;
        let last = i64::try_from(last).unwrap_or(i64::MAX);
        let found = visit::load(&mut connection, id, request, last).await?;
        let earlier = match found.response {
            Some(response) => Some(restore(&mut connection, id, &response).await?),
            None => None,
        };
        Ok(Visit {
            conversation: found.conversation,
            recent: found.recent,
            earlier,
        })
    }
}

/// An exchange as it is remembered under its key: messages never change, so their names are enough.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct StoredExchange {
    question: String,
    reply: Option<String>,
    notes: Vec<String>,
    state: String,
    ticket: Option<String>,
}

impl StoredExchange {
    /// Writes what is remembered.
    pub(in crate::store) fn of(exchange: &Exchange) -> Result<String, StoreError> {
        let stored = Self {
            question: exchange.question.id.to_string(),
            reply: exchange
                .reply
                .as_ref()
                .map(|message| message.id.to_string()),
            notes: exchange
                .notes
                .iter()
                .map(|message| message.id.to_string())
                .collect(),
            state: exchange.state.code().to_owned(),
            ticket: exchange.ticket.as_ref().map(|ticket| ticket.id.to_string()),
        };
        serde_json::to_string(&stored)
            .map_err(|error| StoreError::unreadable("remembered exchange", error))
    }
}

/// Builds a remembered exchange again; the ticket is given as it stands now.
pub(in crate::store) async fn restore(
    connection: &mut Connection,
    conversation: &ConversationId,
    response: &str,
) -> Result<Exchange, StoreError> {
    let StoredExchange {
        question,
        reply,
        notes,
        state,
        ticket,
    } = serde_json::from_str(response)
        .map_err(|error| StoreError::unreadable("remembered exchange", error))?;
    let mut said = Vec::new();
    for id in [question].into_iter().chain(notes) {
        said.push(messages::load(connection, conversation, &parse("message id", id)?).await?);
    }
    Ok(Exchange {
        question: said.remove(0),
        reply: match reply {
            Some(id) => {
                Some(messages::load(connection, conversation, &parse("message id", id)?).await?)
            }
            None => None,
        },
        notes: said,
        state: parse("conversation state", state)?,
        ticket: match ticket {
            Some(id) => Some(tickets::load(connection, &parse("ticket id", id)?).await?),
            None => None,
        },
    })
}
