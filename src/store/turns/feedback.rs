//! Rows of feedback: the newest rating of each reply.

use crate::conversation::{Author, Feedback, FeedbackReason};
use crate::ids::{ConversationId, MessageId};
use crate::language::Language;
use crate::store::chain::content_of_feedback;
use crate::store::conversations::messages;
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::idempotency::{KeyedRequest, remember_response};
use crate::store::remembered::Rules;
use crate::store::seal;
use crate::store::turns::hidden::{found_in, warn};
use crate::store::turns::transcript::{Transcript, Written};
use crate::time::Timestamp;

/// A visitor's rating of a reply.
#[derive(Debug, Clone)]
pub struct NewFeedback {
    /// Where the reply was given.
    pub conversation: ConversationId,
    /// The reply.
    pub message: MessageId,
    /// The rating.
    pub feedback: Feedback,
    /// Language of notes while the visitor's is unknown.
    pub fallback: Language,
    /// The caller's key.
    pub request: Option<KeyedRequest>,
    /// When it was rated.
    pub now: Timestamp,
}

impl Store {
    /// Keeps a rating; a later one replaces it.
    pub async fn give_feedback(&self, feedback: NewFeedback) -> Result<Written<()>, StoreError> {
        let rules = self.rules().await?;
        self.writer
            .write(move |connection| Box::pin(give(connection, rules, feedback)))
            .await
    }
}

async fn give(
    connection: &mut Connection,
    rules: Rules,
    feedback: NewFeedback,
) -> Result<Written<()>, StoreError> {
    let NewFeedback {
        conversation,
        message,
        feedback,
        fallback,
        request,
        now,
    } = feedback;
    let (mut transcript, earlier) =
        Transcript::open_for(connection, &conversation, request.as_ref(), rules, now).await?;
    if earlier.is_some() {
        return Ok(Written {
            value: (),
            last_sequence: None,
        });
    }
    let rated = messages::load(transcript.connection(), &conversation, &message).await?;
    if rated.author != Author::Bot {
        return Err(StoreError::NotRateable(message));
    }
    let findings = found_in(&[&feedback.comment]);
    let content = content_of_feedback(&feedback);
    let key = seal::of_conversation(transcript.connection(), &conversation).await?;
    let comment = feedback.comment.map(|comment| key.seal(comment.as_str()));
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
    transcript.event_of("feedback", &message.to_string(), content);
    warn(&mut transcript, findings, fallback).await?;
    remember_response(transcript.connection(), request.as_ref(), "{}", now).await?;
    transcript.finish(()).await
}
