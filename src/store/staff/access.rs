//! Rows of keys of programs and of verification phrases.

use std::fmt;
use std::str::FromStr;

use serde_json::json;
use sqlx::Row as _;
use uuid::Uuid;

use crate::ids::AgentId;
use crate::staff::{Agent, Permission, Role, SecretHash};
use crate::store::codes::parse;
use crate::store::dialect::PlainRow;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::staff::agents::{self, codes};
use crate::store::staff::log::log_of_account;
use crate::time::Timestamp;

/// Names an API key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyId(String);

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for KeyId {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// A key of a program, without its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its name in the record.
    pub id: KeyId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Permission>,
    /// When it was made.
    pub created: Timestamp,
    /// When it stopped working.
    pub revoked: Option<Timestamp>,
}

impl Store {
    /// Keeps a key of a program.
    pub async fn add_api_key(
        &self,
        name: String,
        scopes: Vec<Permission>,
        token: SecretHash,
        by: AgentId,
        now: Timestamp,
    ) -> Result<ApiKey, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let key = ApiKey {
                        id: KeyId(Uuid::now_v7().to_string()),
                        name,
                        scopes,
                        created: now,
                        revoked: None,
                    };
                    sqlx::query(
                        "INSERT INTO api_keys (id, name, token_hash, scopes, created_by, created) VALUES ($1, $2, $3, $4, $5, $6)",
                    )
                    .bind(&key.id.0)
                    .bind(&key.name)
                    .bind(token.as_str())
                    .bind(codes(&key.scopes, |scope| scope.code()))
                    .bind(by.to_string())
                    .bind(now.as_millis())
                    .execute(&mut *connection)
                    .await?;
                    let detail = json!({ "key": key.id.0, "scopes": codes(&key.scopes, |scope| scope.code()) });
                    log_of_account(connection, by.to_string(), "add_api_key", by, detail, now).await?;
                    Ok(key)
                })
            })
            .await
    }

    /// Makes a key stop working; `false` when there is none.
    pub async fn revoke_api_key(
        &self,
        id: KeyId,
        by: AgentId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query(
                        "UPDATE api_keys SET revoked = $2 WHERE id = $1 AND revoked IS NULL",
                    )
                    .bind(&id.0)
                    .bind(now.as_millis())
                    .execute(&mut *connection)
                    .await?;
                    let detail = json!({ "key": id.0 });
                    log_of_account(
                        connection,
                        by.to_string(),
                        "revoke_api_key",
                        by,
                        detail,
                        now,
                    )
                    .await?;
                    Ok(done.rows_affected() > 0)
                })
            })
            .await
    }

    /// Keeps a phrase by which visitors can check an agent; earlier ones of the agent stop working.
    pub async fn set_phrase(
        &self,
        agent: AgentId,
        phrase: SecretHash,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM verification_phrases WHERE agent = $1")
                        .bind(agent.to_string())
                        .execute(&mut *connection)
                        .await?;
                    sqlx::query("INSERT INTO verification_phrases (phrase_hash, agent, expires) VALUES ($1, $2, $3)")
                        .bind(phrase.as_str())
                        .bind(agent.to_string())
                        .bind(expires.as_millis())
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Takes a phrase, once, and tells whose it was.
    pub async fn take_phrase(
        &self,
        phrase: SecretHash,
        now: Timestamp,
    ) -> Result<Option<Agent>, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let row = sqlx::query("DELETE FROM verification_phrases WHERE phrase_hash = $1 RETURNING agent, expires")
                        .bind(phrase.as_str())
                        .fetch_optional(&mut *connection)
                        .await?;
                    let Some(row) = row else { return Ok(None) };
                    let expires: i64 = row.try_get("expires")?;
                    let agent = agents::load(connection, &parse("agent id", row.try_get("agent")?)?).await?;
                    Ok((expires > now.as_millis() && agent.active).then_some(agent))
                })
            })
            .await
    }
}

impl Reader {
    /// Reads a key that works: whose maker is still here, and no more of it than its maker may do by now.
    pub async fn api_key(&self, token: &SecretHash) -> Result<Option<ApiKey>, StoreError> {
        let row = sqlx::query(
            "SELECT k.id, k.name, k.scopes, k.created, k.revoked, a.role FROM api_keys k JOIN agents a ON a.id = k.created_by \
             WHERE k.token_hash = $1 AND k.revoked IS NULL AND a.active = 1",
        )
        .bind(token.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let maker: Role = parse("role", row.try_get("role")?)?;
        let mut key = key_from_row(&row)?;
        key.scopes.retain(|scope| maker.may(*scope));
        Ok(Some(key))
    }

    /// Reads every key, the newest first.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, name, scopes, created, revoked FROM api_keys ORDER BY created DESC, id DESC",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(key_from_row).collect()
    }
}

fn key_from_row(row: &PlainRow) -> Result<ApiKey, StoreError> {
    let scopes: String = row.try_get("scopes")?;
    let revoked: Option<i64> = row.try_get("revoked")?;
    Ok(ApiKey {
        id: KeyId(row.try_get("id")?),
        name: row.try_get("name")?,
        scopes: scopes
            .split(',')
            .filter(|scope| !scope.is_empty())
            .map(|scope| parse("scope", scope.to_owned()))
            .collect::<Result<_, _>>()?,
        created: Timestamp::from_millis(row.try_get("created")?),
        revoked: revoked.map(Timestamp::from_millis),
    })
}
