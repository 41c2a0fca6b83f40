//! Runs the engine beside the async threads, no more of it at once than there are cores, and remembers what it decided.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::error::DeskError;
use super::recent_outcomes::{AskedBefore, RecentOutcomes};
use super::record::Decided;
use super::settings::AskContext;
use crate::knowledge::Readership;
use crate::language::{ChineseScript, Language};
use crate::pipeline::{Asked, Engine, Giving, Question, Snapshot, TurnsBefore};
use crate::time::Timestamp;

/// The engine with a bounded number of seats; cheap to share.
#[derive(Clone)]
pub(super) struct EngineRoom {
    engine: Arc<Engine>,
    seats: Arc<Semaphore>,
    fallback: Language,
    recent: Arc<RecentOutcomes>,
}

impl EngineRoom {
    pub(super) fn new(engine: Arc<Engine>, fallback: Language) -> Self {
        let seats = available_parallelism()
            .map_or(MIN_SEATS, NonZeroUsize::get)
            .max(MIN_SEATS);
        Self {
            engine,
            seats: Arc::new(Semaphore::new(seats)),
            fallback,
            recent: Arc::default(),
        }
    }

    pub(super) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Returns the knowledge as it is served now.
    pub(super) fn snapshot(&self) -> Arc<Snapshot> {
        self.engine.snapshot()
    }

    /// Returns the language of those whose own is not served.
    pub(super) fn fallback(&self) -> Language {
        self.fallback
    }

    /// Returns the rule by which articles of a snapshot are given to whoever is addressed in a language.
    pub(super) fn giving<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        language: Language,
        readership: &'a Readership,
        today: &'a str,
    ) -> Giving<'a> {
        Giving {
            knowledge: snapshot.knowledge(),
            routing: self.engine.routing(),
            language: Some(language),
            fallback: self.fallback,
            script: ChineseScript::Simplified,
            today,
            readership,
            passages: None,
        }
    }

    /// Lets the engine decide about a question that nothing was said before.
    pub(super) async fn decide(
        &self,
        question: Question,
        context: AskContext,
        now: Timestamp,
    ) -> Result<Arc<Decided>, DeskError> {
        self.decide_after(question, context, TurnsBefore::default(), now)
            .await
    }

    /// Lets the engine decide about a message after what was said before it.
    pub(super) async fn decide_after(
        &self,
        question: Question,
        context: AskContext,
        before: TurnsBefore,
        now: Timestamp,
    ) -> Result<Arc<Decided>, DeskError> {
        let fallback = self.fallback;
        // Only what nothing was said before is asked twice in the same way.
        let kept = (before == TurnsBefore::default()).then(|| {
            let asked = AskedBefore::new(&question, &context, now);
            (self.recent.of(&self.engine), asked)
        });
        let decide = async {
            self.recent.count_decided();
            let outcome = self
                .run(move |engine| {
                    let asked = Asked {
                        question: &question,
                        priors: &context.priors,
                        forced: context.forced,
                        fallback,
                        today: &now.day(),
                        readership: &context.readership,
                    };
                    engine
                        .ask_in_context(&asked, context.reading.as_ref(), &before)
                        .map(Decided::new)
                })
                .await?;
            Ok(Arc::new(outcome?))
        };
        self.recent.count_asked();
        match kept {
            Some((edition, asked)) => edition.decided(&asked, decide).await,
            None => decide.await,
        }
    }

    /// Returns how many questions were answered from memory, and how many the engine decided.
    pub(super) fn counted(&self) -> (u64, u64) {
        self.recent.counted()
    }

    /// Runs `work` on a blocking thread; it goes on even when the caller stops waiting, and so keeps its seat.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, DeskError> {
        let seat = Arc::clone(&self.seats)
            .acquire_owned()
            .await
            .expect("the seats are never closed");
        let engine = Arc::clone(&self.engine);
        let span = tracing::debug_span!("retrieve");
        let done = spawn_blocking(move || {
            let _seat = seat;
            span.in_scope(|| work(&engine))
        });
        done.await.map_err(DeskError::EngineStopped)
    }
}

/// One long question must not hold up everybody on a machine with one core.
const MIN_SEATS: usize = 2;
