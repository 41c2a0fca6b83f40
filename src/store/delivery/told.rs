//! What a telling is about: read, and opened, when it is delivered.

use sqlx::Row as _;

use crate::conversation::{Conversation, Feedback, Message, Ticket, Topic};
use crate::ids::{ConversationId, MessageId, TellingId, TicketId};
use crate::safety::Words;
use crate::store::codes::parse;
use crate::store::conversations::{messages, rows as conversations};
use crate::store::dialect::{Connection, Fetching as _, PlainRow};
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::store::tickets::rows as tickets;
use crate::time::Timestamp;

/// Something that others are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// The same in every repetition.
    pub id: TellingId,
    /// What kind of thing happened.
    pub topic: Topic,
    /// In which conversation.
    pub conversation: ConversationId,
    /// What it is about, as it is stored.
    pub subject: String,
    /// When it happened.
    pub created: Timestamp,
}

/// What a telling is about, as it stands when it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The conversation.
    pub conversation: Conversation,
    /// What was said or rated.
    pub message: Option<Message>,
    /// The ticket.
    pub ticket: Option<Ticket>,
    /// The rating.
    pub feedback: Option<Feedback>,
    /// The promise that was broken: `first_response` or `resolution`.
    pub promise: Option<String>,
}

impl Reader {
    /// Reads what a telling is about; nothing when it is not there any more.
    pub async fn told(&self, telling: &Telling) -> Result<Option<Told>, StoreError> {
        let mut connection = self.connection().await?;
        let found = read(&mut connection, telling).await;
        match found {
            Ok(told) => Ok(Some(told)),
            Err(StoreError::UnknownConversation(_) | StoreError::UnknownMessage(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

async fn read(connection: &mut Connection, telling: &Telling) -> Result<Told, StoreError> {
    let id = &telling.conversation;
    let mut told = Told {
        conversation: conversations::load(connection, id).await?,
        message: None,
        ticket: None,
        feedback: None,
        promise: None,
    };
    let subject = telling.subject.clone();
    match telling.topic {
        Topic::MessageCreated | Topic::FeedbackCreated => {
            let message: MessageId = parse("message id", subject)?;
            told.message = Some(messages::load(connection, id, &message).await?);
            if telling.topic == Topic::FeedbackCreated {
                told.feedback = feedback(connection, &message).await?;
            }
        }
        Topic::TicketCreated
        | Topic::TicketUpdated
        | Topic::TicketSolved
        | Topic::ConversationEscalated
        | Topic::SlaBreached => {
            let (ticket, promise) = match subject.split_once(' ') {
                Some((ticket, promise)) => (ticket.to_owned(), Some(promise.to_owned())),
                None => (subject, None),
            };
            let ticket: TicketId = parse("ticket id", ticket)?;
            told.ticket = Some(tickets::load(connection, &ticket).await?);
            told.promise = promise;
        }
        Topic::ConversationCreated | Topic::ConversationUpdated | Topic::ConversationClosed => {}
    }
    Ok(told)
}

async fn feedback(
    connection: &mut Connection,
    message: &MessageId,
) -> Result<Option<Feedback>, StoreError> {
    let row = sqlx::query("SELECT rating, reason, comment_sealed FROM feedback WHERE message = $1")
        .bind(message.to_string())
        .row_if_any(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let reason: Option<String> = row.try_get("reason")?;
    Ok(Some(Feedback {
        rating: parse("rating", row.try_get("rating")?)?,
        reason: reason
            .map(|code| parse("reason of feedback", code))
            .transpose()?,
        comment: row.open_if_any("comment_sealed")?.map(Words::from_record),
    }))
}

/// Reads the columns of a telling that a query has named with a prefix.
pub(in crate::store) fn telling_from_row(row: &PlainRow) -> Result<Telling, StoreError> {
    Ok(Telling {
        id: parse("event id", row.try_get("telling")?)?,
        topic: parse("event", row.try_get("topic")?)?,
        conversation: parse("conversation id", row.try_get("conversation")?)?,
        subject: row.try_get("subject")?,
        created: Timestamp::from_millis(row.try_get("happened")?),
    })
}
