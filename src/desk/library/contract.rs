//! The promise that so many answers are right: answers are put before judges, and what they say sets thresholds.

use std::sync::Arc;

use super::LibraryDesk;
use crate::bus::Subject;
use crate::conversation::{BotReply, DecisionKind, Judgement, Pick};
use crate::desk::error::DeskError;
use crate::desk::record::record_of;
use crate::desk::settings::AskContext;
use crate::ids::AnswerId;
use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::pipeline::{Overruled, Question, Thresholds};
use crate::safety::Words;
use crate::staff::Agent;
use crate::store::{
    AnswerOrigin, ContractReview, ContractThreshold, Judgeable, Judged, NewJudgement,
    ThresholdChange,
};
use crate::time::Timestamp;

/// Days whose answers are put before judges.
pub const JUDGED_DAYS: u32 = 30;

/// An answer as a judge sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToJudge {
    /// The record of it.
    pub answer: AnswerId,
    /// What was asked, as it is stored: without what was hidden.
    pub question: String,
    /// What the visitor had asked before, where the question says nothing by itself.
    pub before: Option<String>,
    /// Language the visitor was addressed in.
    pub language: Language,
    /// The article that was given, or nearly was.
    pub article: ArticleId,
    /// Others that came into question, the likeliest first.
    pub others: Vec<ArticleId>,
    /// How it comes before a judge.
    pub pick: Pick,
    /// How sure the bot was.
    pub confidence: f32,
    /// When it was asked.
    pub created: Timestamp,
}

impl LibraryDesk {
    /// Returns how sure is sure enough now.
    pub fn thresholds(&self) -> Arc<Thresholds> {
        self.room.engine().thresholds()
    }

    /// Finds answers of the last days that nobody has judged; of many, some of each piece of time.
    pub async fn judgeable(&self, now: Timestamp) -> Result<Vec<Judgeable>, DeskError> {
        let since = now.days_earlier(JUDGED_DAYS);
        Ok(self.store.reader().judgeable(since, now, below).await?)
    }

    /// Draws one of several at random; nothing of none.
    pub fn draw<'a, T>(&self, several: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(several.len())
            .ok()
            .filter(|count| *count > 0)?;
        several.get(usize::try_from(below(count)).ok()?)
    }

    /// Reads an answer for a judge; nothing where no article came into question, or its words are gone.
    pub async fn to_judge(&self, answer: &AnswerId) -> Result<Option<ToJudge>, DeskError> {
        let record = self.store.reader().answer(answer).await?;
        let outcome = record.outcome.json()?;
        let candidates = outcome["candidates"].as_array();
        let mut named: Vec<ArticleId> = candidates
            .into_iter()
            .flatten()
            .filter_map(|candidate| candidate["article"].as_str())
            .map(ArticleId::new)
            .collect();
        let article = match record.article {
            Some(article) => article,
            None if named.is_empty() => return Ok(None),
            None => named[0].clone(),
        };
        named.retain(|other| *other != article);
        if record.question.trim().is_empty() {
            return Ok(None);
        }
        Ok(Some(ToJudge {
            answer: record.id,
            question: record.question,
            before: self.store.reader().asked_before(answer).await?,
            language: record.language,
            article,
            others: named,
            pick: match (record.origin, record.decision) {
                (AnswerOrigin::Brought, _) => Pick::Brought,
                (_, DecisionKind::Answer) => Pick::Given,
                _ => Pick::Near,
            },
            confidence: record.confidence.0,
            created: record.created,
        }))
    }

    /// Keeps what somebody says of an answer; `false` when somebody has judged it before.
    pub async fn judge(
        &self,
        shown: ToJudge,
        judgement: Judgement,
        better: Option<ArticleId>,
        by: &Agent,
        now: Timestamp,
    ) -> Result<bool, DeskError> {
        let new = NewJudgement {
            answer: shown.answer,
            language: shown.language,
            article: shown.article,
            better,
            pick: shown.pick,
            confidence: shown.confidence,
            judgement,
            judge: by.id,
            now,
        };
        Ok(self.store.judge(new).await?)
    }

    /// Takes back what somebody said of an answer; `false` where they have said nothing.
    pub async fn unjudge(&self, answer: &AnswerId, by: &Agent) -> Result<bool, DeskError> {
        Ok(self.store.unjudge(*answer, by.id).await?)
    }

    /// Asks questions that staff bring, so that what they are given is put before judges; returns how many were asked.
    /// They count in no outcome.
    pub async fn bring_questions(
        &self,
        questions: Vec<Words>,
        now: Timestamp,
    ) -> Result<usize, DeskError> {
        let mut asked = 0;
        for words in questions {
            let Ok(question) = Question::of(&words) else {
                continue;
            };
            let outcome = self
                .room
                .decide(question, AskContext::default(), now)
                .await?;
            let reply = BotReply::new(AnswerId::generate(now), &outcome);
            let text = words.as_str();
            let origin = AnswerOrigin::Brought;
            let record = record_of(&reply, &outcome, text, origin, None, now);
            self.store.record_answer(record).await?;
            asked += 1;
        }
        Ok(asked)
    }

    /// Reads what was said of answers since a moment, the newest first.
    pub async fn judged(&self, since: Timestamp) -> Result<Vec<Judged>, DeskError> {
        Ok(self.store.reader().judged(since).await?)
    }

    /// Reads how the promise stood, the newest first.
    pub async fn contract_reviews(&self) -> Result<Vec<ContractReview>, DeskError> {
        Ok(self.store.reader().contract_reviews().await?)
    }

    /// Keeps how the promise stands.
    pub async fn keep_reviews(&self, reviews: Vec<ContractReview>) -> Result<(), DeskError> {
        Ok(self.store.keep_reviews(reviews).await?)
    }

    /// Tells whether the time has come to look at the promise again; of several processes one is told so.
    pub async fn contract_is_due(
        &self,
        interval_ms: i64,
        now: Timestamp,
    ) -> Result<bool, DeskError> {
        Ok(self.store.contract_is_due(interval_ms, now).await?)
    }

    /// Tells whether the report of the month that ended at a moment is still to be sent; of several processes one is told
    /// so.
    pub async fn report_is_due(&self, ended: Timestamp, now: Timestamp) -> Result<bool, DeskError> {
        Ok(self.store.report_is_due(ended, now).await?)
    }

    /// Counts what was asked in a language since a moment, and of that what had at least each confidence.
    pub async fn asked_from_confidence(
        &self,
        language: Language,
        since: Timestamp,
        confidences: &[f32],
    ) -> Result<(i64, Vec<i64>), DeskError> {
        let reader = self.store.reader();
        Ok(reader
            .asked_from_confidence(language, since, confidences)
            .await?)
    }

    /// Reads the thresholds that are in force in place of the configured ones.
    pub async fn contract_thresholds(&self) -> Result<Vec<ContractThreshold>, DeskError> {
        Ok(self.store.reader().contract_thresholds().await?)
    }

    /// Sets a threshold in place of the configured one, or takes it back.
    pub async fn change_threshold(&self, change: ThresholdChange) -> Result<(), DeskError> {
        self.store.change_threshold(change).await?;
        self.apply_thresholds().await
    }

    /// Decides by the thresholds that were found out, whenever they change; ends only with the server.
    pub async fn follow_thresholds(&self) {
        let mut heard = self.store.bus().heard(Subject::Thresholds);
        loop {
            heard.mark_unchanged();
            if let Err(error) = self.apply_thresholds().await {
                tracing::error!(%error, "the thresholds that were found out could not be read; those of before hold");
            }
            if heard.changed().await.is_err() {
                return;
            }
        }
    }

    async fn apply_thresholds(&self) -> Result<(), DeskError> {
        let found = self.store.reader().contract_thresholds().await?;
        let overruled = found.into_iter().map(|one| Overruled {
            language: one.language,
            threshold: one.threshold,
            is_floor: one.is_floor,
        });
        self.room.engine().overrule_thresholds(overruled.collect());
        Ok(())
    }
}

/// Draws a number below another, which is not zero, each as likely as any other but for less than one in a billion.
fn below(count: u64) -> u64 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("every supported system gives random bytes");
    (u128::from_le_bytes(bytes) % u128::from(count.max(1))) as u64
}
