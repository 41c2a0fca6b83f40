//! Rows of passkeys, and the challenge that the next one must answer.

use serde_json::json;
use sqlx::Row as _;

use crate::ids::AgentId;
use crate::staff::{Passkey, PasskeyChallenge, SecretHash};
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::staff::code_rows;
use crate::store::staff::log::log_of_account;
use crate::time::Timestamp;

/// A passkey as its owner reads of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPasskey {
    /// What checks it.
    pub passkey: Passkey,
    /// What the browser calls itself in which it was made.
    pub browser: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last shown.
    pub used: Option<Timestamp>,
}

impl Store {
    /// Keeps what the next answer of somebody's browser must fit; what was asked before is void.
    pub async fn keep_passkey_challenge(
        &self,
        agent: AgentId,
        challenge: PasskeyChallenge,
    ) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE agents SET passkey_challenge = $2 WHERE id = $1")
                        .bind(agent.to_string())
                        .bind(challenge.0)
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Keeps a passkey that answers a challenge, with recovery codes where it is the first second factor; `false` when the
    /// challenge was answered before, or the passkey is somebody's.
    pub async fn add_passkey(
        &self,
        agent: AgentId,
        challenge: PasskeyChallenge,
        kept: KeptPasskey,
        codes: Vec<SecretHash>,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    if !take_challenge(connection, agent, &challenge).await? {
                        return Ok(false);
                    }
                    let KeptPasskey {
                        passkey,
                        browser,
                        created,
                        used: _,
                    } = kept;
                    let added = sqlx::query(
                        "INSERT INTO passkeys (id, agent, public_key, counter, transports, browser, created) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
                    )
                    .bind(&passkey.id)
                    .bind(agent.to_string())
                    .bind(&passkey.public_key)
                    .bind(i64::from(passkey.counter))
                    .bind(passkey.transports.join(","))
                    .bind(browser)
                    .bind(created.as_millis())
                    .execute(&mut *connection)
                    .await?;
                    if added.rows_affected() == 0 {
                        return Ok(false);
                    }
                    if !codes.is_empty() {
                        code_rows::replace(connection, agent, &codes, created).await?;
                    }
                    let actor = agent.to_string();
                    log_of_account(connection, actor, "add_passkey", agent, json!({}), created)
                        .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Takes a passkey away, and the recovery codes with the last second factor; `false` when its owner has no such one.
    pub async fn remove_passkey(
        &self,
        agent: AgentId,
        id: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let removed = sqlx::query("DELETE FROM passkeys WHERE agent = $1 AND id = $2")
                        .bind(agent.to_string())
                        .bind(id)
                        .execute(&mut *connection)
                        .await?;
                    if removed.rows_affected() == 0 {
                        return Ok(false);
                    }
                    code_rows::forget_if_useless(connection, agent).await?;
                    let actor = agent.to_string();
                    log_of_account(connection, actor, "remove_passkey", agent, json!({}), now)
                        .await?;
                    Ok(true)
                })
            })
            .await
    }
}

impl Reader {
    /// Reads somebody's passkeys, the oldest first.
    pub async fn passkeys(&self, agent: &AgentId) -> Result<Vec<KeptPasskey>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, public_key, counter, transports, browser, created, used FROM passkeys \
             WHERE agent = $1 ORDER BY created, id",
        )
        .bind(agent.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let counter: i64 = row.try_get("counter")?;
                let transports: String = row.try_get("transports")?;
                let used: Option<i64> = row.try_get("used")?;
                Ok(KeptPasskey {
                    passkey: Passkey {
                        id: row.try_get("id")?,
                        public_key: row.try_get("public_key")?,
                        counter: u32::try_from(counter).unwrap_or(u32::MAX),
                        transports: transports
                            .split(',')
                            .filter(|transport| !transport.is_empty())
                            .map(str::to_owned)
                            .collect(),
                    },
                    browser: row.try_get("browser")?,
                    created: Timestamp::from_millis(row.try_get("created")?),
                    used: used.map(Timestamp::from_millis),
                })
            })
            .collect()
    }

    /// Reads what the next answer of somebody's browser must fit.
    pub async fn passkey_challenge(
        &self,
        agent: &AgentId,
    ) -> Result<Option<PasskeyChallenge>, StoreError> {
        let row = sqlx::query("SELECT passkey_challenge FROM agents WHERE id = $1")
            .bind(agent.to_string())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let challenge: Option<String> = row.try_get("passkey_challenge")?;
        Ok(challenge.map(PasskeyChallenge))
    }
}

/// Takes a passkey that was shown for its owner's second factor: the challenge goes, the count stays.
pub(in crate::store) async fn spend(
    connection: &mut Connection,
    agent: AgentId,
    challenge: &PasskeyChallenge,
    shown: &Passkey,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !take_challenge(connection, agent, challenge).await? {
        return Ok(false);
    }
    let used = sqlx::query(
        "UPDATE passkeys SET counter = $3, used = $4 WHERE id = $1 AND agent = $2 AND counter <= $3",
    )
    .bind(&shown.id)
    .bind(agent.to_string())
    .bind(i64::from(shown.counter))
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(used.rows_affected() > 0)
}

/// Takes somebody's passkeys away, with whatever was asked of them.
pub(in crate::store) async fn forget(
    connection: &mut Connection,
    agent: AgentId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM passkeys WHERE agent = $1")
        .bind(agent.to_string())
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE agents SET passkey_challenge = NULL WHERE id = $1")
        .bind(agent.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

async fn take_challenge(
    connection: &mut Connection,
    agent: AgentId,
    challenge: &PasskeyChallenge,
) -> Result<bool, StoreError> {
    let taken = sqlx::query(
        "UPDATE agents SET passkey_challenge = NULL WHERE id = $1 AND passkey_challenge = $2",
    )
    .bind(agent.to_string())
    .bind(&challenge.0)
    .execute(connection)
    .await?;
    Ok(taken.rows_affected() > 0)
}
