//! Changes on their way to the writer: what each caller wants done, and what becomes of it.

use tokio::sync::oneshot;

use crate::store::conversations::answers::AnswerRow;
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::savepoint::{Changing, in_savepoint};

/// Whether a change shows in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Seen {
    Yes,
    No,
}

/// One caller's change, whatever it gives back.
pub(in crate::store) trait Job: Send {
    /// Returns the row to be written together with others, when the change is nothing but that.
    fn take_row(&mut self) -> Option<AnswerRow>;

    /// Notes what became of the row that was taken.
    fn row_written(&mut self, written: Result<(), StoreError>);

    /// Makes the change; an error means that the database failed, not that the change was refused.
    fn run<'c>(&'c mut self, connection: &'c mut Connection) -> Changing<'c, ()>;

    /// Tells whether a change was made that shows in the queue.
    fn is_seen(&self) -> bool;

    /// Tells the caller how the commit went.
    fn acknowledge(self: Box<Self>, committed: Result<(), StoreError>);
}

pub(in crate::store) struct Pending<T, F> {
    pub(in crate::store) change: Option<F>,
    pub(in crate::store) seen: Seen,
    pub(in crate::store) result: Option<Result<T, StoreError>>,
    pub(in crate::store) reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Pending<T, F>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut Connection) -> Changing<'c, T> + Send,
{
    fn take_row(&mut self) -> Option<AnswerRow> {
        None
    }

    fn row_written(&mut self, _written: Result<(), StoreError>) {}

    fn run<'c>(&'c mut self, connection: &'c mut Connection) -> Changing<'c, ()> {
        Box::pin(async move {
            let Some(change) = self.change.take() else {
                return Ok(());
            };
            let result = in_savepoint(connection, change).await;
            let failure = failure_of(&result);
            self.result = Some(result);
            failure
        })
    }

    fn is_seen(&self) -> bool {
        self.seen == Seen::Yes && matches!(self.result, Some(Ok(_)))
    }

    fn acknowledge(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = self.result.unwrap_or(Err(StoreError::Stopped));
        // A caller that stopped waiting needs no answer.
        let _ = self.reply.send(committed.and(result));
    }
}

pub(in crate::store) struct PendingRow {
    pub(in crate::store) row: Option<AnswerRow>,
    pub(in crate::store) written: Result<(), StoreError>,
    pub(in crate::store) reply: oneshot::Sender<Result<(), StoreError>>,
}

impl Job for PendingRow {
    fn take_row(&mut self) -> Option<AnswerRow> {
        self.row.take()
    }

    fn row_written(&mut self, written: Result<(), StoreError>) {
        self.written = written;
    }

    fn run<'c>(&'c mut self, _connection: &'c mut Connection) -> Changing<'c, ()> {
        Box::pin(async { Ok(()) })
    }

    fn is_seen(&self) -> bool {
        false
    }

    fn acknowledge(self: Box<Self>, committed: Result<(), StoreError>) {
        // A caller that stopped waiting needs no answer.
        let _ = self.reply.send(committed.and(self.written));
    }
}

/// Returns the failure of the database, when that is why a change was not made.
pub(in crate::store) fn failure_of<T>(result: &Result<T, StoreError>) -> Result<(), StoreError> {
    match result {
        Err(error) if error.is_of_database() => Err(error.clone()),
        _ => Ok(()),
    }
}
