//! Rows of what lets somebody in: sessions, API keys and verification phrases.

use std::fmt;
use std::str::FromStr;

use serde_json::json;
use sqlx::Row as _;
use uuid::Uuid;

use super::agents::{self, COLUMNS, codes, log};
use super::codes::parse;
use super::recovery_codes::{SecondProof, spend};
use super::{Connection, Reader, Row, Store, StoreError};
use crate::conversation::{AgentId, Timestamp};
use crate::staff::{Agent, Permission, SecretHash};

/// A session to be kept.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// What is kept of its token.
    pub token: SecretHash,
    /// Whose it is.
    pub agent: AgentId,
    /// What forms and scripts must repeat.
    pub csrf: String,
    /// What was shown for the second factor, so that it is not taken again.
    pub proof: Option<SecondProof>,
    /// When it ends.
    pub expires: Timestamp,
    /// When.
    pub now: Timestamp,
}

/// A live session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub agent: Agent,
    /// What forms and scripts must repeat.
    pub csrf: String,
}

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
    /// Keeps a session; `false` when its second-factor code was taken before.
    pub async fn open_session(&self, session: NewSession) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| Box::pin(open_session(connection, session)))
            .await
    }

    /// Ends a session.
    pub async fn end_session(&self, token: SecretHash) -> Result<(), StoreError> {
        self.writer
            .write_one(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
                        .bind(token.as_str())
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

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
                    log(connection, by.to_string(), "add_api_key", by, detail, now).await?;
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
                    log(
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
    /// Reads a session that has not ended.
    pub async fn session(
        &self,
        token: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS}, s.csrf FROM sessions s JOIN agents a ON a.id = s.agent \
             WHERE s.token_hash = $1 AND s.expires > $2 AND a.active = 1"
        )))
        .bind(token.as_str())
        .bind(now.as_millis())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            Ok(Session {
                agent: agents::from_row(&row)?,
                csrf: row.try_get("csrf")?,
            })
        })
        .transpose()
    }

    /// Reads a key that works.
    pub async fn api_key(&self, token: &SecretHash) -> Result<Option<ApiKey>, StoreError> {
        let row = sqlx::query(
            "SELECT id, name, scopes, created, revoked FROM api_keys WHERE token_hash = $1 AND revoked IS NULL",
        )
        .bind(token.as_str())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| key_from_row(&row)).transpose()
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

async fn open_session(
    connection: &mut Connection,
    session: NewSession,
) -> Result<bool, StoreError> {
    let NewSession {
        token,
        agent,
        csrf,
        proof,
        expires,
        now,
    } = session;
    if let Some(proof) = &proof
        && !spend(connection, agent, proof, now).await?
    {
        return Ok(false);
    }
    sqlx::query("UPDATE agents SET failures = 0 WHERE id = $1")
        .bind(agent.to_string())
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM sessions WHERE expires <= $1")
        .bind(now.as_millis())
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO sessions (token_hash, agent, csrf, created, expires) VALUES ($1, $2, $3, $4, $5)")
        .bind(token.as_str())
        .bind(agent.to_string())
        .bind(csrf)
        .bind(now.as_millis())
        .bind(expires.as_millis())
        .execute(&mut *connection)
        .await?;
    log(
        connection,
        agent.to_string(),
        "sign_in",
        agent,
        json!({}),
        now,
    )
    .await?;
    Ok(true)
}

fn key_from_row(row: &Row) -> Result<ApiKey, StoreError> {
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
