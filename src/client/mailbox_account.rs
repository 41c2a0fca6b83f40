//! Where a mailbox is: how an operator writes it down.

use std::fmt;

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

/// Where a mailbox is, and who may read it.
#[derive(Clone, PartialEq, Eq)]
pub struct MailboxAccount {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) user: String,
    pub(super) password: Zeroizing<String>,
}

impl fmt::Debug for MailboxAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MailboxAccount({}, ***)", self.place())
    }
}

/// How the connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Security {
    /// From its beginning.
    Tls,
    /// By a command, before anything is said.
    StartTls,
    /// Not at all: only within this machine.
    Nothing,
}

/// Why an address names no mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMailbox {
    /// It is written in another way.
    #[error(
        "is no address of a mailbox; write it as imaps://user:password@host or imap://user:password@host?tls=required, with %40 for @ in names and passwords"
    )]
    Form,
    /// A password would be readable on the way.
    #[error(
        "would send the password readable for everybody on the way; write imaps://, or ?tls=required at the end"
    )]
    Readable,
}

impl MailboxAccount {
    /// Reads an address such as `imaps://user:password@host:993`.
    pub fn parse(address: &str) -> Result<Self, InvalidMailbox> {
        let (scheme, rest) = address
            .trim()
            .split_once("://")
            .ok_or(InvalidMailbox::Form)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (account, place) = rest.rsplit_once('@').ok_or(InvalidMailbox::Form)?;
        let (user, password) = account.split_once(':').ok_or(InvalidMailbox::Form)?;
        let decoded = |text: &str| -> Result<String, InvalidMailbox> {
            let text = percent_decode_str(text).decode_utf8();
            let text = text.map_err(|_| InvalidMailbox::Form)?.into_owned();
            let is_plain = !text.is_empty() && !text.chars().any(char::is_control);
            is_plain.then_some(text).ok_or(InvalidMailbox::Form)
        };
        let (user, password) = (decoded(user)?, Zeroizing::new(decoded(password)?));
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !place.ends_with(']') => {
                (host, Some(port.parse().map_err(|_| InvalidMailbox::Form)?))
            }
            _ => (place, None),
        };
        let host = host.trim_matches(['[', ']']).to_owned();
        if host.is_empty() || host.contains('/') {
            return Err(InvalidMailbox::Form);
        }
        let is_here = host == "localhost"
            || host
                .parse()
                .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        let (security, usual) = match (scheme, query) {
            ("imaps", "") => (Security::Tls, 993),
            ("imap", "tls=required") => (Security::StartTls, 143),
            ("imap", "") if is_here => (Security::Nothing, 143),
            ("imap", "") => return Err(InvalidMailbox::Readable),
            _ => return Err(InvalidMailbox::Form),
        };
        Ok(Self {
            host,
            port: port.unwrap_or(usual),
            security,
            user,
            password,
        })
    }

    /// Returns where it is, for people, without name and password.
    pub fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_mailboxes_say_how_they_are_secured() {
        let check = |address: &str, expected: Result<(&str, Security), InvalidMailbox>| {
            let read = MailboxAccount::parse(address);
            let read = read.map(|account| (account.place(), account.security));
            let expected = expected.map(|(place, security)| (place.to_owned(), security));
            assert_eq!(read, expected, "{address}");
        };
        check(
            "imaps://help:secret@mail.example",
            Ok(("mail.example:993", Security::Tls)),
        );
        check(
            "imaps://help:secret@mail.example:1993/",
            Ok(("mail.example:1993", Security::Tls)),
        );
        check(
            "imap://help:secret@mail.example?tls=required",
            Ok(("mail.example:143", Security::StartTls)),
        );
        check(
            "imap://help:secret@127.0.0.1:1143",
            Ok(("127.0.0.1:1143", Security::Nothing)),
        );
        check(
            "imap://help:secret@[::1]:1143",
            Ok(("::1:1143", Security::Nothing)),
        );
        check(
            "imap://help:secret@mail.example",
            Err(InvalidMailbox::Readable),
        );
        for wrong in [
            "",
            "mail.example",
            "imaps://mail.example",
            "imaps://help@mail.example",
            "imaps://help:@mail.example",
            "imaps://help:secret@",
            "imaps://help:secret@mail.example:port",
            "imaps://help:secret@mail.example?tls=never",
            "smtp://help:secret@mail.example",
            "imaps://help:sec%0Aret@mail.example",
        ] {
            check(wrong, Err(InvalidMailbox::Form));
        }
        let account =
            MailboxAccount::parse("imaps://help%40tea.example:p%3Aw@mail.example").unwrap();
        assert_eq!(
            (account.user.as_str(), account.password.as_str()),
            ("help@tea.example", "p:w")
        );
        assert!(!format!("{account:?}").contains("p:w"));
    }
}
