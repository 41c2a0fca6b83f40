//! Questions outside conversations, and the explanation of any answer.

use super::VisitorDesk;
use crate::conversation::BotReply;
use crate::desk::record::record_of;
use crate::desk::{AnswerRecord, AskContext, DeskError, Reply};
use crate::ids::AnswerId;
use crate::pipeline::Question;
use crate::safety::Words;
use crate::store::AnswerOrigin;
use crate::time::Timestamp;

impl VisitorDesk {
    /// Answers one question without a conversation; the answer is on disk when this returns.
    pub async fn ask(
        &self,
        words: Words,
        context: AskContext,
        now: Timestamp,
    ) -> Result<Reply, DeskError> {
        let question = Question::of(&words).map_err(|_| DeskError::WordsNeeded)?;
        let outcome = self.room.decide(question, context, now).await?;
        let id = AnswerId::generate(now);
        let reply = BotReply::new(id, &outcome);
        let record = record_of(
            &reply,
            &outcome,
            words.as_str(),
            AnswerOrigin::Asked,
            None,
            now,
        );
        self.store.record_answer(record).await?;
        Ok(Reply {
            id,
            outcome,
            reply,
            hidden: words.findings().to_vec(),
        })
    }

    /// Reads the record of an answer.
    pub async fn explain(&self, id: &AnswerId) -> Result<AnswerRecord, DeskError> {
        Ok(self.store.reader().answer(id).await?)
    }
}
