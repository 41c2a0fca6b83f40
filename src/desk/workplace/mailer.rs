//! The mail server, as the settings name it.

use std::time::Duration;

use lettre::Tokio1Executor;
use lettre::message::Mailbox;
use lettre::transport::smtp::AsyncSmtpTransport;
use serde::{Deserialize, Serialize};

use crate::signing::Secret;

/// Whether and how mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailSettings {
    /// Who it comes from.
    pub from: String,
    /// The server it is handed to, with the password it wants; empty for no mail.
    pub smtp_url: Secret,
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
}

/// Longest time an attempt may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Hands mail to a server.
pub struct Mailer {
    pub(super) server: AsyncSmtpTransport<Tokio1Executor>,
    pub(super) from: Mailbox,
    /// Name of the company.
    pub(super) name: String,
    /// Public address of this server, without a slash at the end; without one, mails have no links.
    pub(super) base: String,
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
            from,
            name: name.to_owned(),
            base: base.trim_end_matches('/').to_owned(),
        }))
    }
}
