//! What visitors say of the service once their conversation is closed.

use super::conversations::tidy;
use super::{Desk, DeskError};
use crate::conversation::{ConversationId, Score, Timestamp};
use crate::store::NewSatisfaction;

/// Longest comment kept with a score, in characters.
pub const MAX_SATISFACTION_COMMENT_CHARS: usize = 2_000;

impl Desk {
    /// Keeps how satisfied the visitor was; once for each closed episode.
    pub async fn give_satisfaction(
        &self,
        id: &ConversationId,
        score: Score,
        comment: Option<String>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let given = NewSatisfaction {
            conversation: *id,
            score,
            comment: tidy(comment, MAX_SATISFACTION_COMMENT_CHARS),
            now,
        };
        let conversation = self.store.give_satisfaction(given).await?;
        // No event of the conversation, for the visitor knows; staff read it anew.
        self.announcements.announce(id, conversation.last_sequence);
        Ok(())
    }
}
