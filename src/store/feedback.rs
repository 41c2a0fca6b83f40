//! Rows of feedback: the newest rating of each reply.

use super::idempotency::{find_response, remember_response};
use super::seal::seal;
use super::transcript::{Transcript, Written};
use super::{Connection, KeyedRequest, Store, StoreError, messages};
use crate::conversation::{
    Author, ConversationId, Feedback, FeedbackReason, MAX_COMMENT_CHARS, MessageId, Timestamp,
};
use crate::schedule::Hours;

/// A visitor's rating of a reply.
#[derive(Debug, Clone)]
pub struct NewFeedback {
    /// Where the reply was given.
    pub conversation: ConversationId,
    /// The reply.
    pub message: MessageId,
    /// The rating.
    pub feedback: Feedback,
    /// The caller's key.
    pub request: Option<KeyedRequest>,
    /// When it was rated.
    pub now: Timestamp,
}

impl Store {
    /// Keeps a rating; a later one replaces it.
    pub async fn give_feedback(&self, feedback: NewFeedback) -> Result<Written<()>, StoreError> {
        self.writer
            .write(move |connection| Box::pin(give(connection, feedback)))
            .await
    }
}

async fn give(
    connection: &mut Connection,
    feedback: NewFeedback,
) -> Result<Written<()>, StoreError> {
    let NewFeedback {
        conversation,
        message,
        feedback,
        request,
        now,
    } = feedback;
    if let Some(request) = &request
        && find_response(connection, request).await?.is_some()
    {
        return Ok(Written {
            value: (),
            last_sequence: None,
        });
    }
    let mut transcript = Transcript::open(connection, &conversation, Hours::default(), now).await?;
    let rated = messages::load(transcript.connection(), &conversation, &message).await?;
    if rated.author != Author::Bot {
        return Err(StoreError::NotRateable(message));
    }
    let comment = feedback.comment.map(|comment| {
        let shortened: String = comment.trim().chars().take(MAX_COMMENT_CHARS).collect();
        seal(&shortened)
    });
    sqlx::query(
        "INSERT INTO feedback (message, rating, comment_sealed, created, reason) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (message) DO UPDATE SET rating = excluded.rating, \
         comment_sealed = COALESCE(excluded.comment_sealed, feedback.comment_sealed), created = excluded.created, \
         reason = excluded.reason",
    )
    .bind(message.to_string())
    .bind(feedback.rating.code())
    .bind(comment)
    .bind(now.as_millis())
    .bind(feedback.reason.map(FeedbackReason::code))
    .execute(transcript.connection())
    .await?;
    transcript.event("feedback", &message.to_string()).await?;
    remember_response(transcript.connection(), request.as_ref(), "{}", now).await?;
    transcript.finish(()).await
}
