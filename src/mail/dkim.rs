//! Signatures of mail by its domain (DKIM, RFC 6376 and 8463), so that other servers know that it comes from there.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use sha2::{Digest as _, Sha256};

/// A private key of a domain, and the name under which its public half stands in the DNS.
pub struct DkimKey {
    key: Key,
    domain: String,
    selector: String,
}

enum Key {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "DkimKey({}._domainkey.{}, ***)",
            self.selector, self.domain
        )
    }
}

/// Why a key cannot sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDkimKey {
    /// It is no private key in PEM.
    #[error(
        "is no private key in PEM; make one with `openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048`"
    )]
    NoPem,
    /// It is a key of another kind.
    #[error("is no key that signs mail: RSA of 2048 to 4096 bits, or Ed25519")]
    Kind,
    /// The selector cannot stand in the DNS.
    #[error("needs a selector of letters, digits, dots and hyphens, such as s2027")]
    Selector,
}

/// Headers that are signed where they are there.
const SIGNED: [&str; 13] = [
    "from",
    "reply-to",
    "to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "auto-submitted",
    "x-auto-response-suppress",
];

impl DkimKey {
    /// Reads a private key in PEM: PKCS#8, or PKCS#1 as older programs write it.
    pub fn read(pem: &str, domain: &str, selector: &str) -> Result<Self, InvalidDkimKey> {
        let is_label = |label: &str| {
            let is_plain = |one: char| one.is_ascii_alphanumeric() || one == '-' || one == '_';
            !label.is_empty() && label.chars().all(is_plain)
        };
        if !selector.split('.').all(is_label) {
            return Err(InvalidDkimKey::Selector);
        }
        let (kind, der) = der_of(pem).ok_or(InvalidDkimKey::NoPem)?;
        let key = match kind {
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der).map(Key::Rsa),
            _ => match Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der) {
                Ok(key) => Ok(Key::Ed25519(key)),
                Err(_) => RsaKeyPair::from_pkcs8(&der).map(Key::Rsa),
            },
        };
        Ok(Self {
            key: key.map_err(|_| InvalidDkimKey::Kind)?,
            domain: domain.to_lowercase(),
            selector: selector.to_owned(),
        })
    }

    /// Puts a signature before a mail whose lines end in CR and LF.
    pub fn signed(&self, mail: &[u8], seconds: i64) -> Vec<u8> {
        let split = mail.windows(4).position(|window| window == b"\r\n\r\n");
        let (head, body) = match split {
            Some(place) => (&mail[..place + 2], &mail[place + 4..]),
            None => (mail, &[][..]),
        };
        let head = String::from_utf8_lossy(head);
        let fields = fields_of(&head);
        let mut names: Vec<&str> = Vec::new();
        let mut canonical = String::new();
        for name in SIGNED {
            // The last of several is what a verifier takes first.
            if let Some((_, value)) = fields
                .iter()
                .rev()
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
            {
                names.push(name);
                canonical.push_str(&relaxed(name, value));
                canonical.push_str("\r\n");
            }
        }
        // Named once more: a second sender cannot be added on the way.
        names.push("from");
        let algorithm = match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let said = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed; d={}; s={};\r\n\tt={seconds}; h={};\r\n\tbh={};\r\n\tb=",
            self.domain,
            self.selector,
            names.join(":\r\n\t "),
            STANDARD.encode(Sha256::digest(relaxed_body(body))),
        );
        canonical.push_str(&relaxed("dkim-signature", &said));
        let signature = STANDARD.encode(self.sign(canonical.as_bytes()));
        let lines: Vec<&str> = (0..signature.len())
            .step_by(70)
            .map(|begin| &signature[begin..signature.len().min(begin + 70)])
            .collect();
        let header = format!("DKIM-Signature: {said}{}\r\n", lines.join("\r\n\t "));
        [header.as_bytes(), mail].concat()
    }

    fn sign(&self, said: &[u8]) -> Vec<u8> {
        match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    said,
                    &mut signature,
                )
                .expect("the room is as long as the modulus, and the system gives random bytes");
                signature
            }
            // It signs the digest (RFC 8463).
            Key::Ed25519(key) => key.sign(&Sha256::digest(said)).as_ref().to_vec(),
        }
    }
}

/// Returns the kind and the bytes of the first block of a PEM file that is a private key.
fn der_of(pem: &str) -> Option<(&str, Vec<u8>)> {
    for kind in ["PRIVATE KEY", "RSA PRIVATE KEY"] {
        let begin = format!("-----BEGIN {kind}-----");
        let end = format!("-----END {kind}-----");
        let Some((_, rest)) = pem.split_once(&begin) else {
            continue;
        };
        let (inner, _) = rest.split_once(&end)?;
        let inner: String = inner.split_whitespace().collect();
        let kind = if kind.starts_with("RSA") {
            "RSA PRIVATE KEY"
        } else {
            "PRIVATE KEY"
        };
        return Some((kind, STANDARD.decode(inner).ok()?));
    }
    None
}

/// Parts a head into names and values; folded lines stay in their value.
fn fields_of(head: &str) -> Vec<(&str, String)> {
    let mut fields: Vec<(&str, String)> = Vec::new();
    for line in head.split("\r\n") {
        match line.starts_with([' ', '\t']) {
            true => {
                if let Some((_, value)) = fields.last_mut() {
                    value.push_str(line);
                }
            }
            false => {
                if let Some((name, value)) = line.split_once(':') {
                    fields.push((name, value.to_owned()));
                }
            }
        }
    }
    fields
}

/// A header in the form that changes of white space on the way do not change.
fn relaxed(name: &str, value: &str) -> String {
    let words: Vec<&str> = value
        .split([' ', '\t', '\r', '\n'])
        .filter(|word| !word.is_empty())
        .collect();
    format!("{}:{}", name.to_ascii_lowercase(), words.join(" "))
}

/// The body in that form: runs of space are one, none stands at the end of a line, no empty line at the end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut canonical = Vec::with_capacity(body.len());
    for line in body.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut spaces = false;
        for byte in line {
            match byte {
                b' ' | b'\t' => spaces = true,
                _ => {
                    if spaces {
                        canonical.push(b' ');
                    }
                    spaces = false;
                    canonical.push(*byte);
                }
            }
        }
        canonical.extend_from_slice(b"\r\n");
    }
    while canonical.ends_with(b"\r\n\r\n") {
        canonical.truncate(canonical.len() - 2);
    }
    match canonical.as_slice() {
        b"\r\n" => Vec::new(),
        _ => canonical,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_those_of_the_standard() {
        // The examples of RFC 6376, 3.4.5.
        assert_eq!(relaxed("A", " X"), "a:X");
        assert_eq!(relaxed("B ", " Y\t\r\n\tZ  ").replace("b :", "b:"), "b:Y Z");
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b""), b"");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
        assert_eq!(relaxed_body(b"a"), b"a\r\n");
    }

    #[test]
    fn only_keys_that_sign_mail_are_taken() {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(pkcs8.as_ref())
        );
        let key = DkimKey::read(&pem, "Tea.example", "s1").unwrap();
        assert_eq!(
            format!("{key:?}"),
            "DkimKey(s1._domainkey.tea.example, ***)"
        );
        let mail = b"From: a@tea.example\r\nSubject: tea\r\n\r\nhello\r\n";
        let signed = String::from_utf8(key.signed(mail, 1)).unwrap();
        assert!(signed.starts_with(
            "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=tea.example; s=s1;"
        ));
        assert!(signed.ends_with("\r\nFrom: a@tea.example\r\nSubject: tea\r\n\r\nhello\r\n"));
        assert!(signed.lines().all(|line| line.len() < 100), "{signed}");
        let again = String::from_utf8(
            key.signed(b"From: a@tea.example\r\nSubject: tea\r\n\r\nhullo\r\n", 1),
        )
        .unwrap();
        let hash = |mail: &str| {
            mail.split("bh=")
                .nth(1)
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .to_owned()
        };
        assert_ne!(hash(&signed), hash(&again));
        for (pem, selector, error) in [
            ("no key", "s1", InvalidDkimKey::NoPem),
            (pem.as_str(), "s 1", InvalidDkimKey::Selector),
            (pem.as_str(), "", InvalidDkimKey::Selector),
            (
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
                "s1",
                InvalidDkimKey::Kind,
            ),
        ] {
            assert_eq!(
                DkimKey::read(pem, "tea.example", selector).unwrap_err(),
                error
            );
        }
    }
}
