//! The keys that wrap data keys. They never lie in the database, so that neither it nor its backup tells anything alone.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::data_key::{DataKey, disclose, enclose, random};
use super::key_id::KeyId;

/// Begins the line of a master key: what it is, and the version of the form.
const MARK: &str = "mondo-master-1:";

/// Names a master key: a part of its digest.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MasterKeyId(String);

impl fmt::Display for MasterKeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl MasterKeyId {
    /// Takes what was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// Returns the text to be stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A key that wraps data keys.
#[derive(Clone)]
pub struct MasterKey {
    id: MasterKeyId,
    secret: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MasterKey({}, ***)", self.id)
    }
}

/// Why a text holds no master keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMasterKeys {
    /// A line is none.
    #[error(
        "line {0} is no master key; one begins with mondo-master-1: and has 43 characters more"
    )]
    Line(usize),
    /// There is no line.
    #[error("there is no master key in it")]
    Empty,
}

/// Why a data key could not be unwrapped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unwrappable {
    /// The master key is not among those at hand.
    #[error("the master key {0} is not at hand")]
    NoSuchMaster(MasterKeyId),
    /// It is not what was wrapped.
    #[error("the key {0} is not what was wrapped: it was altered")]
    Altered(KeyId),
}

impl MasterKey {
    /// Makes a fresh key.
    pub fn generate() -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        random(secret.as_mut_slice());
        Self::of(secret)
    }

    fn of(secret: Zeroizing<[u8; 32]>) -> Self {
        let mut digest = Sha256::new();
        digest.update(b"mondo master key");
        digest.update(secret.as_slice());
        let id = MasterKeyId(hex::encode(&digest.finalize()[..4]));
        Self { id, secret }
    }

    /// Returns the name.
    pub fn id(&self) -> &MasterKeyId {
        &self.id
    }

    /// Returns the line by which it is kept.
    pub fn line(&self) -> Zeroizing<String> {
        let mut line = Zeroizing::new(MARK.to_owned());
        URL_SAFE_NO_PAD.encode_string(self.secret.as_slice(), &mut line);
        line
    }
}

impl FromStr for MasterKey {
    type Err = InvalidMasterKeys;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let decoded = line
            .trim()
            .strip_prefix(MARK)
            .and_then(|digits| URL_SAFE_NO_PAD.decode(digits).ok())
            .map(Zeroizing::new);
        let secret = decoded.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        secret
            .map(|secret| Self::of(Zeroizing::new(secret)))
            .ok_or(InvalidMasterKeys::Line(1))
    }
}

/// The master keys at hand, the newest first: it wraps, and the others still unwrap.
#[derive(Debug, Clone)]
pub struct MasterKeys(Vec<MasterKey>);

impl MasterKeys {
    /// Reads one key a line, the newest first; empty lines and those that begin with `#` say nothing.
    pub fn parse(text: &str) -> Result<Self, InvalidMasterKeys> {
        let mut keys = Vec::new();
        for (number, line) in (1..).zip(text.lines().map(str::trim)) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            keys.push(line.parse().map_err(|_| InvalidMasterKeys::Line(number))?);
        }
        match keys.is_empty() {
            true => Err(InvalidMasterKeys::Empty),
            false => Ok(Self(keys)),
        }
    }

    /// Begins with one key.
    pub fn with(key: MasterKey) -> Self {
        Self(vec![key])
    }

    /// Returns the keys, the newest first.
    pub fn keys(&self) -> &[MasterKey] {
        &self.0
    }

    /// Returns the key that wraps.
    pub fn newest(&self) -> &MasterKey {
        self.0
            .first()
            .expect("there is always one, see parse and with")
    }

    /// Puts another key before the others.
    #[must_use]
    pub fn preceded_by(mut self, key: MasterKey) -> Self {
        self.0.insert(0, key);
        self
    }

    /// Keeps the newest key and those that are still needed.
    #[must_use]
    pub fn without(mut self, needless: impl Fn(&MasterKeyId) -> bool) -> Self {
        let newest = self.newest().id.clone();
        self.0.retain(|key| key.id == newest || !needless(&key.id));
        self
    }

    /// Returns the text by which the keys are kept.
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::new());
        for key in &self.0 {
            text.push_str(&key.line());
            text.push('\n');
        }
        text
    }

    /// Wraps a data key with the newest key.
    pub fn wrap(&self, key: &DataKey) -> String {
        let MasterKey { secret, .. } = self.newest();
        URL_SAFE_NO_PAD.encode(enclose(secret, &key.id().to_bytes(), key.secret()))
    }

    /// Unwraps a data key that a key of this name has wrapped.
    pub fn unwrap(
        &self,
        id: KeyId,
        master: &MasterKeyId,
        wrapped: &str,
    ) -> Result<DataKey, Unwrappable> {
        let key = self.0.iter().find(|key| key.id == *master);
        let key = key.ok_or_else(|| Unwrappable::NoSuchMaster(master.clone()))?;
        let secret = URL_SAFE_NO_PAD
            .decode(wrapped)
            .ok()
            .and_then(|bytes| disclose(&key.secret, &id.to_bytes(), &bytes))
            .map(Zeroizing::new);
        let secret = secret.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        secret
            .map(|secret| DataKey::of(id, Zeroizing::new(secret)))
            .ok_or(Unwrappable::Altered(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_key_survives_its_wrapping_and_a_change_of_the_master_key() {
        let first = MasterKeys::with(MasterKey::generate());
        let data = DataKey::generate();
        let sealed = data.seal("words");
        let wrapped = first.wrap(&data);
        let unwrapped = first.unwrap(data.id(), first.newest().id(), &wrapped);
        assert_eq!(
            unwrapped.expect("unwraps").open(&sealed).as_deref(),
            Ok("words")
        );

        let second = MasterKey::generate();
        let both = MasterKeys::parse(&first.text()).expect("reads what it writes");
        let both = both.preceded_by(second.clone());
        let again = both
            .unwrap(data.id(), first.newest().id(), &wrapped)
            .expect("known");
        let rewrapped = both.wrap(&again);
        let alone = both.without(|_| true);
        assert_eq!(alone.keys().len(), 1);
        let unwrapped = alone.unwrap(data.id(), second.id(), &rewrapped);
        assert_eq!(
            unwrapped.expect("unwraps").open(&sealed).as_deref(),
            Ok("words")
        );
        let gone = alone.unwrap(data.id(), first.newest().id(), &wrapped);
        let missing = first.newest().id().clone();
        assert_eq!(gone.err(), Some(Unwrappable::NoSuchMaster(missing)));
    }

    #[test]
    fn a_wrapped_key_cannot_stand_for_another() {
        let masters = MasterKeys::with(MasterKey::generate());
        let (one, other) = (DataKey::generate(), DataKey::generate());
        let swapped = masters.unwrap(other.id(), masters.newest().id(), &masters.wrap(&one));
        assert_eq!(swapped.err(), Some(Unwrappable::Altered(other.id())));
    }

    #[test]
    fn lines_that_are_no_keys_are_named() {
        let line = MasterKey::generate().line();
        let check = |text: &str, expected: Result<usize, InvalidMasterKeys>| {
            let found = MasterKeys::parse(text).map(|keys| keys.keys().len());
            assert_eq!(found, expected, "{text}");
        };
        check("", Err(InvalidMasterKeys::Empty));
        check("# none yet\n\n", Err(InvalidMasterKeys::Empty));
        check(&format!("# ours\n{}\n", *line), Ok(1));
        check(
            &format!("{}\nnonsense", *line),
            Err(InvalidMasterKeys::Line(2)),
        );
        check(&line[..line.len() - 1], Err(InvalidMasterKeys::Line(1)));
    }
}
