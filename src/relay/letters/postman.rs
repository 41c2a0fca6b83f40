//! The postman: looks into a mailbox, takes what is unread, and waits for news. One process at a time does; a mailbox that
//! cannot be reached is tried again, less and less often.

use std::sync::Arc;
use std::time::Duration;

use super::settings::{AfterReading, MailboxSettings};
use super::taking::{LetterError, PostOffice};
use crate::client::{Mailbox, MailboxAccount, MailboxError, Mark};
use crate::desk::{Desk, DeskError, LetterOutcome};
use crate::ids::EndpointId;
use crate::time::Timestamp;

/// How long a process that reads a mailbox keeps others from it; when it has died, another one takes over after this.
const HELD_MS: i64 = 60 * 1_000;
/// How often it says so again.
const HELD_AGAIN: Duration = Duration::from_secs(15);

/// Pause after a mailbox could not be read; each later one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10 * 60);
/// Pause while another process reads.
const ANOTHER_READS: Duration = Duration::from_secs(20);

/// Why a round ended.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error("what was read could not be kept: {0}")]
    Desk(#[from] DeskError),
    #[error("another process reads the mailbox by now")]
    Taken,
}

/// Fetches the letters of one mailbox.
pub struct Postman {
    desk: Arc<Desk>,
    account: MailboxAccount,
    settings: MailboxSettings,
    address: String,
    outlet: EndpointId,
    /// Names this process to the others.
    name: String,
}

impl Postman {
    /// Joins a desk and a mailbox.
    pub fn new(
        desk: Arc<Desk>,
        settings: MailboxSettings,
        address: String,
        account: MailboxAccount,
        outlet: EndpointId,
    ) -> Self {
        Self {
            desk,
            account,
            settings,
            address,
            outlet,
            name: uuid::Uuid::now_v7().to_string(),
        }
    }

    /// Fetches letters until it is dropped.
    pub async fn run(self, clock: impl Fn() -> Timestamp + Send + Sync) {
        let mut pause = FIRST_PAUSE;
        let mut is_failing = false;
        loop {
            let broken = match self.hold(clock()).await {
                Ok(false) => {
                    tokio::time::sleep(ANOTHER_READS).await;
                    continue;
                }
                Ok(true) => self.rounds(&clock, &mut pause, &mut is_failing).await,
                Err(error) => Broken::Desk(error),
            };
            if matches!(broken, Broken::Taken) {
                continue;
            }
            let told = broken.to_string();
            if !is_failing {
                tracing::warn!(
                    mailbox = self.address,
                    server = self.account.place(),
                    error = told,
                    "the mailbox cannot be read; it is tried again, less and less often"
                );
            }
            is_failing = true;
            if let Err(error) = self
                .desk
                .workplace
                .note_mailbox(self.outlet, Some(told), clock())
                .await
            {
                tracing::error!(%error, "it could not be noted that the mailbox cannot be read");
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn hold(&self, now: Timestamp) -> Result<bool, DeskError> {
        let until = now.later_by(HELD_MS);
        self.desk
            .workplace
            .hold_mailbox(self.outlet, &self.name, until, now)
            .await
    }

    /// Goes on holding the mailbox; a process that slept for too long finds that another one does.
    async fn keep(&self, now: Timestamp) -> Result<(), Broken> {
        match self.hold(now).await? {
            true => Ok(()),
            false => Err(Broken::Taken),
        }
    }

    /// Takes what is unread and waits for more, until something breaks.
    async fn rounds(
        &self,
        clock: &(impl Fn() -> Timestamp + Send + Sync),
        pause: &mut Duration,
        is_failing: &mut bool,
    ) -> Broken {
        let opened = self.open().await;
        let mut mailbox = match opened {
            Ok(mailbox) => mailbox,
            Err(error) => return error.into(),
        };
        loop {
            if let Err(broken) = self.round(&mut mailbox, clock).await {
                mailbox.close().await;
                return broken;
            }
            if let Err(error) = self
                .desk
                .workplace
                .note_mailbox(self.outlet, None, clock())
                .await
            {
                return error.into();
            }
            if std::mem::take(is_failing) {
                tracing::info!(mailbox = self.address, "the mailbox can be read again");
            }
            *pause = FIRST_PAUSE;
            mailbox = match self.wait(mailbox, clock).await {
                Ok(mailbox) => mailbox,
                Err(broken) => return broken,
            };
        }
    }

    /// Waits for news, and keeps other processes from the mailbox meanwhile.
    async fn wait(
        &self,
        mailbox: Mailbox,
        clock: &(impl Fn() -> Timestamp + Send + Sync),
    ) -> Result<Mailbox, Broken> {
        let waiting = mailbox.wait(Duration::from_secs(u64::from(self.settings.look_s)));
        tokio::pin!(waiting);
        loop {
            tokio::select! {
                waited = &mut waiting => return Ok(waited?),
                () = tokio::time::sleep(HELD_AGAIN) => {
                    self.keep(clock()).await?;
                }
            }
        }
    }

    async fn open(&self) -> Result<Mailbox, MailboxError> {
        let authorities = &self.settings.ca_file;
        let authorities = (!authorities.as_os_str().is_empty()).then_some(authorities.as_path());
        Mailbox::open(&self.account, &self.settings.folder, authorities).await
    }

    async fn round(
        &self,
        mailbox: &mut Mailbox,
        clock: &(impl Fn() -> Timestamp + Send + Sync),
    ) -> Result<(), Broken> {
        self.keep(clock()).await?;
        // While nobody could be answered, letters stay where they are.
        let outlet = self.desk.workplace.endpoint(&self.outlet, clock());
        if !outlet.await?.active {
            return Ok(());
        }
        for uid in mailbox.unread().await? {
            self.keep(clock()).await?;
            let Some(raw) = mailbox.read(uid, self.settings.max_bytes).await? else {
                tracing::warn!(
                    mailbox = self.address,
                    uid,
                    "a mail is too long to be read, or has gone; it is left to people"
                );
                mailbox.mark(uid, Mark::ReadAndFlagged).await?;
                continue;
            };
            let office = PostOffice {
                workplace: &self.desk.workplace,
                visitors: &self.desk.visitors,
                outlet: self.outlet,
                address: &self.address,
            };
            match office.take(&raw, clock()).await {
                Ok(taken) => {
                    tracing::info!(
                        mailbox = self.address,
                        uid,
                        outcome = taken.outcome.code(),
                        "a mail came in"
                    );
                    self.put_away(mailbox, uid, taken.outcome).await?;
                }
                Err(LetterError::Desk(error)) if error.may_pass() => return Err(error.into()),
                Err(error) => {
                    tracing::warn!(mailbox = self.address, uid, %error, "a mail was not taken; it is left to people, flagged");
                    mailbox.mark(uid, Mark::ReadAndFlagged).await?;
                }
            }
        }
        Ok(())
    }

    async fn put_away(
        &self,
        mailbox: &mut Mailbox,
        uid: u32,
        outcome: LetterOutcome,
    ) -> Result<(), MailboxError> {
        // What was read before and not taken stays where people find it.
        if matches!(outcome, LetterOutcome::Refused | LetterOutcome::Limited) {
            return mailbox.mark(uid, Mark::ReadAndFlagged).await;
        }
        match self.settings.after {
            AfterReading::Keep => mailbox.mark(uid, Mark::Read).await,
            AfterReading::Move => mailbox.move_to(uid, &self.settings.move_to).await,
            AfterReading::Delete => mailbox.delete(uid).await,
        }
    }
}
