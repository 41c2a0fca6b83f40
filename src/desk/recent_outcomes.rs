//! What the engine has decided lately: most visitors ask the same things.
//!
//! An outcome is used again only for the same text, asked in the same context on the same day, of the same knowledge and
//! by the same encoders, so nobody can tell it from one that is computed anew; it is recorded like any other. Each
//! process keeps its own, in memory alone.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use arc_swap::ArcSwapOption;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::record::Decided;
use super::settings::AskContext;
use crate::pipeline::{Engine, Question, Snapshot, Thresholds};
use crate::time::Timestamp;

/// Most that is kept, in bytes, the questions included.
const CAPACITY_BYTES: u64 = 32 * 1024 * 1024;

/// Outcomes that fit on average; the cache makes room for so many at first.
const EXPECTED: usize = 4_096;

/// A question with everything that its outcome depends on beside the knowledge.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct AskedBefore(String);

impl AskedBefore {
    pub(super) fn new(question: &Question, context: &AskContext, now: Timestamp) -> Self {
        Self(format!("{}\n{context:?}\n{}", now.day(), question.as_str()))
    }
}

#[derive(Debug, Clone, Copy)]
struct Bytes;

impl Weighter<AskedBefore, Arc<Decided>> for Bytes {
    fn weight(&self, key: &AskedBefore, outcome: &Arc<Decided>) -> u64 {
        (key.0.len() + outcome.size_bytes()) as u64
    }
}

/// The outcomes of one state of the knowledge, under the same thresholds.
pub(super) struct Edition {
    /// Only told apart by where it is; as long as this points there, nothing else can be.
    snapshot: Weak<Snapshot>,
    thresholds: Weak<Thresholds>,
    with_second: bool,
    outcomes: Cache<AskedBefore, Arc<Decided>, Bytes>,
}

impl Edition {
    /// Returns what was decided before, or decides it and keeps that. Whoever asks the same meanwhile waits for it: in a rush
    /// many ask one thing at once.
    pub(super) async fn decided<E>(
        &self,
        asked: &AskedBefore,
        decide: impl Future<Output = Result<Arc<Decided>, E>>,
    ) -> Result<Arc<Decided>, E> {
        self.outcomes.get_or_insert_async(asked, decide).await
    }
}

/// The outcomes of the knowledge that is served; all are forgotten when that changes.
#[derive(Default)]
pub(super) struct RecentOutcomes {
    edition: ArcSwapOption<Edition>,
    asked: AtomicU64,
    decided: AtomicU64,
}

impl RecentOutcomes {
    pub(super) fn count_asked(&self) {
        self.asked.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_decided(&self) {
        self.decided.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns how many outcomes were remembered since the start, and how many were decided.
    pub(super) fn counted(&self) -> (u64, u64) {
        let decided = self.decided.load(Ordering::Relaxed);
        let asked = self.asked.load(Ordering::Relaxed);
        (asked.saturating_sub(decided), decided)
    }

    /// Returns those of the knowledge as it is served now.
    pub(super) fn of(&self, engine: &Engine) -> Arc<Edition> {
        let snapshot = engine.snapshot();
        let thresholds = engine.thresholds();
        let with_second = engine.has_second_opinion_on(&snapshot);
        loop {
            let kept = self.edition.load();
            if let Some(edition) = kept.as_ref()
                && std::ptr::eq(edition.snapshot.as_ptr(), Arc::as_ptr(&snapshot))
                && std::ptr::eq(edition.thresholds.as_ptr(), Arc::as_ptr(&thresholds))
                && edition.with_second == with_second
            {
                return Arc::clone(edition);
            }
            let edition = Arc::new(Edition {
                snapshot: Arc::downgrade(&snapshot),
                thresholds: Arc::downgrade(&thresholds),
                with_second,
                outcomes: Cache::with_weighter(EXPECTED, CAPACITY_BYTES, Bytes),
            });
            let before = self
                .edition
                .compare_and_swap(&kept, Some(Arc::clone(&edition)));
            // Whoever was first is waited for.
            if before.as_ref().map(Arc::as_ptr) == kept.as_ref().map(Arc::as_ptr) {
                return edition;
            }
        }
    }
}
