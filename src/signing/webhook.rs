//! Signatures of webhooks: made and checked by the Standard Webhooks convention, and checked in the forms of the help
//! desks that have their own.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{has_signed, sign};
use crate::time::Timestamp;

/// How far the clock of a sender may be from ours, in seconds; older requests could be replayed.
pub const TOLERANCE_S: i64 = 5 * 60;

const PREFIX: &str = "whsec_";
/// Keeps what stands in a header apart from signatures.
const HEADER_PURPOSE: &[u8] = b"mondo header token";
const FRESH_BYTES: usize = 32;
const LEAST_BYTES: usize = 24;
const MOST_BYTES: usize = 64;

/// A key that sender and receiver share.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

/// A text that is no signing secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing secret is whsec_ and 24 to 64 bytes in base64")]
pub struct InvalidSecret;

impl SigningSecret {
    /// Makes a fresh one.
    pub fn generate() -> Self {
        let mut bytes = vec![0_u8; FRESH_BYTES];
        getrandom::fill(&mut bytes).expect("every supported system gives random bytes");
        Self(bytes)
    }

    /// Reads `whsec_` and base64.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(InvalidSecret)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| InvalidSecret)?;
        match (LEAST_BYTES..=MOST_BYTES).contains(&bytes.len()) {
            true => Ok(Self(bytes)),
            false => Err(InvalidSecret),
        }
    }

    /// Returns the text, to be handed out or kept.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// Returns what stands for it in a header, where a sender shows the secret itself and takes letters and digits alone.
    pub fn header_token(&self) -> String {
        hex::encode(sign(&self.0, &[HEADER_PURPOSE]))
    }

    /// Returns the same where a sender takes 32 letters and digits at most.
    pub fn short_token(&self) -> String {
        let mut token = self.header_token();
        token.truncate(32);
        token
    }

    /// Tells whether a header shows it; takes the same time wherever the two differ.
    pub fn is_header_token(&self, shown: &str) -> bool {
        hex::decode(shown).is_ok_and(|shown| has_signed(&self.0, &[HEADER_PURPOSE], &shown))
    }

    /// Signs a body, as `v1,` and base64.
    pub fn sign(&self, id: &str, timestamp_s: i64, body: &[u8]) -> String {
        let timestamp = timestamp_s.to_string();
        let signature = sign(&self.0, &parts_of(id, &timestamp, body));
        format!("v1,{}", STANDARD.encode(signature))
    }
}

/// What the convention signs.
fn parts_of<'a>(id: &'a str, timestamp: &'a str, body: &'a [u8]) -> [&'a [u8]; 5] {
    [id.as_bytes(), b".", timestamp.as_bytes(), b".", body]
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SigningSecret(***)")
    }
}

/// The parts of a signed request, as they came.
#[derive(Debug, Clone, Copy)]
pub struct SignedRequest<'a> {
    /// Header `webhook-id`.
    pub id: &'a str,
    /// Header `webhook-timestamp`.
    pub timestamp: &'a str,
    /// Header `webhook-signature`: one or more, with spaces between them.
    pub signatures: &'a str,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedSignature {
    /// A header is missing or empty.
    #[error("the request is not signed; send id, timestamp and signature as headers")]
    Unsigned,
    /// The timestamp cannot be read.
    #[error("the timestamp of the signature cannot be read")]
    Timestamp,
    /// The timestamp is too far from now.
    #[error(
        "the timestamp of the signature is more than five minutes off; sign it anew, and check the clock"
    )]
    Stale,
    /// The signature does not fit.
    #[error(
        "the signature does not fit the body; check the secret, and sign the bytes as they are sent"
    )]
    Wrong,
}

/// Checks a request by the Standard Webhooks convention; while a secret is being rotated, several are tried.
pub fn verify_standard(
    secrets: &[SigningSecret],
    signed: SignedRequest<'_>,
    now: Timestamp,
) -> Result<(), RefusedSignature> {
    let SignedRequest {
        id,
        timestamp,
        signatures,
        body,
    } = signed;
    if id.is_empty() || timestamp.is_empty() || signatures.is_empty() {
        return Err(RefusedSignature::Unsigned);
    }
    check_age(timestamp, now)?;
    let mut fits = false;
    for signature in signatures.split_ascii_whitespace() {
        let Some(signature) = signature.strip_prefix("v1,") else {
            continue;
        };
        let Ok(signature) = STANDARD.decode(signature) else {
            continue;
        };
        for secret in secrets {
            fits |= has_signed(&secret.0, &parts_of(id, timestamp, body), &signature);
        }
    }
    fits.then_some(()).ok_or(RefusedSignature::Wrong)
}

/// Checks a request signed as Chatwoot and many monitors do: `sha256=` and hexadecimal digits over timestamp, dot and
/// body.
pub fn verify_timestamped(
    secret: &str,
    timestamp: &str,
    signature: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<(), RefusedSignature> {
    if timestamp.is_empty() || signature.is_empty() {
        return Err(RefusedSignature::Unsigned);
    }
    check_age(timestamp, now)?;
    let digits = signature.strip_prefix("sha256=").unwrap_or_default();
    let signature = hex::decode(digits).ok().ok_or(RefusedSignature::Wrong)?;
    has_signed(
        secret.as_bytes(),
        &[timestamp.as_bytes(), b".", body],
        &signature,
    )
    .then_some(())
    .ok_or(RefusedSignature::Wrong)
}

/// Checks a request of Zendesk: base64 over timestamp and body; the timestamp is RFC 3339.
pub fn verify_zendesk(
    secret: &str,
    timestamp: &str,
    signature: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<(), RefusedSignature> {
    if timestamp.is_empty() || signature.is_empty() {
        return Err(RefusedSignature::Unsigned);
    }
    let moment: jiff::Timestamp = timestamp.parse().map_err(|_| RefusedSignature::Timestamp)?;
    check_age(&moment.as_second().to_string(), now)?;
    let signature = STANDARD
        .decode(signature)
        .map_err(|_| RefusedSignature::Wrong)?;
    has_signed(secret.as_bytes(), &[timestamp.as_bytes(), body], &signature)
        .then_some(())
        .ok_or(RefusedSignature::Wrong)
}

/// Checks a request that shows the signature of its body alone, in whatever letters `read` takes it from.
pub fn verify_body(
    secret: &str,
    shown: &str,
    body: &[u8],
    read: impl FnOnce(&str) -> Option<Vec<u8>>,
) -> Result<(), RefusedSignature> {
    if shown.is_empty() {
        return Err(RefusedSignature::Unsigned);
    }
    let signature = read(shown).ok_or(RefusedSignature::Wrong)?;
    has_signed(secret.as_bytes(), &[body], &signature)
        .then_some(())
        .ok_or(RefusedSignature::Wrong)
}

pub(super) fn check_age(timestamp_s: &str, now: Timestamp) -> Result<(), RefusedSignature> {
    let moment: i64 = timestamp_s
        .parse()
        .map_err(|_| RefusedSignature::Timestamp)?;
    match now.as_seconds().saturating_sub(moment).saturating_abs() <= TOLERANCE_S {
        true => Ok(()),
        false => Err(RefusedSignature::Stale),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn the_convention_of_standard_webhooks_is_kept() {
        // The example that the convention's own libraries are tested with.
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn only_the_right_secret_the_right_bytes_and_the_right_time_pass() {
        let (old, new) = (SigningSecret::generate(), SigningSecret::generate());
        let signatures = format!(
            "v0,x {} {}",
            old.sign("a", 1_000, b"{}"),
            new.sign("a", 1_000, b"{}")
        );
        let request = SignedRequest {
            id: "a",
            timestamp: "1000",
            signatures: &signatures,
            body: b"{}",
        };
        let check = |secrets: &[&SigningSecret], request, now_s, expected| {
            let secrets: Vec<SigningSecret> = secrets.iter().copied().cloned().collect();
            assert_eq!(verify_standard(&secrets, request, at(now_s)), expected);
        };
        check(&[&old], request, 1_000, Ok(()));
        check(&[&new], request, 1_300, Ok(()));
        check(&[&new], request, 1_301, Err(RefusedSignature::Stale));
        check(&[&new], request, 699, Err(RefusedSignature::Stale));
        let other = SigningSecret::generate();
        check(&[&other], request, 1_000, Err(RefusedSignature::Wrong));
        check(&[], request, 1_000, Err(RefusedSignature::Wrong));
        for tampered in [
            SignedRequest { id: "b", ..request },
            SignedRequest {
                timestamp: "1001",
                ..request
            },
            SignedRequest {
                body: b"{ }",
                ..request
            },
            SignedRequest {
                signatures: "v1,AAAA v1,??",
                ..request
            },
        ] {
            check(&[&old, &new], tampered, 1_000, Err(RefusedSignature::Wrong));
        }
        check(
            &[&old],
            SignedRequest { id: "", ..request },
            1_000,
            Err(RefusedSignature::Unsigned),
        );
        let odd = SignedRequest {
            timestamp: "soon",
            ..request
        };
        check(&[&old], odd, 1_000, Err(RefusedSignature::Timestamp));
        assert_eq!(format!("{old:?}"), "SigningSecret(***)");
        assert_eq!(SigningSecret::parse(&old.reveal()), Ok(old));
        assert_eq!(SigningSecret::parse("whsec_c2hvcnQ="), Err(InvalidSecret));
    }

    #[test]
    fn help_desks_sign_in_their_own_ways() {
        let mac = sign(b"s", &[b"1000.{}"]);
        let digits = hex::encode(mac);
        let signature = format!("sha256={digits}");
        assert_eq!(
            verify_timestamped("s", "1000", &signature, b"{}", at(1_000)),
            Ok(())
        );
        for (secret, timestamp, signature, now_s, expected) in [
            (
                "t",
                "1000",
                signature.as_str(),
                1_000,
                RefusedSignature::Wrong,
            ),
            ("s", "1000", digits.as_str(), 1_000, RefusedSignature::Wrong),
            ("s", "1000", "sha256=zz", 1_000, RefusedSignature::Wrong),
            (
                "s",
                "1000",
                signature.as_str(),
                2_000,
                RefusedSignature::Stale,
            ),
            (
                "s",
                "",
                signature.as_str(),
                1_000,
                RefusedSignature::Unsigned,
            ),
        ] {
            let result = verify_timestamped(secret, timestamp, signature, b"{}", at(now_s));
            assert_eq!(result, Err(expected));
        }
        let moment = "2021-03-25T05:09:27Z";
        let mac = sign(b"s", &[moment.as_bytes(), b"{}"]);
        let signature = STANDARD.encode(mac);
        let now_s = 1_616_648_967;
        assert_eq!(
            verify_zendesk("s", moment, &signature, b"{}", at(now_s)),
            Ok(())
        );
        let wrong = verify_zendesk("s", moment, &signature, b"{ }", at(now_s));
        assert_eq!(wrong, Err(RefusedSignature::Wrong));
        let stale = verify_zendesk("s", moment, &signature, b"{}", at(now_s + 301));
        assert_eq!(stale, Err(RefusedSignature::Stale));
        let odd = verify_zendesk("s", "yesterday", &signature, b"{}", at(now_s));
        assert_eq!(odd, Err(RefusedSignature::Timestamp));
    }
}
