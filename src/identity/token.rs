//! JSON Web Tokens (RFC 7519) as hosts sign them for their visitors.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Keyring;
use crate::conversation::{Tier, Timestamp};
use crate::language::Language;

/// Who a visitor is, as their host says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The host's own name for the account; conversations belong to it.
    pub subject: String,
    /// How the visitor is called.
    pub name: Option<String>,
    /// Where the visitor is reached.
    pub email: Option<String>,
    /// Language of the account.
    pub language: Option<Language>,
    /// How well the host knows the account.
    pub tier: Option<Tier>,
}

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedToken {
    /// Not three parts of base64url with JSON in the first two, or beyond any reason in length.
    #[error("the token is not a signed JSON Web Token; send it as the host's server made it")]
    Malformed,
    /// Its `kid` names no key of the settings.
    #[error("no key of identity.keys has the token's `kid`; add the key, or sign with a known one")]
    UnknownKey,
    /// Its `alg` is not that of the key.
    #[error("the token's `alg` is not the one of its key; sign with HS256 or EdDSA as configured")]
    Algorithm,
    /// Somebody else signed it, or it was changed.
    #[error("the token's signature does not fit; sign it with the key that `kid` names")]
    Signature,
    /// Its time is over.
    #[error("the token has expired; ask the host for a fresh one and repeat the request")]
    Expired,
    /// Its time has not begun.
    #[error("the token is not valid yet; check the clocks of both servers, and `nbf` and `iat`")]
    NotYet,
    /// It was made for another service.
    #[error("the token's `aud` is not identity.audience; make it for this service")]
    Audience,
    /// A claim is missing or has another form.
    #[error("the token lacks `sub`, `exp` or `aud`, or a claim has the wrong form; see /docs")]
    Claims,
}

/// Longest token looked at, in bytes.
const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// Longest subject, in characters.
const MAX_SUBJECT_CHARS: usize = 255;
/// Longest name or address kept, in characters.
const MAX_DETAIL_CHARS: usize = 200;

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Whoever must understand an extension does not.
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: f64,
    aud: Audience,
    nbf: Option<f64>,
    iat: Option<f64>,
    name: Option<String>,
    email: Option<String>,
    locale: Option<String>,
    tier: Option<Tier>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn names(&self, wanted: &str) -> bool {
        match self {
            Audience::One(name) => name == wanted,
            Audience::Several(names) => names.iter().any(|name| name == wanted),
        }
    }
}

impl Keyring {
    /// Says whom a token names, once everything about it is right.
    pub fn identify(&self, token: &str, now: Timestamp) -> Result<Identity, RefusedToken> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(RefusedToken::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(RefusedToken::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(RefusedToken::Malformed)?;
        let header: Header = read(header).ok_or(RefusedToken::Malformed)?;
        if header.crit.is_some() {
            return Err(RefusedToken::Malformed);
        }
        let signature = decoded(signature).ok_or(RefusedToken::Malformed)?;
        // Nothing in the claims counts before the signature does.
        self.check(
            header.kid.as_deref(),
            &header.alg,
            signed.as_bytes(),
            &signature,
        )?;
        let claims: Claims = read(claims).ok_or(RefusedToken::Claims)?;
        self.believe(claims, now)
    }

    fn believe(&self, claims: Claims, now: Timestamp) -> Result<Identity, RefusedToken> {
        let Claims {
            sub,
            exp,
            aud,
            nbf,
            iat,
            name,
            email,
            locale,
            tier,
        } = claims;
        if !aud.names(&self.audience) {
            return Err(RefusedToken::Audience);
        }
        let now = now.as_millis() as f64 / 1_000.0;
        let leeway = self.leeway_seconds as f64;
        if !exp.is_finite() || exp + leeway <= now {
            return Err(RefusedToken::Expired);
        }
        let is_early = |from: f64| from - leeway > now;
        if nbf.is_some_and(is_early) || iat.is_some_and(is_early) {
            return Err(RefusedToken::NotYet);
        }
        let subject = sub.trim();
        if subject.is_empty() || subject.chars().count() > MAX_SUBJECT_CHARS {
            return Err(RefusedToken::Claims);
        }
        Ok(Identity {
            subject: subject.to_owned(),
            name: detail(name),
            email: detail(email),
            language: locale.as_deref().and_then(Language::from_tag),
            tier,
        })
    }
}

fn detail(text: Option<String>) -> Option<String> {
    let kept: String = text?.trim().chars().take(MAX_DETAIL_CHARS).collect();
    (!kept.is_empty()).then_some(kept)
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

fn read<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&decoded(part)?).ok()
}
