//! The one writer: it takes what waits, changes everything in one transaction, commits once, and only then answers.
//!
//! A commit costs one wait for the disk however many changes it holds, so that under load the waits are shared and
//! alone nobody waits for company. Every change has a savepoint, also one of a single statement: what fails by itself is
//! undone by itself, as Postgres needs it too; when the database fails, the whole group fails and none of it remains.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, oneshot, watch};
use tracing::Instrument as _;

use crate::store::changes;
use crate::store::conversations::answers::{self, AnswerRow};
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::jobs::{Job, Pending, PendingRow, Seen, failure_of};
use crate::store::keyring::Keyring;
use crate::store::place::{OpenedFile, Pool};
use crate::store::savepoint::{Changing, begin, end_savepoint, execute};
use crate::time::durations::{CountedDurations, Durations};

/// Most changes in one commit, so that the first of them does not wait long.
const MAX_GROUP: usize = 256;

/// Changes that may wait; beyond it callers wait to hand theirs in.
const MAX_WAITING: usize = 1_024;

/// Hands changes to the writer task, which ends when this is dropped and everything handed in is done.
pub(in crate::store) struct Writer {
    waiting: mpsc::Sender<Box<dyn Job>>,
    commits: watch::Receiver<u64>,
    times: Arc<Durations>,
}

/// What the writer writes through.
pub(in crate::store) enum WritingPlace {
    /// Its own connection to a file.
    Own(Connection, OpenedFile),
    /// A connection of a server's pool for each group, so that a server which was away is met again.
    Lent(Pool, Arc<Keyring>),
}

impl fmt::Debug for Writer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Writer {
    /// Starts the task on the current runtime.
    pub(in crate::store) fn start(place: WritingPlace) -> Self {
        let (sender, waiting) = mpsc::channel(MAX_WAITING);
        let (counted, commits) = watch::channel(0);
        let times = Arc::<Durations>::default();
        tokio::spawn(serve(place, waiting, counted, Arc::clone(&times)));
        Self {
            waiting: sender,
            commits,
            times,
        }
    }

    /// Returns how long commits took.
    pub(in crate::store) fn times(&self) -> CountedDurations {
        self.times.read()
    }

    /// Waits for the next commit.
    pub(in crate::store) fn written(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut commits = self.commits.clone();
        commits.mark_unchanged();
        async move {
            // An error means that the writer has ended: nothing will be written any more.
            if commits.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Makes a change that staff can see; all of it is on disk when this returns `Ok`, nothing of it otherwise.
    pub(in crate::store) async fn write<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Changing<'c, T> + Send + 'static,
    {
        self.hand_in_change(change, Seen::Yes).await
    }

    /// Makes a change beside conversations, tickets and accounts, such as what became of a delivery: it does not make
    /// the queue be read anew.
    pub(in crate::store) async fn write_aside<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Changing<'c, T> + Send + 'static,
    {
        self.hand_in_change(change, Seen::No).await
    }

    /// Keeps the record of an answer; records that wait together are written together.
    pub(in crate::store) async fn record(&self, row: AnswerRow) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.hand_in(
            Box::new(PendingRow {
                row: Some(row),
                written: Ok(()),
                reply,
            }),
            answer,
        )
        .await
    }

    async fn hand_in_change<T, F>(&self, change: F, seen: Seen) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Changing<'c, T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.hand_in(
            Box::new(Pending {
                change: Some(change),
                seen,
                result: None,
                reply,
            }),
            answer,
        )
        .await
    }

    async fn hand_in<T>(
        &self,
        job: Box<dyn Job>,
        answer: oneshot::Receiver<Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        // From here until it is on disk, the wait for others included.
        async {
            self.waiting
                .send(job)
                .await
                .map_err(|_| StoreError::Stopped)?;
            answer.await.map_err(|_| StoreError::Stopped)?
        }
        .instrument(tracing::debug_span!("store"))
        .await
    }
}

async fn serve(
    mut place: WritingPlace,
    mut waiting: mpsc::Receiver<Box<dyn Job>>,
    commits: watch::Sender<u64>,
    times: Arc<Durations>,
) {
    let mut group = Vec::with_capacity(MAX_GROUP);
    while waiting.recv_many(&mut group, MAX_GROUP).await > 0 {
        let begun = Instant::now();
        let committed = match &mut place {
            WritingPlace::Own(connection, file) => match file.check() {
                Ok(()) => commit(connection, &mut group).await,
                gone => gone,
            },
            WritingPlace::Lent(pool, keys) => commit_lent(pool, keys, &mut group).await,
        };
        times.record(begun.elapsed());
        commits.send_modify(|count| *count += 1);
        for job in group.drain(..) {
            job.acknowledge(committed.clone());
        }
    }
}

async fn commit_lent(
    pool: &Pool,
    keys: &Arc<Keyring>,
    group: &mut [Box<dyn Job>],
) -> Result<(), StoreError> {
    let backend = pool.acquire().await?;
    commit(&mut Connection::new(backend, Arc::clone(keys)), group).await
}

async fn commit(connection: &mut Connection, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    // Another process may have changed what was learnt before.
    connection.begin_anew();
    begin(connection).await?;
    let made = make(connection, group).await;
    if made.is_err() {
        // On a full disk SQLite has rolled back by itself, and says that there is nothing to roll back.
        let _ = execute(connection, "ROLLBACK").await;
        connection.forget();
    }
    made
}

async fn make(connection: &mut Connection, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    record(connection, group).await?;
    for job in group.iter_mut() {
        job.run(connection).await?;
    }
    if group.iter().any(|job| job.is_seen()) {
        changes::count(connection).await?;
    }
    execute(connection, "COMMIT").await
}

/// Writes the records that wait. They stand alone, so that they can go together, before whatever else waits.
async fn record(connection: &mut Connection, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    let (jobs, rows): (Vec<_>, Vec<_>) = group
        .iter_mut()
        .filter_map(|job| {
            let row = job.take_row()?;
            Some((job, row))
        })
        .unzip();
    if rows.is_empty() {
        return Ok(());
    }
    let written = record_all(connection, &rows).await;
    failure_of(&written)?;
    if written.is_ok() {
        return Ok(());
    }
    // One of them is refused; only its own caller is to hear of it.
    for (job, row) in jobs.into_iter().zip(&rows) {
        let written = record_all(connection, std::slice::from_ref(row)).await;
        failure_of(&written)?;
        job.row_written(written);
    }
    Ok(())
}

async fn record_all(connection: &mut Connection, rows: &[AnswerRow]) -> Result<(), StoreError> {
    execute(connection, "SAVEPOINT change").await?;
    let written = answers::insert_all(connection, rows).await;
    end_savepoint(connection, written).await
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use sqlx::{Connection as _, Row as _};

    use super::*;
    use crate::store::Store;
    use crate::store::place;
    use crate::time::Timestamp;

    /// Without those that count something else than tickets.
    const COUNT: &str = "SELECT COUNT(*) AS count FROM counters WHERE name NOT IN ('mail', 'telling', 'changes', 'sealed', 'unknown_sign_ins', 'outcomes', 'checks', 'push', 'contract', 'report', 'knowledge_files')";

    async fn add(store: &Store, name: String) -> Result<(), StoreError> {
        store
            .writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("INSERT INTO counters (name, value) VALUES ($1, 0)")
                        .bind(name)
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    async fn set_pragma(store: &Store, pragma: &'static str) {
        let change = store.writer.write_aside(move |connection| {
            Box::pin(async move {
                sqlx::query(pragma).execute(connection).await?;
                Ok(())
            })
        });
        change.await.expect("a pragma needs no room");
    }

    async fn count(store: &Store) -> i64 {
        let row = sqlx::query(COUNT)
            .fetch_one(&store.reader().pool)
            .await
            .expect("readable");
        row.try_get("count").expect("a number")
    }

    async fn insert_ticket_counter(connection: &mut Connection) -> Result<(), StoreError> {
        execute(
            connection,
            "INSERT INTO counters (name, value) VALUES ('ticket', 0)",
        )
        .await
    }

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::open(folder.path(), Timestamp::from_millis(0))
            .await
            .expect("opens");
        (folder, store)
    }

    #[tokio::test]
    async fn a_refused_change_is_undone_alone() {
        let (_folder, store) = store().await;
        let changes = (0..40).map(|number| {
            let writer = Arc::clone(&store.writer);
            async move {
                writer
                    .write(move |connection| {
                        Box::pin(async move {
                            sqlx::query("INSERT INTO counters (name, value) VALUES ($1, 0)")
                                .bind(format!("n{number}"))
                                .execute(&mut *connection)
                                .await?;
                            match number % 4 {
                                0 => Err(StoreError::KeyReused),
                                // A counter of this name is there from the beginning.
                                1 => insert_ticket_counter(connection).await,
                                _ => Ok(()),
                            }
                        })
                    })
                    .await
            }
        });
        let results = join_all(changes).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 20);
        assert_eq!(count(&store).await, 1 + 20);
    }

    #[tokio::test]
    async fn a_single_statement_that_is_refused_is_undone_alone_too() {
        let (_folder, store) = store().await;
        let changes = (0..20).map(|number| {
            let writer = Arc::clone(&store.writer);
            async move {
                let change = writer.write_aside(move |connection| {
                    Box::pin(async move {
                        match number % 2 {
                            0 => insert_ticket_counter(connection).await,
                            _ => {
                                sqlx::query("INSERT INTO counters (name, value) VALUES ($1, 0)")
                                    .bind(format!("n{number}"))
                                    .execute(connection)
                                    .await?;
                                Ok(())
                            }
                        }
                    })
                });
                change.await
            }
        });
        let results = join_all(changes).await;
        let refused = results
            .iter()
            .filter(|result| matches!(result, Err(StoreError::Conflict(_))))
            .count();
        assert_eq!(refused, 10, "{results:?}");
        assert_eq!(count(&store).await, 1 + 10);
    }

    #[tokio::test]
    async fn of_records_that_go_together_only_the_refused_one_is_lost() {
        let (_folder, store) = store().await;
        let rows: Vec<AnswerRow> = (0..9)
            // The fifth has the name of the first.
            .map(|number| AnswerRow::of_test(if number == 4 { 0 } else { number }))
            .collect();
        let writer = &store.writer;
        let results = join_all(rows.into_iter().map(|row| writer.record(row))).await;
        let refused: Vec<usize> = (0..results.len())
            .filter(|place| results[*place].is_err())
            .collect();
        assert_eq!(refused, [4], "{results:?}");
        let row = sqlx::query("SELECT COUNT(*) AS count FROM answers")
            .fetch_one(&store.reader().pool)
            .await
            .expect("readable");
        assert_eq!(row.try_get::<i64, _>("count").expect("a number"), 8);
    }

    #[tokio::test]
    async fn a_full_disk_is_said_and_loses_nothing_acknowledged() {
        let (_folder, store) = store().await;
        add(&store, "before".to_owned())
            .await
            .expect("there is room");
        // SQLite raises this to the size the file has, so nothing can grow.
        set_pragma(&store, "PRAGMA max_page_count = 1").await;
        let results =
            join_all((0..50).map(|number| add(&store, format!("{number} {}", "x".repeat(3_000)))))
                .await;
        let acknowledged = results.iter().filter(|result| result.is_ok()).count();
        let refused = results
            .iter()
            .filter(|result| matches!(result, Err(StoreError::DiskFull(_))))
            .count();
        assert_eq!(acknowledged + refused, 50, "{results:?}");
        assert!(refused > 0, "the file cannot grow");
        assert_eq!(count(&store).await, 2 + acknowledged as i64);

        set_pragma(&store, "PRAGMA max_page_count = 1000000").await;
        add(&store, "after".to_owned())
            .await
            .expect("there is room again");
        store.check().await.expect("all is well");
    }

    #[tokio::test]
    async fn a_lock_of_another_program_is_said() {
        let (folder, store) = store().await;
        let path = place::make_path(folder.path()).expect("there");
        let mut other = place::open_for_writing(&path)
            .await
            .expect("WAL lets several in");
        // So that the test does not wait as long as a server would.
        set_pragma(&store, "PRAGMA busy_timeout = 1").await;
        let lock = other
            .begin_with("BEGIN IMMEDIATE")
            .await
            .expect("nobody writes");
        let error = add(&store, "n".to_owned())
            .await
            .expect_err("the other has the lock");
        assert!(matches!(error, StoreError::Locked(_)), "{error:?}");
        lock.rollback().await.expect("lets go");
        add(&store, "n".to_owned()).await.expect("the lock is free");
    }
}
