//! Signed statements of how the record stood.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::hash::{Hash, InvalidDigits, bytes_of};

/// A statement that streams had these heads at this time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Counted from one.
    pub number: i64,
    /// The hash of the checkpoint before.
    pub previous: Hash,
    /// Root of the tree over the heads of all streams that have grown since the checkpoint before, ordered by stream.
    pub root: Hash,
    /// How many they are.
    pub leaves: i64,
    /// When, in milliseconds since 1970 UTC.
    pub created: i64,
}

impl Checkpoint {
    /// Returns the text that is signed: a title and one value a line.
    pub fn text(&self) -> String {
        let Self {
            number,
            previous,
            root,
            leaves,
            created,
        } = self;
        format!("mondo checkpoint 1\n{number}\n{previous}\n{root}\n{leaves}\n{created}\n")
    }

    /// Returns the hash by which the next one names it.
    pub fn hash(&self) -> Hash {
        Hash::of(b"", &[self.text().as_bytes()])
    }
}

/// The key that signs checkpoints.
pub struct RecordKey(SigningKey);

impl fmt::Debug for RecordKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RecordKey({}, ***)", self.public())
    }
}

impl RecordKey {
    /// Makes a fresh key.
    pub fn generate() -> Self {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).expect("every supported system gives random bytes");
        Self(SigningKey::from_bytes(&seed))
    }

    /// Reads the digits by which it is kept.
    pub fn from_seed(digits: &str) -> Result<Self, InvalidDigits> {
        Ok(Self(SigningKey::from_bytes(&bytes_of(digits)?)))
    }

    /// Returns the digits by which it is kept.
    pub fn seed(&self) -> String {
        hex::encode(self.0.to_bytes())
    }

    /// Returns what others check its signatures with.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs a statement that is no checkpoint, such as what a report is made of.
    pub fn sign_statement(&self, statement: &str) -> Signature {
        Signature(self.0.sign(stated(statement).as_bytes()).to_bytes())
    }

    /// Signs a checkpoint.
    pub fn sign(&self, checkpoint: &Checkpoint) -> Signature {
        Signature(self.0.sign(checkpoint.text().as_bytes()).to_bytes())
    }
}

/// The words that are signed: a statement is never taken for a checkpoint.
fn stated(statement: &str) -> String {
    format!("mondo-statement-1\n{statement}")
}

/// What signatures are checked with; written as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Tells whether the holder of the key has signed the statement.
    pub fn has_signed_statement(&self, statement: &str, signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        VerifyingKey::from_bytes(&self.0).is_ok_and(|key| {
            key.verify_strict(stated(statement).as_bytes(), &signature)
                .is_ok()
        })
    }

    /// Tells whether the holder of the key has signed the checkpoint.
    pub fn has_signed(&self, checkpoint: &Checkpoint, signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        VerifyingKey::from_bytes(&self.0).is_ok_and(|key| {
            key.verify_strict(checkpoint.text().as_bytes(), &signature)
                .is_ok()
        })
    }
}

/// A signature; written as 128 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Signature([u8; 64]);

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl FromStr for PublicKey {
    type Err = InvalidDigits;

    fn from_str(digits: &str) -> Result<Self, Self::Err> {
        bytes_of(digits).map(Self)
    }
}

impl FromStr for Signature {
    type Err = InvalidDigits;

    fn from_str(digits: &str) -> Result<Self, Self::Err> {
        bytes_of(digits).map(Self)
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for PublicKey {
    type Error = InvalidDigits;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        digits.parse()
    }
}

impl From<Signature> for String {
    fn from(signature: Signature) -> Self {
        signature.to_string()
    }
}

impl TryFrom<String> for Signature {
    type Error = InvalidDigits;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        digits.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_one_key_and_one_text() {
        let key = RecordKey::generate();
        let again = RecordKey::from_seed(&key.seed()).expect("reads what it writes");
        let checkpoint = Checkpoint {
            number: 1,
            previous: Hash::ORIGIN,
            root: Hash::ORIGIN,
            leaves: 0,
            created: 5,
        };
        let signature = again.sign(&checkpoint);
        let public: PublicKey = key.public().to_string().parse().expect("digits");
        assert!(public.has_signed(&checkpoint, &signature));
        assert!(
            !RecordKey::generate()
                .public()
                .has_signed(&checkpoint, &signature)
        );
        let later = Checkpoint {
            created: 6,
            ..checkpoint.clone()
        };
        assert!(!public.has_signed(&later, &signature));
        assert_ne!(later.hash(), checkpoint.hash());
    }
}
