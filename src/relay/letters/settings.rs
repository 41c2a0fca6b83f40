//! The mailbox, as the operator names it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::client::{InvalidMailbox, MailboxAccount};
use crate::signing::Secret;

/// A mailbox that visitors write to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailboxSettings {
    /// Its address; empty for no mail from visitors.
    pub address: String,
    /// The server it is read from, with name and password; empty where a program posts the mails.
    pub imap_url: Secret,
    /// Folder whose unread mails are taken.
    pub folder: String,
    /// What becomes of a mail that was taken.
    pub after: AfterReading,
    /// Folder it is moved into.
    pub move_to: String,
    /// Certificates of an authority that vouches for the server.
    pub ca_file: PathBuf,
    /// Seconds between two looks where the server tells of no news.
    pub look_s: u32,
    /// Largest mail that is read, in bytes.
    pub max_bytes: usize,
}

/// What becomes of a mail that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterReading {
    /// It stays, marked as read.
    #[default]
    Keep,
    /// It is moved into another folder.
    Move,
    /// It is deleted.
    Delete,
}

impl Default for MailboxSettings {
    fn default() -> Self {
        Self {
            address: String::new(),
            imap_url: Secret::default(),
            folder: "INBOX".to_owned(),
            after: AfterReading::Keep,
            move_to: "mondo".to_owned(),
            ca_file: PathBuf::new(),
            look_s: 60,
            max_bytes: 25 * 1024 * 1024,
        }
    }
}

/// A mailbox whose settings fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadMailbox {
    /// Its address, in small letters.
    pub address: String,
    /// Where it is read; nothing where a program posts the mails.
    pub account: Option<MailboxAccount>,
}

/// Why a mailbox cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMailboxSettings {
    /// The address is none, or leaves no room for the token of a conversation.
    #[error(
        "{0:?} is no address of a mailbox; write it as help@example.com, with at most {MAX_LOCAL_CHARS} characters and no plus before the @"
    )]
    Address(String),
    /// A server without an address.
    #[error("is empty, although mailbox.imap_url is set; name the address that visitors write to")]
    NoAddress,
    /// Nobody could be answered.
    #[error("is set, but mail.smtp_url is not, so that nobody could be answered; set that too")]
    NoMail,
    /// The server is written in another way.
    #[error(transparent)]
    Server(#[from] InvalidMailbox),
    /// A time or a folder that is none.
    #[error(
        "mailbox.look_s has to be 5 to 3600, and neither mailbox.folder nor mailbox.move_to may be empty"
    )]
    Reading,
}

/// Most characters before the `@`: 64 are allowed, and a plus and 42 of a token follow.
const MAX_LOCAL_CHARS: usize = 21;

impl InvalidMailboxSettings {
    /// Names the setting that does not fit.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Address(_) | Self::NoAddress | Self::NoMail => "mailbox.address",
            Self::Server(_) => "mailbox.imap_url",
            Self::Reading => "mailbox.look_s",
        }
    }
}

impl MailboxSettings {
    /// Reads the settings; nothing where no mail of visitors is wanted. `sends_mail` tells whether they could be answered.
    pub fn read(&self, sends_mail: bool) -> Result<Option<ReadMailbox>, InvalidMailboxSettings> {
        let address = self.address.trim().to_lowercase();
        if address.is_empty() {
            return match self.imap_url.is_empty() {
                true => Ok(None),
                false => Err(InvalidMailboxSettings::NoAddress),
            };
        }
        let is_plain = |part: &str, also: &str| {
            let fits = |one: char| one.is_ascii_alphanumeric() || also.contains(one);
            !part.is_empty() && part.chars().all(fits)
        };
        let is_address = address.split_once('@').is_some_and(|(local, domain)| {
            local.len() <= MAX_LOCAL_CHARS && is_plain(local, "._-") && is_plain(domain, ".-")
        });
        if !is_address {
            return Err(InvalidMailboxSettings::Address(self.address.clone()));
        }
        if !sends_mail {
            return Err(InvalidMailboxSettings::NoMail);
        }
        if !(5..=3600).contains(&self.look_s) || self.folder.is_empty() || self.move_to.is_empty() {
            return Err(InvalidMailboxSettings::Reading);
        }
        let account = match self.imap_url.is_empty() {
            true => None,
            false => Some(MailboxAccount::parse(self.imap_url.reveal())?),
        };
        Ok(Some(ReadMailbox { address, account }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_has_an_address_with_room_for_a_token_and_mail_to_answer_with() {
        let check = |address: &str, url: &str, expected: Result<bool, &str>| {
            let settings = MailboxSettings {
                address: address.to_owned(),
                imap_url: Secret::new(url),
                ..MailboxSettings::default()
            };
            let read = settings.read(true);
            let read = read.map(|read| read.is_some()).map_err(|error| error.key());
            assert_eq!(read, expected, "{address} {url}");
        };
        check("", "", Ok(false));
        check("Help@tea.example", "", Ok(true));
        check(
            "help@tea.example",
            "imaps://help:secret@tea.example",
            Ok(true),
        );
        check(
            "",
            "imaps://help:secret@tea.example",
            Err("mailbox.address"),
        );
        check("help", "", Err("mailbox.address"));
        check("help+desk@tea.example", "", Err("mailbox.address"));
        check(
            "a-name-that-is-much-too-long@tea.example",
            "",
            Err("mailbox.address"),
        );
        check(
            "help@tea.example",
            "imap://help:secret@tea.example",
            Err("mailbox.imap_url"),
        );
        let unanswered = MailboxSettings {
            address: "help@tea.example".to_owned(),
            ..MailboxSettings::default()
        };
        assert_eq!(unanswered.read(false), Err(InvalidMailboxSettings::NoMail));
    }
}
