//! Passwords: how long, and how they are kept. Slow by design; call it on a blocking thread.

use std::fmt;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash as Parsed;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use super::secret::SecretToken;

/// Fewest characters of a password; long ones beat clever ones (NIST SP 800-63B, 5.1.1).
pub const MIN_PASSWORD_CHARS: usize = 12;

/// Beyond this, hashing would be a way to keep the server busy.
const MAX_PASSWORD_BYTES: usize = 1_024;

/// Shorter words are in every password by chance.
const LEAST_KNOWN_CHARS: usize = 3;

/// A password in the clear; never shown or logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    /// Too short or too long.
    #[error(
        "a password has at least {MIN_PASSWORD_CHARS} characters and at most {MAX_PASSWORD_BYTES} bytes; choose another"
    )]
    Length,
    /// Among the first that somebody who guesses would try.
    #[error(
        "this password is soon guessed: it is a common one, a pattern, or made of what is known about you; choose several words that have nothing to do with each other"
    )]
    Guessable,
}

impl Password {
    /// Takes a password that is to be set by somebody about whom these words are known, such as their name and address.
    /// Looking at it takes milliseconds.
    pub fn choose(text: &str, known: &[&str]) -> Result<Self, InvalidPassword> {
        let length = text.chars().count();
        if length < MIN_PASSWORD_CHARS || text.len() > MAX_PASSWORD_BYTES {
            return Err(InvalidPassword::Length);
        }
        // What is known counts in whole, in parts and run together: `Sora Kim` is also `Sora`, `Kim` and `SoraKim`.
        let parts = known
            .iter()
            .flat_map(|words| words.split(|character: char| !character.is_alphanumeric()));
        let joined: Vec<String> = known
            .iter()
            .map(|words| words.chars().filter(|one| one.is_alphanumeric()).collect())
            .collect();
        let mut known: Vec<&str> = parts
            .chain(known.iter().copied())
            .chain(joined.iter().map(String::as_str))
            .filter(|word| word.chars().count() >= LEAST_KNOWN_CHARS)
            .collect();
        known.push("mondo");
        if zxcvbn::zxcvbn(text, &known).score() < zxcvbn::Score::Three {
            return Err(InvalidPassword::Guessable);
        }
        Ok(Self(text.to_owned()))
    }

    /// Takes a password as somebody types it to sign in; a wrong one may be short.
    pub fn attempt(text: &str) -> Self {
        let end = text.floor_char_boundary(MAX_PASSWORD_BYTES);
        Self(text[..end].to_owned())
    }

    /// Makes one nobody has chosen, to be handed over once.
    pub fn generate() -> Self {
        Self(SecretToken::generate().reveal()[..20].to_owned())
    }

    /// Returns the text, to be shown once to the one it belongs to.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(***)")
    }
}

/// A password as it is kept: argon2id with its salt and costs, in PHC form.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes with a fresh salt, at the costs OWASP names (19 MiB, two passes).
    pub fn of(password: &Password) -> Self {
        let hash = Argon2::default()
            .hash_password(password.0.as_bytes())
            .expect("the default costs and a random salt are always fit");
        Self(hash.to_string())
    }

    /// Wraps a stored hash.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// Returns the text to be stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether this is the password's hash; a hash that cannot be read fits none.
    pub fn fits(&self, password: &Password) -> bool {
        Parsed::new(&self.0).is_ok_and(|parsed| {
            Argon2::default()
                .verify_password(password.0.as_bytes(), &parsed)
                .is_ok()
        })
    }

    /// A hash no password fits, so that an unknown address takes as long as a wrong password.
    pub fn of_nobody() -> &'static Self {
        static NOBODY: std::sync::LazyLock<PasswordHash> =
            std::sync::LazyLock::new(|| PasswordHash::of(&Password::generate()));
        &NOBODY
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_password_only() {
        let password = Password::choose("correct horse battery", &[]).unwrap();
        let hash = PasswordHash::of(&password);
        assert!(hash.as_str().starts_with("$argon2id$"));
        assert!(hash.fits(&password));
        assert!(!hash.fits(&Password::attempt("correct horse batterx")));
        assert!(!PasswordHash::stored("nonsense".to_owned()).fits(&password));
        assert_ne!(hash, PasswordHash::of(&password), "a fresh salt each time");
    }

    #[test]
    fn weak_passwords_are_refused_and_none_is_shown() {
        let refused = |text: &str| {
            let known = ["sora.kim@kumora.example", "Sora Kim"];
            Password::choose(text, &known).err()
        };
        for text in ["short", "비밀번호", &"ab".repeat(600)] {
            assert_eq!(refused(text), Some(InvalidPassword::Length), "{text}");
        }
        for text in [
            "password1234",
            "123456789012",
            "qwertyuiop12",
            "aaaaaaaaaaab",
            "iloveyou2024",
            "P@ssw0rd1234",
            "sora.kim@kumora.example",
            "SoraKim2026!",
            "kumora123456",
            "mondomondo12",
            "abcdefghijkl",
            &"x".repeat(30),
        ] {
            assert_eq!(refused(text), Some(InvalidPassword::Guessable), "{text}");
        }
        for text in [
            "correct horse battery",
            "teapot lantern gravel",
            "비밀번호는열두글자이상입니다",
            "茶碗と提灯と砂利の歌と雨",
            "9d1f0c7ae25b48d6f310",
        ] {
            assert_eq!(refused(text), None, "{text}");
        }
        let password = Password::attempt("correct horse battery");
        assert_eq!(format!("{password:?}"), "Password(***)");
        assert_ne!(Password::generate(), Password::generate());
    }
}
