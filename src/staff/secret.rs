//! Random tokens: handed out once, kept only as digests.

use std::fmt;

use sha2::{Digest, Sha256};

/// A token somebody holds: 256 random bits as hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretToken(String);

impl SecretToken {
    /// Makes a fresh one.
    pub fn generate() -> Self {
        let mut bytes = [0_u8; 32];
        fill(&mut bytes);
        Self(hex::encode(bytes))
    }

    /// Takes what somebody presents.
    pub fn presented(text: &str) -> Self {
        Self(text.chars().take(200).collect())
    }

    /// Returns the text, to be handed out once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Returns what is kept of it. The token is random, so a fast digest is as good as a slow one.
    pub fn hash(&self) -> SecretHash {
        SecretHash(hex::encode(Sha256::digest(self.0.as_bytes())))
    }
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretToken(***)")
    }
}

/// What is kept of a token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretHash(String);

impl SecretHash {
    /// Takes what was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// Returns the text to be stored and looked up.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an agent reads out so that a visitor can check that the agent is real: eight letters and digits, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationPhrase(String);

/// No letter that is mistaken for a digit or another letter, spoken or written (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const PHRASE_CHARS: usize = 8;

impl VerificationPhrase {
    /// Makes a fresh one: forty random bits, enough for minutes of validity behind a rate limit.
    pub fn generate() -> Self {
        Self(random_letters(PHRASE_CHARS))
    }

    /// Reads what somebody typed: case, spaces and dashes do not matter, O is 0 and I and L are 1.
    pub fn presented(text: &str) -> Option<Self> {
        read_letters(text, PHRASE_CHARS).map(Self)
    }

    /// Returns what is kept of it.
    pub fn hash(&self) -> SecretHash {
        SecretToken(self.0.clone()).hash()
    }
}

impl fmt::Display for VerificationPhrase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(PHRASE_CHARS / 2);
        write!(formatter, "{first}-{second}")
    }
}

/// Makes a text of random letters, five bits each.
pub(super) fn random_letters(count: usize) -> String {
    let mut bytes = vec![0_u8; count];
    fill(&mut bytes);
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    bytes.iter().map(letter).collect()
}

/// Reads letters somebody typed: case, spaces and dashes do not matter, O is 0 and I and L are 1.
pub(super) fn read_letters(text: &str, count: usize) -> Option<String> {
    let folded: String = text
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '-')
        .map(|character| match character.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let fits = folded.len() == count && folded.bytes().all(|byte| LETTERS.contains(&byte));
    fits.then_some(folded)
}

fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("every supported system gives random bytes");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_are_not_shown() {
        let token = SecretToken::generate();
        assert_ne!(token, SecretToken::generate());
        assert_eq!(token.reveal().len(), 64);
        assert_eq!(token.hash(), SecretToken::presented(token.reveal()).hash());
        assert_ne!(token.hash().as_str(), token.reveal());
        assert_eq!(format!("{token:?}"), "SecretToken(***)");
    }

    #[test]
    fn phrases_survive_being_read_aloud() {
        let phrase = VerificationPhrase::presented("0l1o-k7qf").unwrap();
        assert_eq!(phrase.to_string(), "0110-K7QF");
        assert_eq!(
            Some(&phrase),
            VerificationPhrase::presented(" 0110 k7QF").as_ref()
        );
        assert_eq!(VerificationPhrase::presented("0110-K7Q"), None);
        assert_eq!(VerificationPhrase::presented("0110-K7QÜ"), None);
        let fresh = VerificationPhrase::generate();
        assert_eq!(
            VerificationPhrase::presented(&fresh.to_string()),
            Some(fresh)
        );
    }
}
