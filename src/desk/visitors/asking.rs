//! Questions outside conversations, and the explanation of any answer.

use super::VisitorDesk;
use super::conversations::language_of;
use super::turns_before::{REMEMBERED, Spoken, turns_before};
use crate::conversation::BotReply;
use crate::desk::record::record_of;
use crate::desk::{AnswerRecord, AskContext, DeskError, Reply};
use crate::ids::AnswerId;
use crate::language::Language;
use crate::pipeline::{Question, TurnsBefore};
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
        self.ask_after(Vec::new(), words, context, now).await
    }

    /// Answers one question after others, oldest first, that were asked before it by whoever keeps the conversation.
    ///
    /// Nothing of those is kept here, so what was said to them is decided anew, and recorded no second time.
    pub async fn ask_after(
        &self,
        earlier: Vec<Words>,
        words: Words,
        mut context: AskContext,
        now: Timestamp,
    ) -> Result<Reply, DeskError> {
        let question = Question::of(&words).map_err(|_| DeskError::WordsNeeded)?;
        let mut turns = Turns::default();
        let recent = earlier.len().saturating_sub(REMEMBERED_TURNS);
        for words in earlier.into_iter().skip(recent) {
            let Ok(question) = Question::of(&words) else {
                continue;
            };
            let outcome = self
                .room
                .decide_after(question, context.clone(), turns.before(), now)
                .await?;
            let reply = BotReply::new(AnswerId::generate(now), &outcome);
            turns.add(words, reply, &mut context);
        }
        let outcome = self
            .room
            .decide_after(question, context, turns.before(), now)
            .await?;
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
        self.answers.keep(record).await?;
        Ok(Reply {
            id,
            outcome,
            reply,
            hidden: words.findings().to_vec(),
        })
    }

    /// Keeps the records that wait, and tells how many there were; call it once nobody asks any more.
    pub async fn keep_waiting_records(&self) -> Result<usize, DeskError> {
        Ok(self.answers.keep_what_waits().await?)
    }

    /// Reads the record of an answer.
    pub async fn explain(&self, id: &AnswerId) -> Result<AnswerRecord, DeskError> {
        if self.answers.has_waiting() {
            // It may be among them; what cannot be kept is read again later.
            let _ = self.answers.keep_what_waits().await;
        }
        Ok(self.store.reader().answer(id).await?)
    }
}

/// Turns looked back on: as much as in a conversation.
const REMEMBERED_TURNS: usize = REMEMBERED / 2;

/// What was asked before, with what was said to it.
#[derive(Default)]
struct Turns(Vec<(Words, BotReply)>);

impl Turns {
    fn before(&self) -> TurnsBefore {
        let spoken = self.0.iter();
        turns_before(
            spoken.flat_map(|(words, reply)| [Spoken::by_visitor(words), Spoken::by_bot(reply)]),
        )
    }

    /// Adds a turn, and what it tells of the visitor's language to what is known of them.
    fn add(&mut self, words: Words, reply: BotReply, context: &mut AskContext) {
        if let Some(language) = language_of(&reply) {
            context.priors.conversation = Some(language);
        }
        if reply.language == Language::Chinese {
            context.priors.script = Some(reply.script);
        }
        self.0.push((words, reply));
    }
}
