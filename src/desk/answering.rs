//! Questions outside conversations, and the explanation of any answer.

use super::record::record_of;
use super::{AnswerRecord, AskContext, Desk, DeskError, Reply};
use crate::conversation::{AnswerId, BotReply, Timestamp};
use crate::pipeline::{Asked, Outcome, Question};
use crate::store::AnswerOrigin;

impl Desk {
    /// Answers one question without a conversation; the answer is on disk when this returns.
    pub async fn ask(
        &self,
        question: Question,
        context: AskContext,
        now: Timestamp,
    ) -> Result<Reply, DeskError> {
        let outcome = self.decide(question.clone(), context, now).await?;
        let id = AnswerId::generate(now);
        let reply = BotReply::new(id, &outcome);
        let record = record_of(
            &reply,
            &outcome,
            question.as_str(),
            AnswerOrigin::Asked,
            None,
            now,
        );
        self.store.record_answer(record).await?;
        Ok(Reply { id, outcome, reply })
    }

    /// Reads the record of an answer.
    pub async fn explain(&self, id: &AnswerId) -> Result<AnswerRecord, DeskError> {
        Ok(self.store.reader().answer(id).await?)
    }

    /// Lets the engine decide about a question.
    pub(super) async fn decide(
        &self,
        question: Question,
        context: AskContext,
        now: Timestamp,
    ) -> Result<Outcome, DeskError> {
        let fallback = self.settings.fallback;
        let outcome = self
            .room
            .run(move |engine| {
                let asked = Asked {
                    question: &question,
                    priors: &context.priors,
                    forced: context.forced,
                    fallback,
                    today: &now.day(),
                };
                engine.ask_on_page(&asked, context.reading.as_ref())
            })
            .await?;
        Ok(outcome?)
    }
}
