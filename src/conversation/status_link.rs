//! Signed links to the status page of a ticket: whoever holds one may read the matter and answer, until it expires.

use std::fmt;

use super::TicketNumber;
use crate::ids::{AttachmentId, ConversationId};
use crate::signing::{has_signed, sign};
use crate::time::Timestamp;

/// What a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusLink {
    /// The ticket.
    pub ticket: TicketNumber,
    /// Until when it works.
    pub expires: Timestamp,
}

/// What the link of a first mail leads to: the address it went to is its reader's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactLink {
    /// The keyed digest of the address.
    pub digest: String,
    /// Until when it works.
    pub expires: Timestamp,
}

/// What the link of a file leads to, for a messenger that fetches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileLink {
    /// Where it was attached.
    pub conversation: ConversationId,
    /// The file.
    pub file: AttachmentId,
    /// Until when it works.
    pub expires: Timestamp,
}

/// Keys that sign links; the first signs, all of them are believed, so that a new one can be put before the others.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkKeys(Vec<Vec<u8>>);

impl fmt::Debug for LinkKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LinkKeys({} of ***)", self.0.len())
    }
}

/// A text that holds no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is no key of at least {LEAST_BYTES} bytes in hexadecimal digits")]
pub struct InvalidLinkKeys {
    /// The line, counted from 1.
    pub line: usize,
}

/// Why a link does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedLink {
    /// It was not made here, or was changed or cut on the way.
    #[error("the link is incomplete or was changed")]
    Tampered,
    /// It worked once.
    #[error("the link has expired")]
    Expired,
}

/// Shortest key.
const LEAST_BYTES: usize = 32;

/// Keeps these signatures apart from others made with the same key.
const PURPOSE: &str = "mondo status page";
/// The same for secrets of visitors.
const SECRET_PURPOSE: &str = "mondo visitor secret";

/// The same for links that confirm an address.
const CONTACT_PURPOSE: &str = "mondo contact";
/// The same for digests of addresses.
const DIGEST_PURPOSE: &str = "mondo contact digest";

/// The same for what a browser remembers while its owner signs in elsewhere.
const ATTEMPT_PURPOSE: &str = "mondo sign-in";
/// The same for links of files.
const FILE_PURPOSE: &str = "mondo file";
/// Bytes of a short signature: with 80 bits nobody guesses one by mail.
pub(super) const SHORT_BYTES: usize = 10;

const MILLIS_A_DAY: i64 = 86_400_000;

impl StatusLink {
    /// Leads to a ticket for some days, counted to the end of the last, so that a link made twice a day is the same.
    pub fn lasting(ticket: TicketNumber, days: u32, now: Timestamp) -> Self {
        let day = now.as_millis().div_euclid(MILLIS_A_DAY) + 1 + i64::from(days);
        Self {
            ticket,
            expires: Timestamp::from_millis(day.saturating_mul(MILLIS_A_DAY)),
        }
    }
}

impl LinkKeys {
    /// Reads keys, one a line, the newest first.
    pub fn parse(text: &str) -> Result<Self, InvalidLinkKeys> {
        let mut keys = Vec::new();
        let lines = text.lines().map(str::trim);
        for (place, line) in lines.enumerate().filter(|(_, line)| !line.is_empty()) {
            let key = bytes_of(line).filter(|key| key.len() >= LEAST_BYTES);
            keys.push(key.ok_or(InvalidLinkKeys { line: place + 1 })?);
        }
        match keys.is_empty() {
            true => Err(InvalidLinkKeys { line: 1 }),
            false => Ok(Self(keys)),
        }
    }

    /// Writes the token of a link.
    pub fn sign(&self, link: StatusLink) -> String {
        let StatusLink { ticket, expires } = link;
        self.signed(PURPOSE, ticket.0, expires)
    }

    /// Writes the token of a link that confirms an address.
    pub fn sign_contact(&self, link: &ContactLink) -> String {
        self.signed(CONTACT_PURPOSE, &link.digest, link.expires)
    }

    /// Writes the token of a link to a file.
    pub fn sign_file(&self, link: &FileLink) -> String {
        let subject = format!("{}_{}", link.conversation, link.file);
        self.signed(FILE_PURPOSE, subject, link.expires)
    }

    /// Signs what a browser remembers while its owner signs in elsewhere; full stops are no part of it.
    pub fn sign_attempt(&self, written: &str, expires: Timestamp) -> String {
        self.signed(ATTEMPT_PURPOSE, written, expires)
    }

    /// Reads what a browser has remembered while its owner signed in elsewhere.
    pub fn read_attempt(&self, token: &str, now: Timestamp) -> Result<String, RefusedLink> {
        let (written, expires) = self.believed(ATTEMPT_PURPOSE, token)?;
        in_time(written.to_owned(), expires, now)
    }

    /// Digests an address, so that nobody without the newest of these keys can tell which it is.
    pub fn contact_digest(&self, address: &str) -> String {
        hex::encode(sign(&self.0[0], &parts_of(DIGEST_PURPOSE, address)))
    }

    /// Signs a text that is no link, short enough for an address.
    pub(super) fn sign_short(&self, purpose: &str, said: &str) -> [u8; SHORT_BYTES] {
        let mac = sign(&self.0[0], &parts_of(purpose, said));
        std::array::from_fn(|place| mac[place])
    }

    /// Tells whether a short signature was made here, by any of the keys.
    pub(super) fn has_signed_short(&self, purpose: &str, said: &str, presented: &[u8]) -> bool {
        self.0.iter().any(|key| {
            let mac = sign(key, &parts_of(purpose, said));
            let differs = mac
                .iter()
                .zip(presented)
                .fold(0, |sum, (one, other)| sum | (one ^ other));
            presented.len() == SHORT_BYTES && differs == 0
        })
    }

    fn signed(&self, purpose: &str, subject: impl fmt::Display, expires: Timestamp) -> String {
        let said = format!("{subject}.{}", expires.as_millis() / 1_000);
        let digits = hex::encode(sign(&self.0[0], &parts_of(purpose, &said)));
        format!("{said}.{digits}")
    }

    /// Derives a secret that nobody finds without the newest of these keys, and that is the same for the same words.
    pub fn visitor_secret(&self, said: &str) -> String {
        hex::encode(sign(&self.0[0], &parts_of(SECRET_PURPOSE, said)))
    }

    /// Reads the token of a link.
    pub fn read(&self, token: &str, now: Timestamp) -> Result<StatusLink, RefusedLink> {
        let (ticket, expires) = self.believed(PURPOSE, token)?;
        let ticket = ticket.parse().map_err(|_| RefusedLink::Tampered)?;
        let link = StatusLink {
            ticket: TicketNumber(ticket),
            expires,
        };
        in_time(link, expires, now)
    }

    /// Reads the token of a link that confirms an address.
    pub fn read_contact(&self, token: &str, now: Timestamp) -> Result<ContactLink, RefusedLink> {
        let (digest, expires) = self.believed(CONTACT_PURPOSE, token)?;
        let digest = digest.to_owned();
        in_time(ContactLink { digest, expires }, expires, now)
    }

    /// Reads the token of a link to a file.
    pub fn read_file(&self, token: &str, now: Timestamp) -> Result<FileLink, RefusedLink> {
        let (subject, expires) = self.believed(FILE_PURPOSE, token)?;
        let (conversation, file) = subject.split_once('_').ok_or(RefusedLink::Tampered)?;
        let link = FileLink {
            conversation: conversation.parse().map_err(|_| RefusedLink::Tampered)?,
            file: file.parse().map_err(|_| RefusedLink::Tampered)?,
            expires,
        };
        in_time(link, expires, now)
    }

    /// Returns the subject of a token that was signed here, and until when it holds.
    fn believed<'t>(
        &self,
        purpose: &str,
        token: &'t str,
    ) -> Result<(&'t str, Timestamp), RefusedLink> {
        let (said, digits) = token.rsplit_once('.').ok_or(RefusedLink::Tampered)?;
        let presented = bytes_of(digits).ok_or(RefusedLink::Tampered)?;
        let is_ours = self
            .0
            .iter()
            .any(|key| has_signed(key, &parts_of(purpose, said), &presented));
        if !is_ours {
            return Err(RefusedLink::Tampered);
        }
        let (subject, seconds) = said.split_once('.').ok_or(RefusedLink::Tampered)?;
        let seconds: i64 = seconds.parse().map_err(|_| RefusedLink::Tampered)?;
        Ok((
            subject,
            Timestamp::from_millis(seconds.saturating_mul(1_000)),
        ))
    }
}

fn in_time<L>(link: L, expires: Timestamp, now: Timestamp) -> Result<L, RefusedLink> {
    match expires > now {
        true => Ok(link),
        false => Err(RefusedLink::Expired),
    }
}

fn parts_of<'p>(purpose: &'p str, said: &'p str) -> [&'p [u8]; 3] {
    [purpose.as_bytes(), b"\n", said.as_bytes()]
}

/// Reads hexadecimal digits in lower case, so that each token has one form.
fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let is_plain = !digits.bytes().any(|digit| digit.is_ascii_uppercase());
    is_plain.then(|| hex::decode(digits).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_signed_is_read_and_only_in_time() {
        let now = Timestamp::from_millis(1_795_305_600_000);
        let (old, new) = ("a".repeat(64), "b".repeat(64));
        let keys = LinkKeys::parse(&format!("{old}\n")).unwrap();
        let link = StatusLink::lasting(TicketNumber(123), 30, now);
        let token = keys.sign(link);
        assert_eq!(
            token,
            keys.sign(StatusLink::lasting(
                TicketNumber(123),
                30,
                now.later_by(60_000)
            ))
        );
        assert_eq!(keys.read(&token, now), Ok(link));

        // Every change of one character is noticed.
        for place in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[place] = if bytes[place] == b'1' { b'2' } else { b'1' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(
                keys.read(&changed, now),
                Err(RefusedLink::Tampered),
                "{changed}"
            );
        }
        for text in [
            "",
            ".",
            "..",
            "123",
            &token.to_uppercase(),
            &token[..token.len() - 1],
        ] {
            let read = keys.read(text, now);
            assert!(
                read == Err(RefusedLink::Tampered) || text == token,
                "{text}"
            );
        }
        let late = now.later_by(31 * 86_400_000);
        assert_eq!(keys.read(&token, late), Err(RefusedLink::Expired));

        // A link for one thing opens no other.
        let contact = ContactLink {
            digest: keys.contact_digest("ann@example.com"),
            expires: now.later_by(1_000),
        };
        let confirming = keys.sign_contact(&contact);
        assert_eq!(keys.read_contact(&confirming, now), Ok(contact));
        assert_eq!(
            keys.read_contact(&confirming, now.later_by(1_000)),
            Err(RefusedLink::Expired)
        );
        assert_eq!(keys.read(&confirming, now), Err(RefusedLink::Tampered));
        assert_eq!(keys.read_contact(&token, now), Err(RefusedLink::Tampered));

        // A new key signs; links of the old one work until it is taken away.
        let rotated = LinkKeys::parse(&format!("{new}\n\n{old}\n")).unwrap();
        assert_eq!(rotated.read(&token, now), Ok(link));
        assert_ne!(rotated.sign(link), token);
        let without = LinkKeys::parse(&new).unwrap();
        assert_eq!(without.read(&token, now), Err(RefusedLink::Tampered));
        assert_eq!(LinkKeys::parse("zz"), Err(InvalidLinkKeys { line: 1 }));
        assert_eq!(LinkKeys::parse(""), Err(InvalidLinkKeys { line: 1 }));
        assert_eq!(format!("{keys:?}"), "LinkKeys(1 of ***)");
    }
}
