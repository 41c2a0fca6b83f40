//! SHA-256 over parts that cannot run into each other.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256 digest; written as 64 hexadecimal digits in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Hash(pub(super) [u8; 32]);

/// A text that is no digest, key or signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{expected} hexadecimal digits are expected")]
pub struct InvalidDigits {
    /// How many digits there should be.
    pub expected: usize,
}

impl Hash {
    /// Stands before the first event of a stream and the first checkpoint.
    pub const ORIGIN: Self = Self([0; 32]);

    /// Hashes a purpose and parts: each part as a netstring, which is its length in bytes, a colon, the part and a comma.
    pub(super) fn of(purpose: &[u8], parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        digest.update(purpose);
        for part in parts {
            digest.update(part.len().to_string());
            digest.update(b":");
            digest.update(part);
            digest.update(b",");
        }
        Self(digest.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl FromStr for Hash {
    type Err = InvalidDigits;

    fn from_str(digits: &str) -> Result<Self, Self::Err> {
        bytes_of(digits).map(Self)
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for Hash {
    type Error = InvalidDigits;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        digits.parse()
    }
}

/// Reads exactly so many bytes from digits.
pub(super) fn bytes_of<const LENGTH: usize>(digits: &str) -> Result<[u8; LENGTH], InvalidDigits> {
    hex::decode(digits)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(InvalidDigits {
            expected: LENGTH * 2,
        })
}
