//! What must survive: conversations, messages, tickets, events and answer records, in SQLite or
//! PostgreSQL.
//!
//! Reading order: [`Store::open`] prepares the file, a [`Reader`] reads it, and one writer task changes it in groups
//! that share a commit. A call that returned `Ok` is on disk. Rows are private to this module; SQL is written for
//! SQLite and Postgres alike, and what differs stands in `dialect`. Whatever several rooms do in one transaction stands
//! in `turns`, above the rooms with the rows. It must not know engines, visitors' requests or the clock.

mod chores;
mod handle;
mod rotating;
mod starting;

mod insights;
mod privacy;
mod record;

mod turns;

mod conversations;
mod delivery;
mod knowledge;
mod staff;
mod tickets;

mod jobs;
mod reader;
mod remembered;
mod savepoint;
mod writer;

mod place;

mod changes;
mod files;
mod idempotency;
mod link_keys;

mod dialect;
mod error;
mod trouble;
#[cfg(test)]
mod upgrading;

mod chain;
mod keyring;
mod lately;
mod linking_old;
mod record_settings;
mod seal;
mod sealing_old;

mod codes;
mod places;

pub use conversations::{
    AnswerOrigin, AnswerRecord, NewAttachment, Owner, ReadingSide, Reads, RecordedOutcome,
};
pub use delivery::{
    Admission, Attempt, Backlog, Delivery, DeliveryFilter, DeliveryStatus, Due, DueMail, DuePush,
    DueStaffLetter, Endpoint, EndpointChange, EndpointKind, KeptLookup, LetterHead, LetterHeads,
    LetterOutcome, MAX_DELIVERIES, MailId, MailKind, MailOutcome, MailState, MailboxState,
    NewLetter, NewStaffLetter, Outcome, PushOutcome, PushSubscription, SentMail, ServiceAccount,
    Source, SourceFormat, Telling, Told, Untold,
};
pub use error::{OpenError, StoreError};
pub use files::FileSettings;
pub use handle::Store;
pub use idempotency::{IdempotencyKey, InvalidKey, KeyedRequest, MAX_KEY_CHARS, MIN_KEY_CHARS};
pub use insights::{
    AskedOfLate, ContractReview, ContractThreshold, DailyCount, DailyPart, DailyScore, Dismissal,
    FactFilter, FactKind, FactPlace, FactRow, FruitlessSearch, GapChanges, Judgeable, Judged,
    KeptGap, MonthRecord, NewJudgement, OutcomeKind, Part, RecordedQuestion, Satisfaction,
    ScorePart, Shown, ThresholdChange, TicketTimes, Unanswered, UnansweredQuestion, scores_by,
};
pub use knowledge::{
    ArticleEdit, ArticleOpinion, ArticleUse, ChosenWords, KeptText, Macro, NewSharedFile, NewText,
    OpinionCount, Proposal, ProposalVerdict, SentReply, SharedFile, TextOrigin, UsedSuggestion,
    shared_hash,
};
pub use place::{
    CopiedTable, FolderLock, LockError, StorePlace, StoreSettings, TransferError, copy_database,
    copy_store,
};
pub use privacy::{Erased, Expired, HeldConversation};
pub use reader::Reader;
pub use record::{Fault, FaultKind, RecordHead, Verified, Verifying};
pub use record_settings::{RecordSettings, Retention};
pub use rotating::{Rotated, RotationError, UsedMasterKey};
pub use staff::{
    ApiKey, AttemptLane, ByProvider, CountedAttempt, Credentials, Identified, KeptPasskey, KeyId,
    NewIdentity, NewSession, OpenSession, SavedView, SecondProof, Session, StaffLogFilter,
    StaffLogLine,
};
pub use tickets::{
    HeldCounts, LastWord, ListedTicket, PastSurge, QueueCounts, QueueEntry, QueueFilter,
    QueueOrder, QueueTally, SurgeChange, SurgeRequest, TicketFilter,
};
pub use turns::{
    EarlierConversation, ExternalTicket, Fitness, Given, NewChannelNote, NewEscalation,
    NewFeedback, NewOutsideWish, NewSatisfaction, NewSnooze, NewStaffAct, NewTicketWork, NewTurn,
    NextFor, OutsideWish, ProposedReply, Ruled, StaffAct, StaffOutcome, TicketNote, TicketView,
    TicketWork, Timers, Visit, Written,
};
