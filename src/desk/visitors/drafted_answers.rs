//! Answers that a program has drafted, where the operator lets them go out.

use super::VisitorDesk;
use crate::conversation::{Author, BotDecision, BotReply, GivenAnswer};
use crate::desk::drafter::TranscriptLine;
use crate::desk::error::DeskError;
use crate::ids::ConversationId;
use crate::knowledge::{Intent, Readership};
use crate::pipeline::{Decision, EscalationReason, Outcome, Question};
use crate::time::Timestamp;

impl VisitorDesk {
    /// Puts a draft in place of a handover for want of an answer, where the operator allows it. What policy hands over
    /// stays handed over.
    pub(super) async fn answer_by_draft(
        &self,
        id: &ConversationId,
        question: &Question,
        outcome: &Outcome,
        readership: &Readership,
        reply: &mut BotReply,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let allowed = self.drafts.may_send();
        let Decision::Escalate { reason, .. } = outcome.decision else {
            return Ok(());
        };
        let for_want = matches!(
            reason,
            EscalationReason::NothingFound | EscalationReason::LowConfidence
        );
        let is_general = outcome
            .intent
            .is_none_or(|intent| intent == Intent::General);
        if !allowed || !for_want || !is_general {
            return Ok(());
        }
        let mut lines: Vec<TranscriptLine> = self
            .store
            .reader()
            .messages(id)
            .await?
            .into_iter()
            .map(|message| TranscriptLine {
                author: message.author,
                text: message.text,
            })
            .collect();
        lines.push(TranscriptLine {
            author: Author::Visitor,
            text: question.as_str().to_owned(),
        });
        let snapshot = self.room.snapshot();
        let day = now.day();
        let giving = self
            .room
            .giving(&snapshot, outcome.language, readership, &day);
        let draft = self.drafts.draft(&lines, outcome, &giving).await?;
        let Some(draft) = draft else { return Ok(()) };
        let Some(article) = draft.articles.into_iter().next() else {
            return Ok(());
        };
        reply.decision = BotDecision::Answer {
            answer: GivenAnswer {
                article,
                language: outcome.language,
                other_language_label: false,
                title: draft.title,
                text: draft.text,
                summary: None,
                link: draft.link,
                passage: None,
                also: Vec::new(),
                follow_ups: Vec::new(),
                machine_written: true,
            },
            offer_person: Some(reason),
        };
        Ok(())
    }
}
