//! The ID token: believed once everything that OpenID Connect Core 3.1.3.7 asks for is as it must be.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, SHA512, digest};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::SsoError;
use super::key::PublicKey;
use crate::time::Timestamp;

/// Longest token looked at, in bytes.
const MAX_BYTES: usize = 16 * 1024;
/// How far the clocks may be apart, in seconds.
const LEEWAY_S: f64 = 60.0;
/// Oldest token that is taken, in seconds: it was asked for a moment ago.
const MAX_AGE_S: f64 = 600.0;

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    /// The access token that came beside it.
    pub(super) access_token: &'a str,
    /// When the person must have shown who they are, at the earliest; nothing where any time will do.
    pub(super) shown_after: Option<Timestamp>,
    pub(super) now: Timestamp,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// A token in parts, before anything in it is believed.
pub(super) struct Parts<'t> {
    signed: &'t str,
    claims: &'t str,
    signature: Vec<u8>,
    algorithm: String,
    key: Option<String>,
}

impl<'t> Parts<'t> {
    /// Takes a token apart; refuses what is signed in a way that is not taken, or not at all.
    pub(super) fn of(token: &'t str) -> Result<Self, SsoError> {
        let unreadable = || SsoError::Unreadable("somebody");
        if token.len() > MAX_BYTES {
            return Err(unreadable());
        }
        let (signed, signature) = token.rsplit_once('.').ok_or_else(unreadable)?;
        let (header, claims) = signed.split_once('.').ok_or_else(unreadable)?;
        let header: Header = read(header).ok_or_else(unreadable)?;
        if header.crit.is_some() {
            return Err(unreadable());
        }
        if !matches!(header.alg.as_str(), "RS256" | "ES256" | "EdDSA" | "Ed25519") {
            return Err(SsoError::Algorithm(header.alg.chars().take(20).collect()));
        }
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| unreadable())?;
        Ok(Self {
            signed,
            claims,
            signature,
            algorithm: header.alg,
            key: header.kid,
        })
    }

    /// Checks the signature with the key that the token names; one that names none must fit one of those of its kind.
    pub(super) fn check(&self, keys: &[PublicKey]) -> Result<(), SsoError> {
        let mut fitting = keys
            .iter()
            .filter(|key| key.is_for(&self.algorithm))
            .filter(|key| self.key.is_none() || key.id == self.key)
            .peekable();
        if fitting.peek().is_none() {
            return Err(SsoError::UnknownKey);
        }
        let text = self.signed.as_bytes();
        match fitting.any(|key| key.has_signed(text, &self.signature)) {
            true => Ok(()),
            false => Err(SsoError::Signature),
        }
    }

    /// Returns what the token says, once all of it is as it must be; its signature is checked before.
    pub(super) fn claims(&self, expected: &Expected<'_>) -> Result<Value, SsoError> {
        let claims: Value = read(self.claims).ok_or(SsoError::Unreadable("somebody"))?;
        check_whose(&claims, expected)?;
        check_times(&claims, expected)?;
        if claims["nonce"].as_str() != Some(expected.nonce) {
            return Err(SsoError::Claim("nonce"));
        }
        if let Some(hash) = claims["at_hash"].as_str()
            && hash != self.half_hash(expected.access_token)
        {
            return Err(SsoError::Claim("at_hash"));
        }
        match claims["sub"].as_str() {
            Some(subject) if !subject.is_empty() && subject.chars().count() <= 255 => Ok(claims),
            _ => Err(SsoError::Claim("sub")),
        }
    }

    /// Digests the access token by the algorithm of the signature, and keeps the left half.
    fn half_hash(&self, access_token: &str) -> String {
        let kind = match self.algorithm.as_str() {
            "EdDSA" | "Ed25519" => &SHA512,
            _ => &SHA256,
        };
        let hash = digest(kind, access_token.as_bytes());
        URL_SAFE_NO_PAD.encode(&hash.as_ref()[..hash.as_ref().len() / 2])
    }
}

/// By whom it was made, and for whom.
fn check_whose(claims: &Value, expected: &Expected<'_>) -> Result<(), SsoError> {
    if claims["iss"].as_str() != Some(expected.issuer) {
        return Err(SsoError::Claim("iss"));
    }
    let audience: Vec<&str> = match &claims["aud"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    // For whom else it may be, nobody here trusts.
    if audience != [expected.client] {
        return Err(SsoError::Claim("aud"));
    }
    let authorized = &claims["azp"];
    match authorized.is_null() || authorized.as_str() == Some(expected.client) {
        true => Ok(()),
        false => Err(SsoError::Claim("azp")),
    }
}

/// When it was made, until when it holds, and when the person has shown who they are.
fn check_times(claims: &Value, expected: &Expected<'_>) -> Result<(), SsoError> {
    let now = expected.now.as_millis() as f64 / 1_000.0;
    let number = |name: &'static str| {
        let number = claims[name].as_f64().filter(|number| number.is_finite());
        number.ok_or(SsoError::Claim(name))
    };
    if number("exp")? + LEEWAY_S <= now {
        return Err(SsoError::Claim("exp"));
    }
    let issued = number("iat")?;
    if issued - LEEWAY_S > now || issued + MAX_AGE_S < now {
        return Err(SsoError::Claim("iat"));
    }
    if !claims["nbf"].is_null() && number("nbf")? - LEEWAY_S > now {
        return Err(SsoError::Claim("nbf"));
    }
    if let Some(after) = expected.shown_after {
        let after = after.as_millis() as f64 / 1_000.0;
        if number("auth_time")? + LEEWAY_S < after {
            return Err(SsoError::Claim("auth_time"));
        }
    }
    Ok(())
}

fn read<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
