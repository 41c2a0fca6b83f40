//! One attempt to sign in, as the browser remembers it between leaving and coming back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::metadata::Metadata;
use super::settings::SsoSettings;
use crate::staff::SecretToken;
use crate::time::Timestamp;

/// What belongs to one attempt; whoever comes back without it is somebody else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Comes back in the address.
    pub state: String,
    /// Comes back in the token.
    pub nonce: String,
    /// Shows that the code was asked for from here (PKCE, RFC 7636).
    pub verifier: String,
    /// Page of the console that is wanted.
    pub to: String,
    /// Whether somebody who is signed in shows again who they are.
    pub proves: bool,
    /// When it was begun, in milliseconds.
    pub begun_ms: i64,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Attempt(***)")
    }
}

/// What stands in a query without being written otherwise (RFC 3986).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Writes pairs as a query or form.
pub(super) fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, PLAIN)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Puts a query behind an address that may have one.
pub(super) fn with_query(address: &str, query: &str) -> String {
    let between = if address.contains('?') { '&' } else { '?' };
    format!("{address}{between}{query}")
}

impl Attempt {
    /// Begins one.
    pub fn begin(to: &str, proves: bool, now: Timestamp) -> Self {
        let random = || SecretToken::generate().reveal().to_owned();
        Self {
            state: random(),
            nonce: random(),
            verifier: random(),
            to: to.to_owned(),
            proves,
            begun_ms: now.as_millis(),
        }
    }

    /// Writes it for the browser.
    pub fn written(&self) -> String {
        let json = serde_json::to_vec(self).expect("an attempt is strings and numbers");
        URL_SAFE_NO_PAD.encode(json)
    }

    /// Reads what the browser has remembered.
    pub fn read(written: &str) -> Option<Self> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(written).ok()?).ok()
    }

    /// Writes the address at which the provider asks who somebody is.
    pub(super) fn address(
        &self,
        settings: &SsoSettings,
        metadata: &Metadata,
        callback: &str,
    ) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier));
        let scope = settings.scopes.join(" ");
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", settings.client_id.as_str()),
            ("redirect_uri", callback),
            ("scope", scope.as_str()),
            ("state", self.state.as_str()),
            ("nonce", self.nonce.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        if self.proves {
            pairs.extend([("prompt", "login"), ("max_age", "0")]);
        }
        with_query(&metadata.authorization_endpoint, &form(&pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_browser_remembers_is_read_back_and_is_never_the_same() {
        let now = Timestamp::from_millis(1_795_305_600_000);
        let attempt = Attempt::begin("/console/tickets", false, now);
        assert_eq!(Attempt::read(&attempt.written()), Some(attempt.clone()));
        assert_eq!(Attempt::read("nothing"), None);
        let other = Attempt::begin("/console/tickets", false, now);
        assert_ne!(attempt.state, other.state);
        assert_ne!(attempt.nonce, other.nonce);
        assert_ne!(attempt.verifier, other.verifier);
        // RFC 7636 wants 43 characters or more.
        assert!(attempt.verifier.len() >= 43);
    }

    #[test]
    fn queries_are_written_so_that_nothing_in_a_value_ends_it() {
        assert_eq!(
            form(&[("a", "x&y=z #1"), ("b", "ü")]),
            "a=x%26y%3Dz%20%231&b=%C3%BC"
        );
        assert_eq!(
            with_query("https://id.example/a?b=c", "d=e"),
            "https://id.example/a?b=c&d=e"
        );
    }
}
