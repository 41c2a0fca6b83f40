//! The second factor: time-based codes of an authenticator app (RFC 6238).

use std::fmt;

use totp_rs::{Algorithm, Builder, Secret, Totp};

use super::EmailAddress;
use crate::time::Timestamp;

/// How long a code holds; what every app assumes.
const STEP_SECONDS: u64 = 30;

/// A shared secret with an authenticator app.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor(String);

/// A stored secret that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecondFactorError {
    /// Not base 32.
    #[error("the stored secret of the second factor is damaged; reset it with `mondo user reset`")]
    Damaged,
}

/// A secret that is not taken for a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no secret in base 32 of at least {LEAST_SECRET_BYTES} bytes; ask for a fresh one and send it as it was given"
)]
pub struct InvalidSecret;

/// Fewest bytes of a secret (RFC 4226, section 4).
const LEAST_SECRET_BYTES: usize = 16;

/// Most bytes of one; apps take no longer ones.
const MOST_SECRET_BYTES: usize = 64;

impl SecondFactor {
    /// Takes a secret that is to be set up.
    pub fn chosen(base32: &str) -> Result<Self, InvalidSecret> {
        let bytes = Secret::try_from_base32(base32).map_err(|_| InvalidSecret)?;
        let length = bytes.as_bytes().len();
        match (LEAST_SECRET_BYTES..=MOST_SECRET_BYTES).contains(&length) {
            true => Ok(Self(base32.to_owned())),
            false => Err(InvalidSecret),
        }
    }

    /// Makes a fresh one.
    pub fn generate() -> Self {
        let mut bytes = [0_u8; 20];
        getrandom::fill(&mut bytes).expect("every supported system gives random bytes");
        Self(Secret::from(bytes.to_vec()).to_base32())
    }

    /// Wraps a stored secret.
    pub fn stored(base32: String) -> Self {
        Self(base32)
    }

    /// Returns the secret in base 32, as an app takes it and as it is stored.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Returns the address an app reads from a QR code.
    pub fn uri(&self, email: &EmailAddress) -> Result<String, SecondFactorError> {
        self.totp(email.as_str())?
            .to_url()
            .map_err(|_| SecondFactorError::Damaged)
    }

    /// Checks a code and gives the time step it belongs to, so that no code is taken twice.
    ///
    /// The step before and the one after are fine: clocks differ, and people type slowly.
    pub fn check(&self, code: &str, now: Timestamp) -> Result<Option<i64>, SecondFactorError> {
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        let seconds = now.as_millis().max(0).unsigned_abs() / 1_000;
        let step = self.totp("mondo")?.check(&digits, seconds);
        Ok(step.and_then(|step| i64::try_from(step).ok()))
    }

    /// Returns the code of a moment, as an app would show it.
    pub fn code_at(&self, now: Timestamp) -> Result<String, SecondFactorError> {
        let seconds = now.as_millis().max(0).unsigned_abs() / 1_000;
        Ok(self.totp("mondo")?.generate(seconds).to_string())
    }

    fn totp(&self, account: &str) -> Result<Totp, SecondFactorError> {
        let secret = Secret::try_from_base32(&self.0).map_err(|_| SecondFactorError::Damaged)?;
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_step_duration(STEP_SECONDS)
            .with_skew(1)
            .with_secret(secret)
            .with_issuer(Some("mondo"))
            // A colon would end the issuer in the address.
            .with_account_name(account.replace(':', "."))
            .build()
            .map_err(|_| SecondFactorError::Damaged)
    }
}

impl fmt::Debug for SecondFactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecondFactor(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: the last six of its eight digits.
        let factor = SecondFactor::stored("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned());
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp::from_millis(seconds * 1_000);
            assert_eq!(factor.code_at(now).unwrap(), code);
            assert_eq!(factor.check(code, now).unwrap(), Some(seconds / 30));
        }
    }

    #[test]
    fn secrets_that_are_short_or_none_are_refused() {
        for text in [
            "",
            "AA",
            "GEZDGNBVGY3TQOJQ",
            "not base 32!",
            &"A".repeat(200),
        ] {
            assert_eq!(SecondFactor::chosen(text), Err(InvalidSecret), "{text}");
        }
        let fresh = SecondFactor::generate();
        assert_eq!(SecondFactor::chosen(fresh.reveal()), Ok(fresh));
    }

    #[test]
    fn a_code_holds_for_its_neighbours_and_no_longer() {
        let factor = SecondFactor::generate();
        let now = Timestamp::from_millis(1_790_000_000_000);
        let code = factor.code_at(now).unwrap();
        let later = |seconds: i64| Timestamp::from_millis(now.as_millis() + seconds * 1_000);
        let step = factor.check(&code, now).unwrap();
        assert_eq!(factor.check(&code, later(30)).unwrap(), step);
        assert_eq!(factor.check(&code, later(90)).unwrap(), None);
        assert_eq!(factor.check("", now).unwrap(), None);
        let uri = factor.uri(&"ann@example.com".parse().unwrap()).unwrap();
        assert!(uri.starts_with("otpauth://totp/mondo"), "{uri}");
    }
}
