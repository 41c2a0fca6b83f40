//! What must survive: conversations, messages, tickets, events and answer records, in SQLite.
//!
//! Reading order: [`Store::open`] prepares the file, a [`Reader`] reads it, and one writer task changes it in groups
//! that share a commit. A call that returned `Ok` is on disk. Rows are private to this module; SQL is written for
//! SQLite and Postgres alike. It must not know engines, visitors' requests or the clock.

mod error;
mod opening;

mod reader;
mod writer;

mod answers;
mod attachments;
mod conversations;
mod events;
mod feedback;
mod mail_outbox;
mod messages;
mod opinions;
mod owners;
mod satisfaction;
mod surges;
mod ticket_rule;
mod ticket_work;
mod tickets;

mod access;
mod agents;
mod offers;
mod own_account;
mod queue;
mod recovery_codes;

mod knowledge_revisions;
mod proposals;
mod sent_replies;
mod staff_log;

mod staff_acts;
mod transcript;
mod turns;

mod deliveries;
mod endpoints;
mod outbox;
mod outside;
mod sources;

mod codes;
mod files;
mod idempotency;
mod link_keys;
mod seal;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::conversation::{LinkKeys, Timestamp};
use crate::schedule::Hours;

pub use access::{ApiKey, KeyId, NewSession, Session};
pub use agents::Credentials;
pub use answers::{AnswerOrigin, AnswerRecord};
pub use attachments::NewAttachment;
pub use deliveries::{Attempt, Delivery, DeliveryFilter, DeliveryStatus, Due, Outcome};
pub use endpoints::{Endpoint, EndpointChange, EndpointKind, HelpDeskAccount};
pub use error::{OpenError, StoreError};
pub use feedback::NewFeedback;
pub use files::FileSettings;
pub use idempotency::{IdempotencyKey, InvalidKey, KeyedRequest};
pub use knowledge_revisions::{KeptText, NewText, TextOrigin};
pub use mail_outbox::{DueMail, MailId, MailKind, MailOutcome, SentMail};
pub use offers::{Fitness, NextFor};
pub use opinions::{ArticleOpinion, OpinionCount};
pub use outbox::{Telling, Told};
pub use outside::{ExternalTicket, NewOutsideWish, OutsideWish};
pub use owners::Owner;
pub use proposals::{Macro, Proposal, ProposalVerdict, UsedSuggestion};
pub use queue::{QueueCounts, QueueEntry, QueueFilter};
pub use reader::Reader;
pub use recovery_codes::SecondProof;
pub use satisfaction::NewSatisfaction;
pub use sent_replies::SentReply;
pub use sources::{Source, SourceFormat};
pub use staff_acts::{NewStaffAct, StaffAct, StaffOutcome, Timers};
pub use staff_log::StaffLogLine;
pub use surges::{PastSurge, SurgeChange, SurgeRequest};
pub use ticket_work::{NewTicketWork, TicketNote, TicketView, TicketWork};
pub use transcript::Written;
pub use turns::{NewEscalation, NewTurn, ProposedReply};

use files::Files;
use surges::KnownSurges;
use writer::Writer;

/// The database connection and row types; Postgres will join them here.
type Connection = sqlx::SqliteConnection;
type Row = sqlx::sqlite::SqliteRow;

/// Reads and changes what is kept; clones share one writer.
#[derive(Debug, Clone)]
pub struct Store {
    reader: Reader,
    writer: Arc<Writer>,
    path: PathBuf,
    hours: Hours,
    files: Files,
    file_settings: FileSettings,
    link_keys: LinkKeys,
    surges: KnownSurges,
}

impl Store {
    /// Opens the database in a data folder; makes both when they are missing, and brings the schema up to date.
    ///
    /// Must be called inside a tokio runtime, which then carries the writer.
    pub async fn open(folder: &Path, now: Timestamp) -> Result<Self, OpenError> {
        let path = opening::make_path(folder)?;
        let mut connection = opening::open_for_writing(&path).await?;
        idempotency::forget_old(&mut connection, now)
            .await
            .map_err(|source| OpenError::database(&path, source))?;
        let reader = Reader::connect(&path).await?;
        let store = Self {
            reader,
            writer: Arc::new(Writer::start(connection)),
            path,
            hours: Hours::default(),
            files: Files::in_folder(folder)?,
            file_settings: FileSettings::default(),
            link_keys: link_keys::load(folder)?,
            surges: KnownSurges::default(),
        };
        store.refresh_surges(now).await.map_err(OpenError::Surges)?;
        Ok(store)
    }

    /// Sets the opening hours and promises that new tickets are measured by.
    #[must_use]
    pub fn with_hours(mut self, hours: Hours) -> Self {
        self.hours = hours;
        self
    }

    /// Sets what attachments are taken and where they are kept.
    pub fn with_files(mut self, settings: FileSettings) -> Result<Self, OpenError> {
        if !settings.bucket.is_empty() {
            self.files = Files::in_bucket(&settings)?;
        }
        self.file_settings = settings;
        Ok(self)
    }

    /// Keys that sign links to status pages.
    pub fn link_keys(&self) -> &LinkKeys {
        &self.link_keys
    }

    /// What attachments are taken.
    pub fn file_settings(&self) -> &FileSettings {
        &self.file_settings
    }

    /// Opening hours and promises.
    pub fn hours(&self) -> &Hours {
        &self.hours
    }

    /// Reads what is kept.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Waits until something was written after this was asked for.
    pub fn written(&self) -> impl Future<Output = ()> + Send + use<> {
        self.writer.written()
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Tells whether reading and writing work.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.reader.check().await?;
        // The write lock is taken and released; nothing changes, so no disk is waited for.
        self.writer.write(|_| Box::pin(async { Ok(()) })).await
    }
}
