//! Keys under which a visitor's program repeats a request without repeating its effect.

use std::str::FromStr;

use sqlx::Row as _;

use super::{Connection, StoreError};
use crate::conversation::Timestamp;

/// A key chosen by the caller, such as a UUID: 8 to 128 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// A text that cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an idempotency key has {MIN_CHARS} to {MAX_CHARS} visible ASCII characters; send a fresh UUID"
)]
pub struct InvalidKey;

const MIN_CHARS: usize = 8;
const MAX_CHARS: usize = 128;

impl FromStr for IdempotencyKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (MIN_CHARS..=MAX_CHARS).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidKey)
        }
    }
}

impl IdempotencyKey {
    /// Gives the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A key together with what it was used for, so that its reuse for something else is noticed.
#[derive(Debug, Clone)]
pub struct KeyedRequest {
    /// The caller's key.
    pub key: IdempotencyKey,
    /// What kind of request, and on which conversation.
    pub scope: String,
    /// Digest of everything in the request that has an effect.
    pub fingerprint: String,
}

/// How long a key is remembered; a client that retries for longer has lost its outbox.
const KEY_LIFETIME_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// Gives the stored response of a key; refuses a key that stands for another request.
pub(super) async fn find_response(
    connection: &mut Connection,
    request: &KeyedRequest,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(
        "SELECT fingerprint, response FROM idempotency_keys WHERE scope = $1 AND key = $2",
    )
    .bind(&request.scope)
    .bind(request.key.as_str())
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let fingerprint: String = row.try_get("fingerprint")?;
    if fingerprint != request.fingerprint {
        return Err(StoreError::KeyReused);
    }
    Ok(Some(row.try_get("response")?))
}

/// Remembers what a request led to, in the transaction of its effect.
pub(super) async fn remember_response(
    connection: &mut Connection,
    request: Option<&KeyedRequest>,
    response: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(request) = request else {
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO idempotency_keys (scope, key, fingerprint, response, created) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&request.scope)
    .bind(request.key.as_str())
    .bind(&request.fingerprint)
    .bind(response)
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets keys nobody will repeat any more.
pub(super) async fn forget_old(
    connection: &mut Connection,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM idempotency_keys WHERE created < $1")
        .bind(now.earlier_by(KEY_LIFETIME_MS).as_millis())
        .execute(connection)
        .await?;
    Ok(())
}
