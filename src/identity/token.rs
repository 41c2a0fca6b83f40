//! JSON Web Tokens (RFC 7519) as hosts sign them for their visitors.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::keyring::Keyring;
use super::refused::RefusedToken;
use super::tier::Tier;
use crate::language::Language;
use crate::time::Timestamp;

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
    /// Audiences of articles that the account belongs to.
    pub audience: Vec<String>,
}

/// Longest token looked at, in bytes.
const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// Longest subject, in characters.
pub const MAX_SUBJECT_CHARS: usize = 255;
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
    /// What is good to know and opens nothing by itself; read one by one, so that a wrong one costs itself alone.
    #[serde(default)]
    name: Value,
    #[serde(default)]
    email: Value,
    #[serde(default)]
    locale: Value,
    #[serde(default)]
    tier: Value,
    #[serde(default)]
    audience: Value,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Audiences kept of one account.
const MAX_AUDIENCES: usize = 32;

impl Audience {
    fn into_names(self) -> Vec<String> {
        let names = match self {
            Audience::One(name) => vec![name],
            Audience::Several(names) => names,
        };
        names.into_iter().take(MAX_AUDIENCES).collect()
    }

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
            audience,
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
            name: detail(optional("name", name)),
            email: detail(optional("email", email)),
            language: optional::<String>("locale", locale)
                .as_deref()
                .and_then(Language::from_tag),
            tier: optional("tier", tier),
            audience: optional("audience", audience).map_or_else(Vec::new, Audience::into_names),
        })
    }
}

/// Reads a claim that may be missing; one of another form is left out and told, because a host that adds a tier of its own
/// must not shut its visitors out.
fn optional<T: DeserializeOwned>(claim: &'static str, value: Value) -> Option<T> {
    if value.is_null() {
        return None;
    }
    match serde_json::from_value(value) {
        Ok(read) => Some(read),
        Err(error) => {
            tracing::warn!(claim, %error, "an optional claim of a visitor's token is left out");
            None
        }
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
