//! Rows of sessions, and of the browsers they were opened in.

use serde_json::json;
use sqlx::Row as _;
use uuid::Uuid;

use crate::ids::AgentId;
use crate::staff::{Agent, SecretHash};
use crate::store::codes::parse;
use crate::store::dialect::{Connection, Fetching as _};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::staff::agents::{self, COLUMNS};
use crate::store::staff::attempts::{AttemptLane, forget};
use crate::store::staff::log::{self, LogLine, log_of_account};
use crate::store::staff::second_proof::{SecondProof, spend};
use crate::time::Timestamp;

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
    /// Where the attempt that led to it was counted; nothing where the provider counts.
    pub lane: Option<AttemptLane>,
    /// What the provider said, where it was opened by one.
    pub by_provider: Option<ByProvider>,
    /// What is kept of the token by which the browser is known from now on, and how long it is.
    pub device: (SecretHash, Timestamp),
    /// What the browser calls itself.
    pub browser: String,
    /// When it ends.
    pub expires: Timestamp,
    /// The present moment.
    pub now: Timestamp,
}

/// What a session by a provider is opened with.
#[derive(Debug, Clone)]
pub struct ByProvider {
    /// The provider.
    pub issuer: String,
    /// By which the provider is asked to end its own session.
    pub id_token: String,
}

/// A live session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub agent: Agent,
    /// What forms and scripts must repeat.
    pub csrf: String,
    /// When its owner last did something.
    pub used: Timestamp,
    /// When its owner last showed who they are.
    pub proved: Timestamp,
    /// Whether it was opened by a provider.
    pub by_provider: bool,
}

/// A session as its owner reads of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// Its name.
    pub id: String,
    /// What the browser calls itself.
    pub browser: String,
    /// When it was opened.
    pub created: Timestamp,
    /// When its owner last did something.
    pub used: Timestamp,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

impl Store {
    /// Keeps a session; `false` when its second-factor code was taken before.
    pub async fn open_session(&self, session: NewSession) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| Box::pin(open_session(connection, session)))
            .await
    }

    /// Notes that the owner of a session does something.
    pub async fn use_session(&self, token: SecretHash, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE sessions SET used = $2 WHERE token_hash = $1")
                        .bind(token.as_str())
                        .bind(now.as_millis())
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Notes that the owner of a session has shown again who they are; `false` when a code was taken before.
    pub async fn prove_session(
        &self,
        token: SecretHash,
        agent: AgentId,
        proof: Option<SecondProof>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    if let Some(proof) = &proof
                        && !spend(connection, agent, proof, now).await?
                    {
                        return Ok(false);
                    }
                    sqlx::query(
                        "UPDATE sessions SET proved = $2, failures = 0 WHERE token_hash = $1",
                    )
                    .bind(token.as_str())
                    .bind(now.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Ends a session, and returns the token by which the provider that opened it is asked to end its own; whoever signs
    /// out is noted.
    pub async fn end_session(
        &self,
        token: SecretHash,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let ended = sqlx::query(
                        "DELETE FROM sessions WHERE token_hash = $1 RETURNING agent, id_token_sealed",
                    )
                    .bind(token.as_str())
                    .row_if_any(connection)
                    .await?;
                    let Some(ended) = ended else { return Ok(None) };
                    let id_token = ended.open_if_any("id_token_sealed")?;
                    let agent: AgentId = parse("agent id", ended.try_get("agent")?)?;
                    let actor = agent.to_string();
                    log_of_account(connection, actor, "sign_out", agent, json!({}), now).await?;
                    Ok(id_token)
                })
            })
            .await
    }

    /// Notes that somebody was not let in; of an address that is nobody's too, so that both take the same time.
    pub async fn note_refused_sign_in(
        &self,
        agent: Option<AgentId>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let line = LogLine {
            actor: "nobody".to_owned(),
            action: "sign_in_refused",
            subject: agent.map_or_else(|| "unknown".to_owned(), |agent| agent.to_string()),
            detail: json!({}),
            now,
        };
        self.writer
            .write_aside(move |connection| Box::pin(log::insert(connection, line)))
            .await
    }

    /// Ends one of somebody's sessions by its name; `false` when they have no such session.
    pub async fn end_session_of(
        &self,
        agent: AgentId,
        id: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let ended = sqlx::query("DELETE FROM sessions WHERE agent = $1 AND id = $2")
                        .bind(agent.to_string())
                        .bind(&id)
                        .execute(&mut *connection)
                        .await?;
                    if ended.rows_affected() == 0 {
                        return Ok(false);
                    }
                    let (actor, detail) = (agent.to_string(), json!({ "session": id }));
                    log_of_account(connection, actor, "end_session", agent, detail, now).await?;
                    Ok(true)
                })
            })
            .await
    }
}

impl Store {
    /// Ends all of somebody's sessions but one, and counts them.
    pub async fn end_other_sessions(
        &self,
        agent: AgentId,
        kept: SecretHash,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let ended =
                        sqlx::query("DELETE FROM sessions WHERE agent = $1 AND token_hash <> $2")
                            .bind(agent.to_string())
                            .bind(kept.as_str())
                            .execute(&mut *connection)
                            .await?
                            .rows_affected();
                    let (actor, detail) = (agent.to_string(), json!({ "sessions": ended }));
                    log_of_account(connection, actor, "end_other_sessions", agent, detail, now)
                        .await?;
                    Ok(ended)
                })
            })
            .await
    }
}

impl Reader {
    /// Reads a session that has not ended, and whose owner did something after a moment.
    pub async fn session(
        &self,
        token: &SecretHash,
        used_after: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS}, s.csrf, s.used, s.proved, s.by_provider FROM sessions s JOIN agents a ON a.id = s.agent \
             WHERE s.token_hash = $1 AND s.expires > $2 AND s.used > $3 AND a.active = 1"
        )))
        .bind(token.as_str())
        .bind(now.as_millis())
        .bind(used_after.as_millis())
        .row_if_any(&mut self.connection().await?)
        .await?;
        row.map(|row| {
            Ok(Session {
                agent: agents::from_row(&row)?,
                csrf: row.try_get("csrf")?,
                used: Timestamp::from_millis(row.try_get("used")?),
                proved: Timestamp::from_millis(row.try_get("proved")?),
                by_provider: row.try_get::<i64, _>("by_provider")? == 1,
            })
        })
        .transpose()
    }

    /// Reads somebody's open sessions, the newest first.
    pub async fn sessions_of(
        &self,
        agent: &AgentId,
        current: &SecretHash,
        used_after: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<OpenSession>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, token_hash, browser, created, used FROM sessions \
             WHERE agent = $1 AND expires > $2 AND used > $3 ORDER BY created DESC, id DESC",
        )
        .bind(agent.to_string())
        .bind(now.as_millis())
        .bind(used_after.as_millis())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let token: String = row.try_get("token_hash")?;
                Ok(OpenSession {
                    id: row.try_get("id")?,
                    browser: row.try_get("browser")?,
                    created: Timestamp::from_millis(row.try_get("created")?),
                    used: Timestamp::from_millis(row.try_get("used")?),
                    is_current: token == current.as_str(),
                })
            })
            .collect()
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
        lane,
        by_provider,
        device,
        browser,
        expires,
        now,
    } = session;
    if let Some(proof) = &proof
        && !spend(connection, agent, proof, now).await?
    {
        return Ok(false);
    }
    if let Some(lane) = &lane {
        forget(connection, lane).await?;
    }
    for table in ["sessions", "devices"] {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "DELETE FROM {table} WHERE expires <= $1"
        )))
        .bind(now.as_millis())
        .execute(&mut *connection)
        .await?;
    }
    let id_token = by_provider
        .as_ref()
        .map(|by| connection.keys().house().seal(&by.id_token));
    let (device, device_expires) = device;
    sqlx::query(
        "INSERT INTO devices (token_hash, agent, failures, last_failure, expires) VALUES ($1, $2, 0, 0, $3)",
    )
    .bind(device.as_str())
    .bind(agent.to_string())
    .bind(device_expires.as_millis())
    .execute(&mut *connection)
    .await?;
    if let Some(AttemptLane::Device(known)) = &lane {
        // One browser is known by one token, the newest.
        sqlx::query("DELETE FROM devices WHERE token_hash = $1")
            .bind(known.as_str())
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(
        "INSERT INTO sessions (token_hash, id, agent, csrf, browser, created, used, proved, expires, failures, last_failure, \
         by_provider, id_token_sealed) VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $7, 0, 0, $8, $9)",
    )
    .bind(token.as_str())
    .bind(Uuid::now_v7().to_string())
    .bind(agent.to_string())
    .bind(csrf)
    .bind(browser)
    .bind(now.as_millis())
    .bind(expires.as_millis())
    .bind(i64::from(by_provider.is_some()))
    .bind(id_token)
    .execute(&mut *connection)
    .await?;
    let actor = agent.to_string();
    let detail = by_provider.map_or_else(|| json!({}), |by| json!({ "provider": by.issuer }));
    log_of_account(connection, actor, "sign_in", agent, detail, now).await?;
    Ok(true)
}
