//! The outbox: what others are to be told, written in the transaction of what happened.
//!
//! Only names are kept; the words are read, and opened, when they are delivered.

use sqlx::Row as _;

use super::codes::parse;
use super::seal::open;
use super::{Connection, Reader, Row, StoreError, conversations, messages, tickets};
use crate::conversation::{
    Conversation, ConversationId, DeliveryId, Feedback, Message, MessageId, TellingId, Ticket,
    TicketId, Timestamp, Topic,
};

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

/// Writes a telling with one delivery for each active place that wants it; nothing when nobody does.
pub(super) async fn tell(
    connection: &mut Connection,
    topic: Topic,
    conversation: &ConversationId,
    subject: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let wanting =
        sqlx::query("SELECT id FROM webhook_endpoints WHERE active = 1 AND topics LIKE $1")
            .bind(format!("%,{topic},%"))
            .fetch_all(&mut *connection)
            .await?;
    if wanting.is_empty() {
        return Ok(());
    }
    let row =
        sqlx::query("UPDATE counters SET value = value + 1 WHERE name = 'telling' RETURNING value")
            .fetch_one(&mut *connection)
            .await?;
    let position: i64 = row.try_get("value")?;
    let id = TellingId::generate(now).to_string();
    sqlx::query(
        "INSERT INTO tellings (id, position, topic, conversation, subject, created) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&id)
    .bind(position)
    .bind(topic.code())
    .bind(conversation.to_string())
    .bind(subject)
    .bind(now.as_millis())
    .execute(&mut *connection)
    .await?;
    for row in wanting {
        let endpoint: String = row.try_get("id")?;
        sqlx::query(
            "INSERT INTO deliveries (id, endpoint, telling, position, conversation, status, attempts, next_attempt, \
             claimed_until, created) VALUES ($1, $2, $3, $4, $5, 'pending', 0, $6, 0, $6)",
        )
        .bind(DeliveryId::generate(now).to_string())
        .bind(endpoint)
        .bind(&id)
        .bind(position)
        .bind(conversation.to_string())
        .bind(now.as_millis())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

impl Reader {
    /// Reads what a telling is about; nothing when it is not there any more.
    pub async fn told(&self, telling: &Telling) -> Result<Option<Told>, StoreError> {
        let mut connection = self.pool.acquire().await?;
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
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let reason: Option<String> = row.try_get("reason")?;
    let comment: Option<String> = row.try_get("comment_sealed")?;
    Ok(Some(Feedback {
        rating: parse("rating", row.try_get("rating")?)?,
        reason: reason
            .map(|code| parse("reason of feedback", code))
            .transpose()?,
        comment: comment.map(open),
    }))
}

/// Reads the columns of a telling that a query has named with a prefix.
pub(super) fn telling_from_row(row: &Row) -> Result<Telling, StoreError> {
    Ok(Telling {
        id: parse("event id", row.try_get("telling")?)?,
        topic: parse("event", row.try_get("topic")?)?,
        conversation: parse("conversation id", row.try_get("conversation")?)?,
        subject: row.try_get("subject")?,
        created: Timestamp::from_millis(row.try_get("happened")?),
    })
}
