//! Questions as the engine reads them now: where they lie among others, and what they would be answered.
//!
//! Reading a question takes milliseconds, so what was found is remembered as long as the same knowledge is served: numbers
//! by the name of the record, never words.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::shortfall::Shortfall;
use crate::encoder::Embedding;
use crate::ids::AnswerId;
use crate::knowledge::{ArticleId, Readership};
use crate::language::Priors;
use crate::pipeline::{self, Decision, Engine, EngineError, Question, Snapshot};
use crate::safety::Words;
use crate::store::UnansweredQuestion;

/// Most questions read in one look; the others are read in the next.
const MOST_NEW: usize = 1_000;

/// What was read lately; share it. Local to this process: another one reads the same questions to the same end, only later.
#[derive(Debug, Default)]
pub struct Readings(Mutex<Edition>);

/// What was read of one state of the knowledge.
#[derive(Debug, Default)]
struct Edition {
    /// Only told apart by where it is; as long as this points there, nothing else can be.
    snapshot: Weak<Snapshot>,
    by: ReadBy,
    day: String,
    read: HashMap<AnswerId, Arc<Reading>>,
}

/// Which encoders have read the knowledge; their vectors must not be mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ReadBy {
    /// The first alone.
    #[default]
    First,
    /// Both.
    Both,
}

impl ReadBy {
    fn of(engine: &Engine, snapshot: &Snapshot) -> Self {
        match engine.has_second_opinion_on(snapshot) {
            true => Self::Both,
            false => Self::First,
        }
    }
}

/// A question as the engine reads it.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// Where it lies among others.
    pub(super) vector: Embedding,
    /// What it would be answered.
    pub(super) standing: Standing,
    /// The article that is nearest.
    pub(super) nearest: Option<ArticleId>,
    /// How likely that one is right.
    pub(super) confidence: f32,
    /// How likely it would have to be.
    pub(super) threshold: f32,
    /// Cosine of the article's nearest text.
    pub(super) similarity: f32,
    /// Why it does not pass.
    pub(super) shortfall: Shortfall,
}

/// What was read of each question; `None` for those that are left for the next look.
pub(super) type Read = Vec<Option<Arc<Reading>>>;

/// What a question would be answered now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// This article.
    Answered(ArticleId),
    /// No article is likely enough.
    Unsure,
    /// It asks nothing, says nothing that any encoder knows, or policy sends it to a person.
    LeftOut,
}

impl Readings {
    /// Reads questions, in their order.
    pub(super) fn of(
        &self,
        engine: &Engine,
        questions: &[UnansweredQuestion],
        today: &str,
    ) -> Result<(Read, ReadBy), EngineError> {
        let mut edition = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let snapshot = engine.snapshot();
            edition.begin(engine, &snapshot, today);
            let found = edition.read_all(engine, &snapshot, questions, today)?;
            // The second encoder may have become ready in between, once for each snapshot.
            if ReadBy::of(engine, &snapshot) == edition.by {
                return Ok((found, edition.by));
            }
        }
    }
}

impl Edition {
    fn begin(&mut self, engine: &Engine, snapshot: &Arc<Snapshot>, today: &str) {
        let by = ReadBy::of(engine, snapshot);
        let is_same = std::ptr::eq(self.snapshot.as_ptr(), Arc::as_ptr(snapshot))
            && self.by == by
            && self.day == today;
        if !is_same {
            *self = Self {
                snapshot: Arc::downgrade(snapshot),
                by,
                day: today.to_owned(),
                read: HashMap::new(),
            };
        }
    }

    fn read_all(
        &mut self,
        engine: &Engine,
        snapshot: &Snapshot,
        questions: &[UnansweredQuestion],
        today: &str,
    ) -> Result<Read, EngineError> {
        let mut known = std::mem::take(&mut self.read);
        let mut found = Vec::with_capacity(questions.len());
        let mut new = 0;
        for question in questions {
            let reading = match known.remove(&question.answer) {
                Some(reading) => reading,
                None if new == MOST_NEW => {
                    found.push(None);
                    continue;
                }
                None => {
                    new += 1;
                    Arc::new(read_one(engine, snapshot, question, today)?)
                }
            };
            // Those that were not asked for have been erased, or are too old.
            self.read.insert(question.answer, Arc::clone(&reading));
            found.push(Some(reading));
        }
        Ok(found)
    }
}

fn read_one(
    engine: &Engine,
    snapshot: &Snapshot,
    question: &UnansweredQuestion,
    today: &str,
) -> Result<Reading, EngineError> {
    let Ok(asked) = Question::of(&Words::from_record(question.text.clone())) else {
        return Ok(Reading::left_out());
    };
    let vector = engine.question_vector(snapshot, asked.as_str(), question.language);
    if vector.0.iter().all(|value| *value == 0.0) {
        return Ok(Reading::left_out());
    }
    let outcome = engine.ask(&pipeline::Asked {
        question: &asked,
        priors: &Priors {
            conversation: Some(question.language),
            ..Priors::default()
        },
        forced: None,
        fallback: question.language,
        today,
        readership: Readership::anybody(),
    })?;
    let standing = match &outcome.decision {
        Decision::Answer { answer, .. } => Standing::Answered(answer.article.clone()),
        Decision::Clarify { .. } => Standing::Unsure,
        Decision::Escalate { reason, .. } if reason.is_for_want() => Standing::Unsure,
        Decision::Escalate { .. } | Decision::SmallTalk { .. } => Standing::LeftOut,
    };
    let top = outcome.ranked.first();
    Ok(Reading {
        vector,
        standing,
        nearest: top.map(|top| top.article.clone()),
        confidence: outcome.confidence.0,
        threshold: outcome.threshold.0,
        similarity: top.map_or(0.0, |top| top.similarity.0),
        shortfall: Shortfall::of(&outcome),
    })
}

impl Reading {
    fn left_out() -> Self {
        Self {
            vector: Embedding(Vec::new()),
            standing: Standing::LeftOut,
            nearest: None,
            confidence: 0.0,
            threshold: 0.0,
            similarity: 0.0,
            shortfall: Shortfall::NothingFound,
        }
    }
}
