//! The one writer: it takes what waits, changes everything in one transaction, commits once, and only then answers.
//!
//! A commit costs one wait for the disk however many changes it holds, so that under load the waits are shared and
//! alone nobody waits for company. A change that fails by itself is undone by itself; when the database fails, the
//! whole group fails and none of it remains.

use std::fmt;

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot, watch};

use super::answers::{self, AnswerRow};
use super::{Connection, StoreError};

/// Most changes in one commit, so that the first of them does not wait long.
const MAX_GROUP: usize = 256;

/// Changes that may wait; beyond it callers wait to hand theirs in.
const MAX_WAITING: usize = 1_024;

/// Hands changes to the writer task, which ends when this is dropped and everything handed in is done.
pub(super) struct Writer {
    waiting: mpsc::Sender<Box<dyn Job>>,
    commits: watch::Receiver<u64>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Writer {
    /// Starts the task on the current runtime.
    pub(super) fn start(connection: Connection) -> Self {
        let (sender, waiting) = mpsc::channel(MAX_WAITING);
        let (counted, commits) = watch::channel(0);
        tokio::spawn(serve(connection, waiting, counted));
        Self {
            waiting: sender,
            commits,
        }
    }

    /// Waits for the next commit.
    pub(super) fn written(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut commits = self.commits.clone();
        commits.mark_unchanged();
        async move {
            // An error means that the writer has ended: nothing will be written any more.
            if commits.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Makes a change of several statements; all of it is on disk when this returns `Ok`, nothing of it otherwise.
    pub(super) async fn write<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Changing<'c, T> + Send + 'static,
    {
        self.write_one(|connection| Box::pin(in_savepoint(connection, change)))
            .await
    }

    /// Keeps the record of an answer; records that wait together are written together.
    pub(super) async fn record(&self, row: AnswerRow) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.hand_in(
            Box::new(PendingRow {
                row: Some(row),
                reply,
            }),
            answer,
        )
        .await
    }

    /// Makes a change of one statement, which is whole or absent by itself.
    pub(super) async fn write_one<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Changing<'c, T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.hand_in(
            Box::new(Pending {
                change: Some(change),
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
        self.waiting
            .send(job)
            .await
            .map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }
}

/// A change under way.
pub(super) type Changing<'c, T> = BoxFuture<'c, Result<T, StoreError>>;

/// One caller's change, whatever it gives back.
trait Job: Send {
    /// Gives the row to be written together with others, when the change is nothing but that.
    fn take_row(&mut self) -> Option<AnswerRow>;

    /// Makes the change; an error means that the database failed, not that the change was refused.
    fn run<'c>(&'c mut self, connection: &'c mut Connection) -> Changing<'c, ()>;

    /// Tells the caller how the commit went.
    fn acknowledge(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Pending<T, F> {
    change: Option<F>,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Pending<T, F>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut Connection) -> Changing<'c, T> + Send,
{
    fn take_row(&mut self) -> Option<AnswerRow> {
        None
    }

    fn run<'c>(&'c mut self, connection: &'c mut Connection) -> Changing<'c, ()> {
        Box::pin(async move {
            let Some(change) = self.change.take() else {
                return Ok(());
            };
            let result = change(connection).await;
            let failure = result
                .as_ref()
                .err()
                .filter(|error| error.is_of_database())
                .cloned();
            self.result = Some(result);
            failure.map_or(Ok(()), Err)
        })
    }

    fn acknowledge(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = self.result.unwrap_or(Err(StoreError::Stopped));
        // A caller that stopped waiting needs no answer.
        let _ = self.reply.send(committed.and(result));
    }
}

struct PendingRow {
    row: Option<AnswerRow>,
    reply: oneshot::Sender<Result<(), StoreError>>,
}

impl Job for PendingRow {
    fn take_row(&mut self) -> Option<AnswerRow> {
        self.row.take()
    }

    fn run<'c>(&'c mut self, _connection: &'c mut Connection) -> Changing<'c, ()> {
        Box::pin(async { Ok(()) })
    }

    fn acknowledge(self: Box<Self>, committed: Result<(), StoreError>) {
        // A caller that stopped waiting needs no answer.
        let _ = self.reply.send(committed);
    }
}

async fn serve(
    mut connection: Connection,
    mut waiting: mpsc::Receiver<Box<dyn Job>>,
    commits: watch::Sender<u64>,
) {
    let mut group = Vec::with_capacity(MAX_GROUP);
    while waiting.recv_many(&mut group, MAX_GROUP).await > 0 {
        let committed = commit(&mut connection, &mut group).await;
        commits.send_modify(|count| *count += 1);
        for job in group.drain(..) {
            job.acknowledge(committed.clone());
        }
    }
}

async fn commit(connection: &mut Connection, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    // The write lock is taken at once: a transaction that reads first could not wait for another program's.
    execute(connection, "BEGIN IMMEDIATE").await?;
    let made = make(connection, group).await;
    if made.is_err() {
        // On a full disk SQLite has rolled back by itself, and says that there is nothing to roll back.
        let _ = execute(connection, "ROLLBACK").await;
    }
    made
}

async fn make(connection: &mut Connection, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    // Records stand alone, so that they can go before whatever else waits.
    let rows = group.iter_mut().filter_map(|job| job.take_row()).collect();
    answers::insert_all(connection, rows).await?;
    for job in group {
        job.run(connection).await?;
    }
    execute(connection, "COMMIT").await
}

async fn in_savepoint<T, F>(connection: &mut Connection, change: F) -> Result<T, StoreError>
where
    F: for<'c> FnOnce(&'c mut Connection) -> Changing<'c, T>,
{
    execute(connection, "SAVEPOINT change").await?;
    let result = change(connection).await;
    match &result {
        Ok(_) => execute(connection, "RELEASE change").await?,
        // The whole group is about to be rolled back, or has been already.
        Err(error) if error.is_of_database() => {}
        Err(_) => {
            execute(connection, "ROLLBACK TO change").await?;
            execute(connection, "RELEASE change").await?;
        }
    }
    result
}

/// Runs a statement of transactions. sqlx's own transactions count their depth, and miscount when SQLite rolls back by
/// itself; the connection would be lost for writing.
async fn execute(connection: &mut Connection, statement: &'static str) -> Result<(), StoreError> {
    sqlx::query(statement).execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::future::join_all;
    use sqlx::{Connection as _, Row as _};

    use super::*;
    use crate::conversation::Timestamp;
    use crate::store::{Store, opening};

    /// Without the one that says whether mail is sent.
    const COUNT: &str =
        "SELECT COUNT(*) AS count FROM counters WHERE name NOT IN ('mail', 'telling')";

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
        let change = store.writer.write_one(move |connection| {
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
        let path = opening::make_path(folder.path()).expect("there");
        let mut other = opening::open_for_writing(&path)
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
