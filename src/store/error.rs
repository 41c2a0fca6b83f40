//! Why something could not be read or kept, and what to do about it.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::conversation::{
    AgentId, AnswerId, AttachmentId, ConversationId, EndpointId, InvalidLinkKeys, MessageId,
    RefusedStep, TicketNumber,
};

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
    #[error("could not write {}: the disk or quota is full; free some space or choose another folder with --data", path.display())]
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
    #[error("{} was written by an older mondo (schema {found}); start `mondo serve` on it once to bring it up to date", path.display())]
    OlderSchema {
        /// The database file.
        path: PathBuf,
        /// Schema found in the file.
        found: i64,
    },
    /// The file with the keys of status links is damaged.
    #[error("{}: {source}; take the line away, or the file for new keys, which voids every link", path.display())]
    LinkKeys {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: InvalidLinkKeys,
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
    /// Names what an operator can do about an error of the database.
    pub(super) fn database(path: &Path, source: sqlx::Error) -> Self {
        let path = path.to_owned();
        match Trouble::of(&source) {
            Trouble::CannotOpen | Trouble::ReadOnly => Self::ReadOnly { path, source },
            Trouble::DiskFull => Self::DiskFull { path, source },
            Trouble::Locked => Self::Locked { path, source },
            Trouble::Damaged => Self::Damaged { path, source },
            Trouble::Constraint | Trouble::Other => Self::Database { path, source },
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
    /// The step does not apply in this state.
    #[error(transparent)]
    Refused(#[from] RefusedStep),
    /// No room is left.
    #[error("the disk or quota is full; free some space in the data folder")]
    DiskFull(#[source] Arc<sqlx::Error>),
    /// The disk refuses to write.
    #[error("the database cannot be written; mend the permissions of the data folder")]
    ReadOnly(#[source] Arc<sqlx::Error>),
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
    pub(super) fn unreadable(
        what: &'static str,
        source: impl Error + Send + Sync + 'static,
    ) -> Self {
        Self::Unreadable {
            what,
            source: Arc::new(source),
        }
    }

    /// Tells whether the database itself failed, so that other changes of the same commit are in doubt.
    pub(super) fn is_of_database(&self) -> bool {
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
        Self::Files(Arc::new(error))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if is_about_a_row(&error) {
            return Self::unreadable("row", error);
        }
        let trouble = Trouble::of(&error);
        let source = Arc::new(error);
        match trouble {
            Trouble::DiskFull => Self::DiskFull(source),
            Trouble::ReadOnly | Trouble::CannotOpen => Self::ReadOnly(source),
            Trouble::Locked => Self::Locked(source),
            Trouble::Constraint => Self::Conflict(source),
            Trouble::Damaged | Trouble::Other => Self::Database(source),
        }
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

/// What an error of the database means to an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    CannotOpen,
    ReadOnly,
    DiskFull,
    Locked,
    Damaged,
    Constraint,
    Other,
}

impl Trouble {
    /// Reads SQLite's result code; <https://sqlite.org/rescode.html>.
    fn of(error: &sqlx::Error) -> Self {
        let Some(code) = error.as_database_error().and_then(|error| error.code()) else {
            return Self::Other;
        };
        let Ok(extended) = code.parse::<i32>() else {
            return Self::Other;
        };
        // A file-size limit or quota shows as a failed write, truncation or growth of the shared memory file.
        const FAILED_GROWTH: [i32; 4] = [778, 1_546, 1_034, 4_874];
        match extended & 0xff {
            5 | 6 => Self::Locked,
            8 => Self::ReadOnly,
            10 if FAILED_GROWTH.contains(&extended) => Self::DiskFull,
            11 | 26 => Self::Damaged,
            13 => Self::DiskFull,
            14 => Self::CannotOpen,
            19 => Self::Constraint,
            _ => Self::Other,
        }
    }
}
