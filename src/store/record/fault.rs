//! What can be wrong with the record, and where.

use std::fmt;

use crate::record::{Hash, PublicKey};

/// Something that is not as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The stream; `None` where it is the checkpoints'.
    pub stream: Option<String>,
    /// The event or checkpoint, where one can be named.
    pub number: Option<i64>,
    /// What is wrong with it.
    pub kind: FaultKind,
}

/// How it is not as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// Others stand where it should be.
    #[error("it is missing; {0} follows where it should be")]
    Missing(i64),
    /// What it says was altered.
    #[error("its content is not what was recorded")]
    Content,
    /// What it is about is not there.
    #[error("what it is about has gone")]
    NoContent,
    /// Kind, subject, time or commitment was altered, or an event before it.
    #[error("it was altered, moved or put in: its link does not follow from the events before it")]
    Link,
    /// The end of the stream was cut off.
    #[error(
        "it is the newest event, and checkpoint {checkpoint} vouches for events up to {sequence}: the end was cut off"
    )]
    CutOff {
        /// The checkpoint that knows better.
        checkpoint: i64,
        /// How far it vouches.
        sequence: i64,
    },
    /// The stream was written anew.
    #[error("checkpoint {0} vouches for another event in its place: the stream was written anew")]
    Rewritten(i64),
    /// The stream says of itself that it ends elsewhere.
    #[error("the stream ends here, and its conversation says that it ends with another event")]
    OtherEnd,
    /// A message that nobody recorded.
    #[error("message {0} is in no event: it was put in or repeated")]
    Unrecorded(String),
    /// Everything of it has gone.
    #[error("it has gone, and checkpoint {0} vouches for it")]
    Gone(i64),
    /// It is said to be erased, and nobody has erased it.
    #[error("it is marked as erased, and no act of staff or of the retention says so")]
    ErasedByNobody,
    /// It cannot be read at all.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// A checkpoint does not follow from the one before.
    #[error("it does not name the checkpoint before it: one of them was altered or taken away")]
    CheckpointLink,
    /// A checkpoint's signature is not of its key.
    #[error("its signature is not of this checkpoint")]
    Signature,
    /// A checkpoint is signed by somebody else.
    #[error("it is signed with {0}, and not with a key that was named")]
    OtherKey(PublicKey),
    /// The heads a checkpoint stands for were altered.
    #[error("the heads of streams that are kept with it are not those it was made of")]
    Leaves,
    /// The database is an old copy.
    #[error(
        "the data folder names checkpoint {number} with hash {hash} as the newest, and the database does not have it: an older database was put in place, or checkpoints were taken away"
    )]
    RolledBack {
        /// Number of the newest checkpoint ever made.
        number: i64,
        /// Its hash.
        hash: Hash,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number.map(|number| number.to_string());
        match (self.stream.as_deref(), number) {
            (None, Some(number)) => write!(formatter, "checkpoint {number}")?,
            (None, None) => formatter.write_str("checkpoints")?,
            (Some("staff"), Some(number)) => write!(formatter, "staff log, line {number}")?,
            (Some("staff"), None) => formatter.write_str("staff log")?,
            (Some(id), Some(number)) => write!(formatter, "conversation {id}, event {number}")?,
            (Some(id), None) => write!(formatter, "conversation {id}")?,
        }
        write!(formatter, ": {}", self.kind)
    }
}
