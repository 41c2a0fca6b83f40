//! Keys under which a visitor's program repeats a request without repeating its effect.

use std::str::FromStr;

use crate::store::dialect::{Connection, Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::time::Timestamp;

/// A key chosen by the caller, such as a UUID: 8 to 128 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// A text that cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an idempotency key has {MIN_KEY_CHARS} to {MAX_KEY_CHARS} visible ASCII characters; send a fresh UUID"
)]
pub struct InvalidKey;

/// Fewest characters of a key.
pub const MIN_KEY_CHARS: usize = 8;
/// Most characters of a key.
pub const MAX_KEY_CHARS: usize = 128;

impl FromStr for IdempotencyKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (MIN_KEY_CHARS..=MAX_KEY_CHARS).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidKey)
        }
    }
}

impl IdempotencyKey {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether the key looks as if it was drawn at random from more than anybody can try: a UUID, or as many
    /// hexadecimal digits, and not few of them over and over. A longer text may be a name that means something to its
    /// owner, such as `my-shop-order-4711`, and so to others; randomness cannot be told from that, so it is none.
    pub fn is_hard_to_guess(&self) -> bool {
        let mut digits: Vec<u8> = self.0.bytes().filter(|byte| *byte != b'-').collect();
        digits.make_ascii_lowercase();
        if digits.len() < RANDOM_DIGITS || !digits.iter().all(u8::is_ascii_hexdigit) {
            return false;
        }
        digits.sort_unstable();
        digits.dedup();
        digits.len() >= RANDOM_KINDS
    }
}

/// Hexadecimal digits of a UUID, of which 122 bits are random.
const RANDOM_DIGITS: usize = 32;

/// Different digits in it. Of ten million random UUIDs not one has fewer.
const RANDOM_KINDS: usize = 8;

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

impl KeyedRequest {
    /// Reads the stored response of the key from its row, whose columns may be NULL; refuses a key that stands for
    /// another request.
    pub(in crate::store) fn response_in(&self, row: &Row) -> Result<Option<String>, StoreError> {
        let fingerprint: Option<String> = row.try_get("fingerprint")?;
        match fingerprint {
            None => Ok(None),
            // Written before fingerprints were keyed; forgotten within a week.
            Some(fingerprint) if fingerprint == self.fingerprint => {
                Ok(Some(row.try_get("response")?))
            }
            Some(fingerprint) if fingerprint == row.ring().fingerprint(&self.fingerprint) => {
                Ok(Some(row.try_get("response")?))
            }
            Some(_) => Err(StoreError::KeyReused),
        }
    }
}

/// Returns the stored response of a key; refuses a key that stands for another request.
pub(in crate::store) async fn find_response(
    connection: &mut Connection,
    request: &KeyedRequest,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(
        "SELECT fingerprint, response FROM idempotency_keys WHERE scope = $1 AND key = $2",
    )
    .bind(&request.scope)
    .bind(request.key.as_str())
    .row_if_any(connection)
    .await?;
    row.map_or(Ok(None), |row| request.response_in(&row))
}

/// Remembers what a request is about to lead to; `false` when the key is remembered already. Of two requests at once, one
/// waits here for the other.
pub(in crate::store) async fn claim_response(
    connection: &mut Connection,
    request: &KeyedRequest,
    response: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let claimed = sqlx::query(
        "INSERT INTO idempotency_keys (scope, key, fingerprint, response, created) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    )
    .bind(&request.scope)
    .bind(request.key.as_str())
    .bind(connection.keys().fingerprint(&request.fingerprint))
    .bind(response)
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(claimed.rows_affected() > 0)
}

/// Remembers what a request led to, in the transaction of its effect.
pub(in crate::store) async fn remember_response(
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
    .bind(connection.keys().fingerprint(&request.fingerprint))
    .bind(response)
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

/// Most keys forgotten at once, so that the writer is not held up.
const MAX_FORGOTTEN: i64 = 1_024;

impl Store {
    /// Forgets keys that nobody will repeat any more, a bounded number at a time.
    pub(in crate::store) async fn forget_old_keys(&self, now: Timestamp) -> Result<(), StoreError> {
        let until = now.earlier_by(KEY_LIFETIME_MS).as_millis();
        // Most of the time there is none, and reading does not wait for the writer.
        let old = sqlx::query("SELECT 1 FROM idempotency_keys WHERE created < $1 LIMIT 1")
            .bind(until)
            .fetch_optional(&self.reader.pool)
            .await?;
        if old.is_none() {
            return Ok(());
        }
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "DELETE FROM idempotency_keys WHERE (scope, key) IN (SELECT scope, key FROM idempotency_keys \
                         WHERE created < $1 ORDER BY created LIMIT $2)",
                    )
                    .bind(until)
                    .bind(MAX_FORGOTTEN)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_key_that_looks_random_is_hard_to_guess() {
        let check = |text: &str, expected: bool| {
            let key: IdempotencyKey = text.parse().expect("a key");
            assert_eq!(key.is_hard_to_guess(), expected, "{text}");
        };
        check("3f1c9b6e-8d2a-4c57-9a0e-b7d45f612c83", true);
        check("3F1C9B6E8D2A4C579A0EB7D45F612C83", true);
        check("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", true);
        check("my-company-order-number-4711-of-ann", false);
        check("deadbeefdeadbeefdeadbeefdeadbeef", false);
        check("the-same-key", false);
        check("order-4711", false);
        check("00000000-0000-4000-8000-000000000001", false);
        check("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false);
        check("abababababab-123123123123123", false);
        check("kJ9x_Q2vT-7mZp", false);
    }
}
