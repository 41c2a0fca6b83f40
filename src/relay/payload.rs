//! What a webhook is sent: `type`, `timestamp` and `data`.
//!
//! No contact and no field that a visitor filled in: who needs those reads the ticket through the API, with a key.

use serde_json::{Map, Value, json};

use crate::conversation::{Conversation, Feedback, FeedbackReason, Message, Ticket};
use crate::store::{Telling, Told};

/// Writes what a telling says.
pub(super) fn payload(telling: &Telling, told: &Told) -> Value {
    let Told {
        conversation,
        message,
        ticket,
        feedback,
        promise,
    } = told;
    let mut data = Map::new();
    data.insert("conversation".to_owned(), conversation_json(conversation));
    if let Some(message) = message {
        data.insert("message".to_owned(), message_json(message));
    }
    if let Some(ticket) = ticket {
        data.insert("ticket".to_owned(), ticket_json(ticket));
    }
    if let Some(feedback) = feedback {
        data.insert("feedback".to_owned(), feedback_json(feedback));
    }
    if let Some(promise) = promise {
        data.insert("promise".to_owned(), json!(promise));
    }
    json!({
        "type": telling.topic.code(),
        "timestamp": telling.created.to_string(),
        "data": data,
    })
}

fn conversation_json(conversation: &Conversation) -> Value {
    json!({
        "id": conversation.id.to_string(),
        "state": conversation.standing.state.code(),
        "language": conversation.language.map(|language| language.code()),
        "agent": conversation.standing.agent.map(|agent| agent.to_string()),
        "created": conversation.created.to_string(),
    })
}

pub(super) fn message_json(message: &Message) -> Value {
    json!({
        "id": message.id.to_string(),
        "author": message.author.code(),
        "speaker": message.speaker.as_ref().map(|speaker| speaker.name.as_str()),
        "text": message.text,
        "language": message.language.map(|language| language.code()),
        "created": message.created.to_string(),
    })
}

fn ticket_json(ticket: &Ticket) -> Value {
    json!({
        "number": ticket.number.to_string(),
        "status": ticket.status.code(),
        "priority": ticket.priority.code(),
        "level": ticket.level.code(),
        "language": ticket.language.code(),
        "category": ticket.subject.as_ref().map(|subject| subject.category.as_str()),
        "reason": ticket.reason,
        "summary": ticket.summary,
        "note": ticket.note,
        "assignee": ticket.assignee.map(|agent| agent.to_string()),
        "created": ticket.created.to_string(),
    })
}

fn feedback_json(feedback: &Feedback) -> Value {
    json!({
        "rating": feedback.rating.code(),
        "reason": feedback.reason.map(FeedbackReason::code),
        "comment": feedback.comment,
    })
}
