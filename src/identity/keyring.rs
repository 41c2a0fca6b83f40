//! The keys of the host. Each is good for one algorithm alone, so that no token can choose how it is checked.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, VerifyingKey};

use super::refused::RefusedToken;
use super::settings::{IdentityMode, IdentitySettings};
use crate::signing::has_signed;

/// Least length of a secret, in bytes, as RFC 7518 asks for HS256.
const MIN_SECRET_BYTES: usize = 32;

/// What stands before the 32 bytes of a public key in its usual form, as in a PEM file (RFC 8410).
const SPKI_PREFIX: &[u8; 12] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// What is wrong with the settings; no key is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIdentity {
    /// Tokens are to be checked and nothing can check them.
    #[error("identity.mode is not off, and identity.keys is empty; add the key of the host")]
    NoKeys,
    /// Tokens made for another service would be accepted.
    #[error("identity.mode is not off, and identity.audience is empty; name what `aud` must say")]
    NoAudience,
    /// A line that is no key.
    #[error("identity.keys: key {number} is not NAME:HS256:SECRET or NAME:EdDSA:PUBLIC KEY")]
    Line {
        /// Which, from 1.
        number: usize,
    },
    /// Two keys of one name.
    #[error("identity.keys: two keys are named {name:?}; give each a name of its own")]
    Twice {
        /// The name.
        name: String,
    },
    /// A secret that can be guessed.
    #[error(
        "identity.keys: the secret {name:?} is shorter than {MIN_SECRET_BYTES} bytes; make a random one"
    )]
    ShortSecret {
        /// The name.
        name: String,
    },
    /// Not a public key of Ed25519.
    #[error(
        "identity.keys: {name:?} is no public Ed25519 key; use the 32 bytes or the body of the PEM file, in base64"
    )]
    PublicKey {
        /// The name.
        name: String,
    },
}

enum Key {
    Secret(Vec<u8>),
    Public(Box<VerifyingKey>),
}

impl Key {
    fn algorithm(&self) -> &'static str {
        match self {
            Key::Secret(_) => "HS256",
            Key::Public(_) => "EdDSA",
        }
    }

    fn has_signed(&self, text: &[u8], signature: &[u8]) -> bool {
        match self {
            Key::Secret(secret) => has_signed(secret, &[text], signature),
            Key::Public(key) => Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(text, &signature).is_ok()),
        }
    }
}

/// Everything that is needed to believe a token or not.
pub struct Keyring {
    pub(super) mode: IdentityMode,
    pub(super) audience: String,
    pub(super) leeway_seconds: i64,
    keys: Vec<(String, Key)>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Keyring({} keys, ***)", self.keys.len())
    }
}

impl Keyring {
    /// Reads the keys.
    pub fn new(settings: &IdentitySettings) -> Result<Self, InvalidIdentity> {
        let IdentitySettings {
            mode,
            keys,
            audience,
            leeway_seconds,
        } = settings;
        let mut read: Vec<(String, Key)> = Vec::new();
        for (index, line) in keys.iter().enumerate() {
            let number = index + 1;
            let (name, algorithm, material) =
                parts_of(line.reveal()).ok_or(InvalidIdentity::Line { number })?;
            let name = name.to_owned();
            let key = match algorithm {
                _ if name.is_empty() => return Err(InvalidIdentity::Line { number }),
                "HS256" if material.len() < MIN_SECRET_BYTES => {
                    return Err(InvalidIdentity::ShortSecret { name });
                }
                "HS256" => Key::Secret(material.as_bytes().to_vec()),
                "EdDSA" => match public_key(material) {
                    Some(key) => Key::Public(Box::new(key)),
                    None => return Err(InvalidIdentity::PublicKey { name }),
                },
                _ => return Err(InvalidIdentity::Line { number }),
            };
            if read.iter().any(|(known, _)| *known == name) {
                return Err(InvalidIdentity::Twice { name });
            }
            read.push((name, key));
        }
        if *mode != IdentityMode::Off && read.is_empty() {
            return Err(InvalidIdentity::NoKeys);
        }
        if *mode != IdentityMode::Off && audience.trim().is_empty() {
            return Err(InvalidIdentity::NoAudience);
        }
        Ok(Self {
            mode: *mode,
            audience: audience.clone(),
            leeway_seconds: i64::from(*leeway_seconds),
            keys: read,
        })
    }

    /// Whether visitors are told apart by tokens.
    pub fn mode(&self) -> IdentityMode {
        self.mode
    }

    /// Checks a signature with the key a token names; a token that names none is checked only where there is one key.
    pub(super) fn check(
        &self,
        name: Option<&str>,
        algorithm: &str,
        text: &[u8],
        signature: &[u8],
    ) -> Result<(), RefusedToken> {
        let key = match (name, self.keys.as_slice()) {
            (Some(name), keys) => keys.iter().find(|(known, _)| known == name),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let (_, key) = key.ok_or(RefusedToken::UnknownKey)?;
        if algorithm != key.algorithm() {
            return Err(RefusedToken::Algorithm);
        }
        match key.has_signed(text, signature) {
            true => Ok(()),
            false => Err(RefusedToken::Signature),
        }
    }
}

/// Returns name, algorithm and key, where a line has these three parts.
fn parts_of(line: &str) -> Option<(&str, &str, &str)> {
    let mut parts = line.splitn(3, ':').map(str::trim);
    Some((parts.next()?, parts.next()?, parts.next()?))
}

fn public_key(text: &str) -> Option<VerifyingKey> {
    let bytes = STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE_NO_PAD.decode(text))
        .ok()?;
    let bytes = bytes.strip_prefix(SPKI_PREFIX).unwrap_or(&bytes);
    VerifyingKey::from_bytes(bytes.try_into().ok()?).ok()
}
