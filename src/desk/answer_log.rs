//! The records of answers that belong to no conversation: kept before the reply while few ask, right after it while many do, and
//! once something can be kept again where nothing can.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::oneshot;
use tracing::{Instrument as _, Span};

use crate::store::{AnswerRecord, Store, StoreError};

/// Records that may wait, some four kilobytes each; beyond it whoever asks waits for the disk.
const MOST: usize = 10_000;

/// How long records gather while many ask: they share a commit. Well within the 100 ms that the API promises.
const GATHERING: Duration = Duration::from_millis(20);

/// How long until it is tried again where nothing can be kept.
const STUCK: Duration = Duration::from_secs(1);

/// Keeps records; cheap to clone. What waits is local to the process, so that one which is killed takes it along.
#[derive(Clone)]
pub(super) struct AnswerLog(Arc<Log>);

struct Log {
    store: Store,
    waiting: Mutex<Waiting>,
    /// Held while those that waited are being kept, so that whoever comes then waits for them.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Waiting {
    /// The oldest first.
    records: Vec<AnswerRecord>,
    /// Whether somebody keeps one, and goes on with these.
    is_busy: bool,
}

/// What becomes of a record.
enum Admitted {
    /// It is kept with the others that wait.
    Waits,
    /// It is kept first, and whoever keeps it goes on with those that wait.
    Leads(AnswerRecord),
    /// Too many wait.
    Alone(AnswerRecord),
}

impl AnswerLog {
    pub(super) fn new(store: Store) -> Self {
        Self(Arc::new(Log {
            store,
            waiting: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }))
    }

    /// Keeps a record, or lets it wait behind another that is being kept.
    pub(super) async fn keep(&self, record: AnswerRecord) -> Result<(), StoreError> {
        match self.admit(record) {
            Admitted::Waits => Ok(()),
            Admitted::Alone(record) => self.0.store.record_answer(record).await,
            Admitted::Leads(record) => {
                let (reply, kept) = oneshot::channel();
                // A task of its own: whoever asked may be gone before it is kept.
                tokio::spawn(self.clone().lead(record, reply, Span::current()));
                kept.await.map_err(|_| StoreError::Stopped)?
            }
        }
    }

    fn admit(&self, record: AnswerRecord) -> Admitted {
        let mut waiting = self.waiting();
        if !waiting.is_busy {
            waiting.is_busy = true;
            return Admitted::Leads(record);
        }
        if waiting.records.len() >= MOST {
            return Admitted::Alone(record);
        }
        waiting.records.push(record);
        Admitted::Waits
    }

    async fn lead(
        self,
        record: AnswerRecord,
        reply: oneshot::Sender<Result<(), StoreError>>,
        asking: Span,
    ) {
        let keeping = self.0.store.record_answer(record.clone());
        let kept = keeping.instrument(asking).await;
        let kept = match kept {
            Err(error) if is_for_a_while(&error) => self.hold(record, error),
            other => other,
        };
        // Whoever asked may have gone.
        let _ = reply.send(kept);
        let mut pause = GATHERING;
        loop {
            {
                let mut waiting = self.waiting();
                if waiting.records.is_empty() {
                    waiting.is_busy = false;
                    return;
                }
            }
            tokio::time::sleep(pause).await;
            pause = match self.keep_what_waits().await {
                Ok(_) => GATHERING,
                Err(error) => {
                    if pause != STUCK {
                        tracing::error!(%error, "records of answers wait in memory until they can be kept");
                    }
                    STUCK
                }
            };
        }
    }

    fn hold(&self, record: AnswerRecord, error: StoreError) -> Result<(), StoreError> {
        let mut waiting = self.waiting();
        if waiting.records.len() >= MOST {
            return Err(error);
        }
        waiting.records.push(record);
        Ok(())
    }

    /// Keeps the records that wait, and tells how many there were; those that cannot be kept now wait on.
    pub(super) async fn keep_what_waits(&self) -> Result<usize, StoreError> {
        let _turn = self.0.turn.lock().await;
        let records = std::mem::take(&mut self.waiting().records);
        let count = records.len();
        let keeping = records.into_iter().map(async |record| {
            let kept = self.0.store.record_answer(record.clone()).await;
            kept.map_err(|error| (record, error))
        });
        let mut held = Vec::new();
        let mut failed = None;
        for kept in join_all(keeping).await {
            match kept {
                Ok(()) => {}
                Err((record, error)) if is_for_a_while(&error) => {
                    held.push(record);
                    failed = Some(error);
                }
                Err((record, error)) => {
                    tracing::error!(%error, answer = %record.id, "the record of an answer could not be kept");
                }
            }
        }
        if let Some(error) = failed {
            let mut waiting = self.waiting();
            held.append(&mut waiting.records);
            waiting.records = held;
            return Err(error);
        }
        Ok(count)
    }

    /// Tells whether records wait, or are being kept.
    pub(super) fn has_waiting(&self) -> bool {
        let waiting = self.waiting();
        waiting.is_busy || !waiting.records.is_empty()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether somebody can mend the disk without a restart.
fn is_for_a_while(error: &StoreError) -> bool {
    matches!(error, StoreError::DiskFull(_) | StoreError::ReadOnly(_))
}
