//! Why something could not be read or kept, and what to do about it.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::trouble::Trouble;
use crate::conversation::{InvalidLinkKeys, RefusedStep, TicketNumber};
use crate::ids::{AgentId, AnswerId, AttachmentId, ConversationId, EndpointId, MessageId};
use crate::sealing::SourceError;

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder could not be made or written to.
    #[error("could not use the data folder {}: {source}; choose a writable one with --data", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file exists or can be made, but not be written.
    #[error("could not write {}: it or its folder is read-only; mend the permissions or choose another folder with --data", path.display())]
    ReadOnly {
        /// The database file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// No room is left.
    #[error("could not write {}: the disk or quota is full, or its files cannot be written; free some space, mend the disk or choose another folder with --data", path.display())]
    DiskFull {
        /// The database file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// Another program holds the file.
    #[error("another program has locked {}; stop it, or choose another folder with --data", path.display())]
    Locked {
        /// The database file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// Written by a later version.
    #[error("{} was written by a newer mondo (schema {found}); install that version, or choose another folder with --data", path.display())]
    NewerSchema {
        /// The database file.
        path: PathBuf,
        /// Schema found in the file.
        found: i64,
    },
    /// Written by an earlier version, and only reading was asked for.
    #[error("{} was written by an older mondo (it lacks migration {missing}); start `mondo serve` on it once to bring it up to date", path.display())]
    OlderSchema {
        /// The database file.
        path: PathBuf,
        /// The first migration that it lacks.
        missing: i64,
    },
    /// The address of the server cannot be read.
    #[error(
        "store.url is no address of a PostgreSQL database: {0}; write it like postgres://user:password@host/mondo"
    )]
    ServerAddress(#[source] sqlx::Error),
    /// The server does not let us in, or not work.
    #[error(
        "could not use the database at store.url: {0}; check that the server runs and that user, password and database are right"
    )]
    Server(#[source] sqlx::Error),
    /// The server lets us read alone.
    #[error(
        "the database at store.url only reads: {0}; it is a standby, or is being recovered until SELECT pg_wal_replay_resume(), or its user may not write"
    )]
    ServerReadOnly(#[source] sqlx::Error),
    /// The file with the keys of status links is damaged.
    #[error("{}: {source}; take the line away, or the file for new keys, which voids every link", path.display())]
    LinkKeys {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: InvalidLinkKeys,
    },
    /// There are no master keys.
    #[error(transparent)]
    MasterKeys(#[from] SourceError),
    /// The keys of what is sealed cannot be read, or what was there before could not be sealed.
    #[error("could not open the keys of what is sealed: {0}")]
    Keys(#[source] StoreError),
    /// Nothing in it is sealed yet, and only reading was asked for.
    #[error("{} has no keys yet; start `mondo serve` on it once to bring it up to date", path.display())]
    NotSealed {
        /// The database file.
        path: PathBuf,
    },
    /// The surges that are on cannot be read.
    #[error("could not read the surges that are on: {0}")]
    Surges(#[source] StoreError),
    /// The place of attachments cannot be used.
    #[error("could not use the place of attachments: {0}; check the section [attachments]")]
    Files(#[source] object_store::Error),
    /// A bucket is named, and this build knows none.
    #[error(
        "attachments.bucket needs a build with the feature s3; leave it empty, or use such a build"
    )]
    NoBuckets,
    /// Nothing was ever stored there.
    #[error("there is no record at {}; name the folder that `mondo serve` uses with --data", path.display())]
    NotThere {
        /// The database file.
        path: PathBuf,
    },
    /// Another program's.
    #[error("{} is a database of another program: none of its tables is mondo's; put the right one back, or choose another folder with --data", path.display())]
    Foreign {
        /// The database file.
        path: PathBuf,
    },
    /// The file is something else or was damaged.
    #[error("{} is not a mondo database or is damaged; restore it from a backup, or choose another folder with --data", path.display())]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// A change of the schema failed; nothing of it was kept.
    #[error("could not bring the schema of {} up to date; free disk space if it is short, and report this otherwise", path.display())]
    Migration {
        /// The database file.
        path: PathBuf,
        /// What went wrong.
        source: sqlx::migrate::MigrateError,
    },
    /// Anything else.
    #[error("could not open the database {}: {source}", path.display())]
    Database {
        /// The database file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
}

impl OpenError {
    /// Names what an operator can do about an error of a server.
    pub(in crate::store) fn server(source: sqlx::Error) -> Self {
        match Trouble::of(&source) {
            Trouble::ReadOnly => Self::ServerReadOnly(source),
            _ => Self::Server(source),
        }
    }

    /// Names what an operator can do about an error of the database.
    pub(in crate::store) fn database(path: &Path, source: sqlx::Error) -> Self {
        let path = path.to_owned();
        match Trouble::of(&source) {
            Trouble::CannotOpen | Trouble::ReadOnly => Self::ReadOnly { path, source },
            Trouble::DiskFull => Self::DiskFull { path, source },
            Trouble::Locked => Self::Locked { path, source },
            Trouble::Damaged => Self::Damaged { path, source },
            Trouble::Constraint | Trouble::Retry | Trouble::Malformed | Trouble::Other => {
                Self::Database { path, source }
            }
        }
    }
}

/// Why something could not be read or kept. Nothing of a failed change remains.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// No such conversation.
    #[error("there is no conversation {0}")]
    UnknownConversation(ConversationId),
    /// No such message in the conversation.
    #[error("there is no message {0} in this conversation")]
    UnknownMessage(MessageId),
    /// The message is not a reply of the bot.
    #[error("message {0} is not a reply of the bot")]
    NotRateable(MessageId),
    /// No such answer.
    #[error("there is no answer {0}")]
    UnknownAnswer(AnswerId),
    /// No such file in the conversation, or a message carries it already.
    #[error("there is no file {0} in this conversation that can be sent")]
    UnknownAttachment(AttachmentId),
    /// The conversation has as many files as one may have.
    #[error("the conversation has {0} files already")]
    TooManyAttachments(i64),
    /// The place of attachments failed.
    #[error("the place of attachments failed: {0}")]
    Files(#[source] Arc<object_store::Error>),
    /// The content of a file is not where files are kept.
    #[error(
        "the content of this file is missing from the place of attachments; restore it from a backup"
    )]
    FileLost(#[source] Arc<object_store::Error>),
    /// No such ticket.
    #[error("there is no ticket {0}")]
    UnknownTicket(TicketNumber),
    /// The ticket is settled, or was to be settled by its status.
    #[error("ticket {0} is settled or reopened through its conversation")]
    TicketSettled(TicketNumber),
    /// Only a settled ticket is merged, into another one.
    #[error("ticket {0} is not settled, or is the other one")]
    CannotMerge(TicketNumber),
    /// A signed request was shown before.
    #[error("this signed request was obeyed before")]
    Replayed,
    /// No such account.
    #[error("there is no account {0}")]
    UnknownAgent(AgentId),
    /// The episode was scored before.
    #[error("this episode was scored before")]
    ScoredBefore,
    /// No such place that is told what happens.
    #[error("there is no webhook {0}")]
    UnknownEndpoint(EndpointId),
    /// No such program that may tell us something.
    #[error("there is no source of this name")]
    UnknownSource,
    /// The key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The bot has become the responder in the meantime, and no reply of it was given.
    #[error("the bot is the responder; compute its reply and try again")]
    ReplyNeeded,
    /// The database holds something that this change contradicts, such as a second open ticket.
    #[error("the conversation changed at the same time; try again")]
    Conflict(#[source] Arc<sqlx::Error>),
    /// The database does not take what was to be kept, such as a text with a NUL.
    #[error("the request holds something that cannot be kept; leave out control characters")]
    Malformed(#[source] Arc<sqlx::Error>),
    /// The step does not apply in this state.
    #[error(transparent)]
    Refused(#[from] RefusedStep),
    /// No room is left.
    #[error(
        "the disk or quota is full, or its files cannot be written; free some space in the data folder, or mend its disk"
    )]
    DiskFull(#[source] Arc<sqlx::Error>),
    /// The disk refuses to write.
    #[error("the database cannot be written; mend the permissions of the data folder")]
    ReadOnly(#[source] Arc<sqlx::Error>),
    /// The file was moved or removed; what was written to it would be lost.
    #[error(
        "the database file {path} was moved or removed while it is in use; stop mondo and put the file back"
    )]
    FileGone {
        /// Where it was.
        path: PathBuf,
    },
    /// Another program holds the database.
    #[error("another program has locked the database; stop it")]
    Locked(#[source] Arc<sqlx::Error>),
    /// A stored value cannot be understood.
    #[error(
        "the stored {what} cannot be read; use the version of mondo that wrote it, or restore a backup"
    )]
    Unreadable {
        /// What the value should be.
        what: &'static str,
        /// Why not.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// Anything else of the database.
    #[error("the database failed: {0}")]
    Database(#[source] Arc<sqlx::Error>),
    /// The writer or the runtime has ended, such as at shutdown.
    #[error("the store is closed; start mondo again")]
    Stopped,
}

impl StoreError {
    /// Wraps the reason why a stored value could not be understood.
    pub(in crate::store) fn unreadable(
        what: &'static str,
        source: impl Error + Send + Sync + 'static,
    ) -> Self {
        Self::Unreadable {
            what,
            source: Arc::new(source),
        }
    }

    /// Says what an error of the database means to whoever wanted to read or keep something.
    fn meaning(trouble: Trouble, source: Arc<sqlx::Error>) -> Self {
        match trouble {
            Trouble::DiskFull => Self::DiskFull(source),
            Trouble::ReadOnly | Trouble::CannotOpen => Self::ReadOnly(source),
            Trouble::Locked => Self::Locked(source),
            Trouble::Constraint | Trouble::Retry => Self::Conflict(source),
            Trouble::Malformed => Self::Malformed(source),
            Trouble::Damaged | Trouble::Other => Self::Database(source),
        }
    }

    /// Tells whether the database itself failed, so that other changes of the same commit are in doubt.
    pub(in crate::store) fn is_of_database(&self) -> bool {
        matches!(
            self,
            Self::DiskFull(_)
                | Self::ReadOnly(_)
                | Self::Locked(_)
                | Self::Database(_)
                | Self::Stopped
        )
    }
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::FileLost(Arc::new(error)),
            other => Self::Files(Arc::new(other)),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if is_about_a_row(&error) {
            return Self::unreadable("row", error);
        }
        Self::meaning(Trouble::of(&error), Arc::new(error))
    }
}

/// Tells whether the database worked, and only what it gave is not what was expected.
fn is_about_a_row(error: &sqlx::Error) -> bool {
    use sqlx::Error::{ColumnDecode, ColumnIndexOutOfBounds, ColumnNotFound, Decode, RowNotFound};
    matches!(
        error,
        RowNotFound
            | ColumnNotFound(_)
            | ColumnIndexOutOfBounds { .. }
            | ColumnDecode { .. }
            | Decode(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::trouble::Dialect;

    #[test]
    fn a_refused_change_puts_no_other_in_doubt() {
        let check = |dialect: Dialect, code: &str, in_doubt: bool| {
            let source = Arc::new(sqlx::Error::WorkerCrashed);
            let error = StoreError::meaning(dialect.trouble(code), source);
            assert_eq!(
                error.is_of_database(),
                in_doubt,
                "{dialect:?} {code}: {error:?}"
            );
        };
        // Undone to their savepoints.
        for code in ["23505", "23503", "40001", "40P01", "22021"] {
            check(Dialect::Postgres, code, false);
        }
        // They end the commit.
        for code in ["53100", "57014", "08006", "25006", "25P02"] {
            check(Dialect::Postgres, code, true);
        }
        for (code, in_doubt) in [("2067", false), ("787", false), ("13", true), ("5", true)] {
            check(Dialect::Sqlite, code, in_doubt);
        }
    }
}
