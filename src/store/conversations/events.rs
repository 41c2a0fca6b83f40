//! Rows of events, put together with what they are about.

use crate::conversation::{ConversationEvent, EventBody, Message, Ticket};
use crate::ids::ConversationId;
use crate::store::codes::parse;
use crate::store::dialect::{Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// Most events read at once.
const MAX_EVENTS: i64 = 200;

impl Reader {
    /// Reads the events after one, in order, a bounded number at a time; empty when there are no more.
    pub async fn events_after(
        &self,
        conversation: &ConversationId,
        sequence: i64,
    ) -> Result<Vec<ConversationEvent>, StoreError> {
        let rows = sqlx::query(
            "SELECT e.sequence, e.kind, e.subject, e.created, f.rating \
             FROM events e LEFT JOIN feedback f ON e.kind = 'feedback' AND f.message = e.subject \
             WHERE e.conversation = $1 AND e.sequence > $2 ORDER BY e.sequence LIMIT $3",
        )
        .bind(conversation.to_string())
        .bind(sequence)
        .bind(MAX_EVENTS)
        .rows(&mut self.connection().await?)
        .await?;
        if rows.is_empty() {
            // Tells a conversation in which nothing happened from none at all.
            self.conversation(conversation).await?;
            return Ok(Vec::new());
        }
        // Read after the events, so that whatever these name is there.
        let mut subjects = Subjects {
            messages: self.messages_after(conversation, sequence).await?,
            tickets: self.tickets(conversation).await?,
        };
        rows.iter().map(|row| subjects.event(row)).collect()
    }
}

/// What events can be about.
struct Subjects {
    messages: Vec<Message>,
    tickets: Vec<Ticket>,
}

impl Subjects {
    fn event(&mut self, row: &Row) -> Result<ConversationEvent, StoreError> {
        let sequence: i64 = row.try_get("sequence")?;
        let kind: String = row.try_get("kind")?;
        let subject: String = row.try_get("subject")?;
        let body = match kind.as_str() {
            "message" => self.message(sequence).map(EventBody::Message),
            "ticket" => self.ticket(&subject).map(EventBody::Ticket),
            "state" => Some(EventBody::State(parse("conversation state", subject)?)),
            "feedback" => Some(EventBody::Feedback {
                message: parse("message id", subject)?,
                rating: parse("rating", row.try_get("rating")?)?,
            }),
            _ => None,
        };
        Ok(ConversationEvent {
            sequence,
            body: body
                .ok_or_else(|| StoreError::unreadable("event", Dangling { sequence, kind }))?,
            created: Timestamp::from_millis(row.try_get("created")?),
        })
    }

    fn message(&mut self, sequence: i64) -> Option<Message> {
        let place = self
            .messages
            .iter()
            .position(|message| message.sequence == sequence)?;
        Some(self.messages.remove(place))
    }

    fn ticket(&self, id: &str) -> Option<Ticket> {
        self.tickets
            .iter()
            .find(|ticket| ticket.id.to_string() == id)
            .cloned()
    }
}

/// An event of an unknown kind, or about something that is not there.
#[derive(Debug, thiserror::Error)]
#[error("event {sequence} of kind {kind:?} is about nothing that is stored")]
struct Dangling {
    sequence: i64,
    kind: String,
}
