//! The provider: found by what it publishes, asked for tokens, and for the keys by which they are checked.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::attempt::{Attempt, form, with_query};
use super::claims::{Person, at};
use super::error::SsoError;
use super::id_token::{Expected, Parts};
use super::key::{PublicKey, keys_in};
use super::metadata::{Metadata, address_of};
use super::settings::{InvalidSso, SsoSettings};
use crate::client::{Client, Outgoing};
use crate::time::Timestamp;

/// Longest time that one request may take.
const WITHIN: Duration = Duration::from_secs(10);
/// How long what the provider publishes is believed without asking again.
const FRESH_MS: i64 = 60 * 60 * 1_000;
/// How long a provider is left alone that could not be asked.
const REST_MS: i64 = 3_000;
/// Least time between two looks at the keys because of a key that is unknown: anybody can name one.
const LEAST_PAUSE_MS: i64 = 10_000;

/// The provider that staff sign in with.
pub struct Provider {
    settings: SsoSettings,
    client: Client,
    /// Local to this process: each asks the provider for itself, and no more often than the times above say.
    published: Mutex<Published>,
}

#[derive(Default)]
struct Published {
    metadata: Option<(Metadata, Timestamp)>,
    keys: Option<(Vec<PublicKey>, Timestamp)>,
    /// When it could not be asked what it says of itself.
    failed: Option<Timestamp>,
}

/// What comes back in the address when somebody has been at the provider.
#[derive(Debug, Clone, Default)]
pub struct Answered {
    /// Stands for the tokens, once.
    pub code: String,
    /// That of the attempt.
    pub state: String,
    /// The provider, where it says so (RFC 9207).
    pub issuer: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    #[serde(default)]
    access_token: String,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Provider({})", self.settings.issuer)
    }
}

impl Provider {
    /// Takes the settings; nothing where there is no provider.
    pub fn new(settings: &SsoSettings) -> Result<Option<Self>, InvalidSso> {
        settings.check()?;
        Ok(settings.is_on().then(|| Self {
            client: Client::new(settings.destinations()),
            settings: settings.clone(),
            published: Mutex::default(),
        }))
    }

    /// Returns the settings.
    pub fn settings(&self) -> &SsoSettings {
        &self.settings
    }

    /// Returns the provider's name for itself.
    pub fn issuer(&self) -> &str {
        self.settings.issuer.trim()
    }

    /// Writes the address to which a browser is sent.
    pub async fn address(
        &self,
        attempt: &Attempt,
        callback: &str,
        now: Timestamp,
    ) -> Result<String, SsoError> {
        let metadata = self.metadata(now).await?;
        Ok(attempt.address(&self.settings, &metadata, callback))
    }

    /// Writes the address at which the provider ends its own session; nothing where it has none.
    pub async fn leaving(
        &self,
        id_token: &str,
        back: &str,
        now: Timestamp,
    ) -> Result<Option<String>, SsoError> {
        let metadata = self.metadata(now).await?;
        let client = self.settings.client_id.as_str();
        Ok(metadata.end_session_endpoint.map(|endpoint| {
            let query = form(&[
                ("id_token_hint", id_token),
                ("client_id", client),
                ("post_logout_redirect_uri", back),
            ]);
            with_query(&endpoint, &query)
        }))
    }

    /// Says who has come back from the provider, with their ID token, once everything about it is right.
    pub async fn person(
        &self,
        answered: &Answered,
        attempt: &Attempt,
        callback: &str,
        now: Timestamp,
    ) -> Result<(Person, String), SsoError> {
        let metadata = self.metadata(now).await?;
        let names_issuer = metadata.authorization_response_iss_parameter_supported;
        match answered.issuer.as_deref() {
            Some(issuer) if issuer != metadata.issuer => return Err(SsoError::Claim("iss")),
            None if names_issuer => return Err(SsoError::Claim("iss")),
            _ => {}
        }
        let tokens = self.tokens(&metadata, answered, attempt, callback).await?;
        let parts = Parts::of(&tokens.id_token)?;
        self.check(&parts, &metadata, now).await?;
        let begun = Timestamp::from_millis(attempt.begun_ms);
        let claims = parts.claims(&Expected {
            issuer: self.issuer(),
            client: &self.settings.client_id,
            nonce: &attempt.nonce,
            access_token: &tokens.access_token,
            shown_after: attempt.proves.then_some(begun),
            now,
        })?;
        let beside = self
            .beside(&metadata, &claims, &tokens.access_token)
            .await?;
        let person = Person::of(&claims, &beside, &self.settings.groups);
        let person = person.ok_or(SsoError::Claim("sub"))?;
        Ok((person, tokens.id_token))
    }

    async fn tokens(
        &self,
        metadata: &Metadata,
        answered: &Answered,
        attempt: &Attempt,
        callback: &str,
    ) -> Result<Tokens, SsoError> {
        let SsoSettings {
            client_id,
            client_secret,
            ..
        } = &self.settings;
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", answered.code.as_str()),
            ("redirect_uri", callback),
            ("code_verifier", attempt.verifier.as_str()),
        ];
        let is_basic = !client_secret.is_empty() && metadata.takes_basic();
        let mut headers = vec![(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        )];
        if is_basic {
            // Both are written as in a form before they are joined (RFC 6749, 2.3.1).
            let written = form(&[("", client_id), ("", client_secret.reveal())]);
            let (id, secret) = written.split_once('&').expect("two pairs have one between");
            let joined = format!("{}:{}", &id[1..], &secret[1..]);
            headers.push(authorization("Basic", &STANDARD.encode(joined))?);
        } else {
            pairs.push(("client_id", client_id.as_str()));
        }
        if !is_basic && !client_secret.is_empty() {
            pairs.push(("client_secret", client_secret.reveal()));
        }
        let request = Outgoing {
            method: Method::POST,
            address: metadata.token_endpoint.clone(),
            headers,
            body: form(&pairs).into_bytes(),
        };
        let body = self.ask(request, "a token").await?;
        serde_json::from_slice(&body).map_err(|_| SsoError::Unreadable("a token"))
    }

    /// Checks a signature; the keys are read anew where they are old, or the token names one that is not among them.
    async fn check(
        &self,
        parts: &Parts<'_>,
        metadata: &Metadata,
        now: Timestamp,
    ) -> Result<(), SsoError> {
        let mut published = self.published.lock().await;
        if let Some((keys, read)) = &published.keys
            && now.millis_since(*read) < FRESH_MS
        {
            match parts.check(keys) {
                Err(SsoError::UnknownKey) if now.millis_since(*read) >= LEAST_PAUSE_MS => {}
                checked => return checked,
            }
        }
        let body = self.ask(got(&metadata.jwks_uri), "its keys").await?;
        let keys = keys_in(&body)?;
        let checked = parts.check(&keys);
        published.keys = Some((keys, now));
        checked
    }

    /// Reads what the provider says beside the token, where the token does not say it all.
    async fn beside(
        &self,
        metadata: &Metadata,
        claims: &Value,
        access_token: &str,
    ) -> Result<Value, SsoError> {
        let says_all = !at(claims, &self.settings.groups).is_null()
            && !claims["email"].is_null()
            && !claims["name"].is_null();
        let Some(endpoint) = metadata.userinfo_endpoint.as_ref().filter(|_| !says_all) else {
            return Ok(Value::Null);
        };
        if access_token.is_empty() {
            return Ok(Value::Null);
        }
        let mut request = got(endpoint);
        request.headers.push(authorization("Bearer", access_token)?);
        let body = self.ask(request, "somebody's details").await?;
        let beside: Value =
            serde_json::from_slice(&body).map_err(|_| SsoError::Unreadable("somebody"))?;
        // Whose details they are must be the same as whose token it is (5.3.2).
        match beside["sub"] == claims["sub"] {
            true => Ok(beside),
            false => Err(SsoError::Claim("sub")),
        }
    }

    async fn metadata(&self, now: Timestamp) -> Result<Metadata, SsoError> {
        let mut published = self.published.lock().await;
        if let Some((metadata, read)) = &published.metadata
            && now.millis_since(*read) < FRESH_MS
        {
            return Ok(metadata.clone());
        }
        // Anybody can ask for the way in; a provider that is gone keeps them waiting one after the other.
        if published
            .failed
            .is_some_and(|failed| now.millis_since(failed) < REST_MS)
        {
            return Err(SsoError::Resting);
        }
        let request = got(&address_of(&self.settings.issuer));
        let read = match self.ask(request, "what it says of itself").await {
            Ok(body) => Metadata::read(&body, &self.settings),
            Err(error) => Err(error),
        };
        published.failed = read.is_err().then_some(now);
        let metadata = read?;
        published.metadata = Some((metadata.clone(), now));
        Ok(metadata)
    }

    async fn ask(&self, request: Outgoing, what: &'static str) -> Result<Vec<u8>, SsoError> {
        let reply = self.client.send(request, WITHIN).await?;
        match reply.status {
            200 => Ok(reply.body),
            status => Err(SsoError::Refused { status, what }),
        }
    }
}

fn got(address: &str) -> Outgoing {
    Outgoing {
        method: Method::GET,
        address: address.to_owned(),
        headers: vec![(ACCEPT, HeaderValue::from_static("application/json"))],
        body: Vec::new(),
    }
}

fn authorization(kind: &str, shown: &str) -> Result<(HeaderName, HeaderValue), SsoError> {
    let value = HeaderValue::from_str(&format!("{kind} {shown}"));
    let value = value.map_err(|_| SsoError::Unreadable("a token"))?;
    Ok((AUTHORIZATION, value))
}
