//! The mail server, as the settings name it, and what every mail that leaves has in common.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwapOption;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox, MessageBuilder, MultiPart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{Address, AsyncTransport as _, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};

use super::mail_page::page_of;
use crate::locale::Locale;
use crate::mail::{DkimKey, InvalidDkimKey};
use crate::signing::Secret;
use crate::staff::EmailAddress;
use crate::time::Timestamp;

/// Whether and how mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailSettings {
    /// Who it comes from.
    pub from: String,
    /// The server it is handed to, with the password it wants; empty for no mail.
    pub smtp_url: Secret,
    /// File with the private key by which the domain signs; empty for no signature.
    pub dkim_key: PathBuf,
    /// Name under which the public half stands in the DNS.
    pub dkim_selector: String,
}

/// Why mail cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum InvalidMailSettings {
    /// Nobody it could come from.
    #[error("mail.from {0:?} is no sender; write it as Help <help@example.com>")]
    From(String),
    /// Nothing it could be handed to.
    #[error(
        "mail.smtp_url is no address of a mail server: {0}; write it as smtps://user:password@host or smtp://host:25"
    )]
    Server(#[source] lettre::transport::smtp::Error),
    /// The file with the key cannot be read.
    #[error("mail.dkim_key {path} cannot be read: {source}")]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The key does not sign mail.
    #[error("mail.dkim_key {path} {source}")]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: InvalidDkimKey,
    },
}

/// Longest time an attempt may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Hands mail to a server; cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    server: AsyncSmtpTransport<Tokio1Executor>,
    pub(super) from: Mailbox,
    /// Name of the company.
    pub(super) name: String,
    /// Public address of this server, without a slash at the end; without one, mails have no links.
    pub(super) base: String,
    /// Address of the mailbox that is read, for answers.
    pub(super) inbox: Option<Address>,
    dkim: Option<Arc<DkimKey>>,
}

/// The mail server as the settings name it now; nothing where they name none.
pub(in crate::desk) type Outgoing = Arc<ArcSwapOption<Mailer>>;

/// What became of a mail that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HandedOver {
    /// The other server has it.
    Taken,
    /// It may take it later, and says why not now.
    Later(String),
    /// It never will.
    Never(String),
}

/// Why a mail cannot be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unwritable {
    #[error("the address cannot be written to: {0}")]
    Address(#[from] lettre::address::AddressError),
    #[error("the mail cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
}

impl Mailer {
    /// Reads the settings; `None` when no mail is wanted.
    pub fn new(
        settings: &MailSettings,
        name: &str,
        base: &str,
    ) -> Result<Option<Self>, InvalidMailSettings> {
        if settings.smtp_url.is_empty() {
            return Ok(None);
        }
        let from: Mailbox = settings
            .from
            .parse()
            .map_err(|_| InvalidMailSettings::From(settings.from.clone()))?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(settings.smtp_url.reveal())
            .map_err(InvalidMailSettings::Server)?
            .timeout(Some(PATIENCE))
            .build();
        Ok(Some(Self {
            server,
            dkim: dkim_key(settings, from.email.domain())?,
            from,
            name: name.to_owned(),
            base: base.trim_end_matches('/').to_owned(),
            inbox: None,
        }))
    }

    /// Says to which mailbox answers go, once one is read.
    #[must_use]
    pub fn answered_at(mut self, inbox: &str) -> Self {
        self.inbox = inbox.parse().ok();
        self
    }

    /// Tells whether a mail with this address as its sender is our own.
    pub fn is_own(&self, address: &str) -> bool {
        address.eq_ignore_ascii_case(self.from.email.as_ref())
    }

    /// Returns the domain of names of mails.
    pub(super) fn domain(&self) -> &str {
        self.inbox.as_ref().unwrap_or(&self.from.email).domain()
    }

    /// Begins a mail: from whom, to whom, when, and under which name. With the token of a conversation answers come back
    /// to it, and what cannot be delivered does too.
    pub(super) fn addressed(
        &self,
        to: &EmailAddress,
        id: &str,
        thread: Option<&str>,
        now: Timestamp,
    ) -> Result<MessageBuilder, Unwritable> {
        let to: Address = to.as_str().parse()?;
        let moment = Duration::from_millis(now.as_millis().max(0).unsigned_abs());
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .date(SystemTime::UNIX_EPOCH + moment)
            .message_id(Some(format!("<{id}@{}>", self.domain())))
            .header(MIME_VERSION_1_0);
        if let (Some(inbox), Some(thread)) = (&self.inbox, thread) {
            let answers = Address::new(format!("{}+{thread}", inbox.user()), inbox.domain())?;
            builder = builder
                .reply_to(Mailbox::new(self.from.name.clone(), answers.clone()))
                .envelope(Envelope::new(Some(answers), vec![to])?);
        }
        Ok(builder)
    }

    /// Signs a mail where the domain has a key, and hands it over.
    pub(super) async fn hand_over(&self, message: &Message, now: Timestamp) -> HandedOver {
        let written = message.formatted();
        let written = match &self.dkim {
            Some(key) => key.signed(&written, now.as_millis().div_euclid(1_000)),
            None => written,
        };
        match self.server.send_raw(message.envelope(), &written).await {
            Ok(_) => HandedOver::Taken,
            Err(error) => {
                let said = shortened(&error.to_string());
                match error.is_permanent() {
                    true => HandedOver::Never(said),
                    false => HandedOver::Later(said),
                }
            }
        }
    }
}

/// Writes a text twice: plain, and as a page.
pub(super) fn in_both_forms(text: &str, locale: Locale) -> MultiPart {
    MultiPart::alternative_plain_html(text.to_owned(), page_of(text, locale))
}

/// Programs that answer mail leave it unanswered (RFC 3834), and Exchange its out-of-office notices.
pub(super) fn marked_automatic(builder: MessageBuilder, kind: &'static str) -> MessageBuilder {
    let header = |name, value: &str| {
        let name = HeaderName::new_from_ascii_str(name);
        HeaderValue::new(name, value.to_owned())
    };
    builder
        .raw_header(header("Auto-Submitted", kind))
        .raw_header(header("X-Auto-Response-Suppress", "All"))
}

fn dkim_key(
    settings: &MailSettings,
    domain: &str,
) -> Result<Option<Arc<DkimKey>>, InvalidMailSettings> {
    let path = settings.dkim_key.clone();
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    let pem = std::fs::read_to_string(&path);
    let pem = match pem {
        Ok(pem) => pem,
        Err(source) => return Err(InvalidMailSettings::KeyFile { path, source }),
    };
    match DkimKey::read(&pem, domain, &settings.dkim_selector) {
        Ok(key) => Ok(Some(Arc::new(key))),
        Err(source) => Err(InvalidMailSettings::Key { path, source }),
    }
}

/// What another server says is kept for staff, a line of it.
fn shortened(said: &str) -> String {
    said.chars()
        .map(|character| match character.is_control() {
            true => ' ',
            false => character,
        })
        .take(200)
        .collect()
}
