//! CSAT: what visitors say of the service once their conversation is closed.

use super::VisitorDesk;
use crate::conversation::Score;
use crate::desk::DeskError;
use crate::ids::ConversationId;
use crate::safety::Words;
use crate::store::NewSatisfaction;
use crate::time::Timestamp;

/// Longest comment kept with a score, in characters; the rest is cut off.
pub const MAX_SATISFACTION_COMMENT_CHARS: usize = 2_000;

impl VisitorDesk {
    /// Keeps how satisfied the visitor was; once for each closed episode.
    pub async fn give_satisfaction(
        &self,
        id: &ConversationId,
        score: Score,
        comment: Option<Words>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let given = NewSatisfaction {
            conversation: *id,
            score,
            comment,
            now,
        };
        let conversation = self.store.give_satisfaction(given).await?;
        // No event of the conversation, for the visitor knows; staff read it anew.
        self.bus.changed(*id, conversation.last_sequence);
        Ok(())
    }
}
