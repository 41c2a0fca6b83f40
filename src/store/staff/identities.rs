//! Whose account is whose at the provider that staff sign in with.

use serde_json::json;

use crate::ids::AgentId;
use crate::staff::{Agent, EmailAddress, NewAgent, PasswordHash, Role};
use crate::store::codes::parse;
use crate::store::dialect::{Connection, Fetching as _};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::staff::agents::{self, credentials_of, end_sessions};
use crate::store::staff::log::log_of_account;
use crate::time::Timestamp;

/// Somebody whom the provider has let in.
#[derive(Debug, Clone)]
pub struct NewIdentity {
    /// The provider.
    pub issuer: String,
    /// The provider's own name for the account.
    pub subject: String,
    /// The role of their groups; nothing where none of them has one.
    pub role: Option<Role>,
    /// Their address, where the provider has checked it and an account with it may become theirs.
    pub linked_by: Option<EmailAddress>,
    /// The account that is made where they have none.
    pub fresh: NewAgent,
    /// A password that nobody knows.
    pub password: PasswordHash,
    /// The present moment.
    pub now: Timestamp,
}

/// Whose account it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identified {
    /// This one's, who may sign in.
    As(Box<Agent>),
    /// None of their groups has a role; an account they had is switched off.
    NoRole,
    /// Their account is switched off by people.
    Inactive(AgentId),
    /// Somebody else's account has their address.
    AddressTaken,
}

/// Who does what the provider's word leads to, as the log has it.
const ACTOR: &str = "provider";

impl Store {
    /// Finds or makes the account of somebody whom the provider has let in, with the role of their groups.
    pub async fn identify(&self, new: NewIdentity) -> Result<Identified, StoreError> {
        self.writer
            .write(move |connection| Box::pin(identify(connection, new)))
            .await
    }
}

async fn identify(connection: &mut Connection, new: NewIdentity) -> Result<Identified, StoreError> {
    let row = sqlx::query(
        "SELECT agent, left_groups FROM agent_identities WHERE issuer = $1 AND subject = $2",
    )
    .bind(&new.issuer)
    .bind(&new.subject)
    .row_if_any(&mut *connection)
    .await?;
    let known = match row {
        Some(row) => {
            let id: AgentId = parse("agent id", row.try_get("agent")?)?;
            let left: Option<i64> = row.try_get("left_groups")?;
            Some((agents::load(connection, &id).await?, left.is_some()))
        }
        None => None,
    };
    match (known, new.role) {
        (Some((agent, _)), None) => leave(connection, &agent, new.now).await,
        (None, None) => Ok(Identified::NoRole),
        (Some((agent, has_left)), Some(role)) => {
            if !agent.active && !has_left {
                return Ok(Identified::Inactive(agent.id));
            }
            give(connection, agent, role, new.now).await
        }
        (None, Some(role)) => meet(connection, new, role).await,
    }
}

/// Switches off the account of somebody who has no group any more that has a role.
async fn leave(
    connection: &mut Connection,
    agent: &Agent,
    now: Timestamp,
) -> Result<Identified, StoreError> {
    if agent.active {
        sqlx::query("UPDATE agents SET active = 0 WHERE id = $1")
            .bind(agent.id.to_string())
            .execute(&mut *connection)
            .await?;
        sqlx::query("UPDATE agent_identities SET left_groups = $2 WHERE agent = $1")
            .bind(agent.id.to_string())
            .bind(now.as_millis())
            .execute(&mut *connection)
            .await?;
        end_sessions(connection, &agent.id).await?;
        let detail = json!({ "active": false, "groups": "none with a role" });
        log_of_account(
            connection,
            ACTOR.to_owned(),
            "change_agent",
            agent.id,
            detail,
            now,
        )
        .await?;
    }
    Ok(Identified::NoRole)
}

/// Gives an account the role of its owner's groups.
async fn give(
    connection: &mut Connection,
    agent: Agent,
    role: Role,
    now: Timestamp,
) -> Result<Identified, StoreError> {
    if agent.active && agent.role == role {
        return Ok(Identified::As(Box::new(agent)));
    }
    sqlx::query("UPDATE agents SET role = $2, active = 1 WHERE id = $1")
        .bind(agent.id.to_string())
        .bind(role.code())
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE agent_identities SET left_groups = NULL WHERE agent = $1")
        .bind(agent.id.to_string())
        .execute(&mut *connection)
        .await?;
    let detail = json!({ "role": role.code(), "active": true });
    log_of_account(
        connection,
        ACTOR.to_owned(),
        "change_agent",
        agent.id,
        detail,
        now,
    )
    .await?;
    Ok(Identified::As(Box::new(
        agents::load(connection, &agent.id).await?,
    )))
}

/// Links somebody who comes for the first time to the account with their address, or makes one.
async fn meet(
    connection: &mut Connection,
    new: NewIdentity,
    role: Role,
) -> Result<Identified, StoreError> {
    let now = new.now;
    if let Some(email) = &new.linked_by
        && let Some(known) = credentials_of(connection, email).await?
    {
        let agent = known.agent;
        if !agent.active {
            return Ok(Identified::Inactive(agent.id));
        }
        if !link(connection, &new, agent.id).await? {
            return Ok(Identified::AddressTaken);
        }
        let detail = json!({ "provider": new.issuer });
        log_of_account(
            connection,
            ACTOR.to_owned(),
            "link_identity",
            agent.id,
            detail,
            now,
        )
        .await?;
        return give(connection, agent, role, now).await;
    }
    if credentials_of(connection, &new.fresh.email)
        .await?
        .is_some()
    {
        return Ok(Identified::AddressTaken);
    }
    let id = AgentId::generate(now);
    agents::insert(connection, id, &new.fresh, &new.password, now).await?;
    link(connection, &new, id).await?;
    let detail = json!({ "role": role.code(), "provider": new.issuer });
    log_of_account(connection, ACTOR.to_owned(), "add_agent", id, detail, now).await?;
    Ok(Identified::As(Box::new(
        agents::load(connection, &id).await?,
    )))
}

/// Keeps whose account it is; `false` where it is somebody else's already.
async fn link(
    connection: &mut Connection,
    new: &NewIdentity,
    agent: AgentId,
) -> Result<bool, StoreError> {
    let linked = sqlx::query(
        "INSERT INTO agent_identities (issuer, subject, agent, created) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(&new.issuer)
    .bind(&new.subject)
    .bind(agent.to_string())
    .bind(new.now.as_millis())
    .execute(connection)
    .await?;
    Ok(linked.rows_affected() > 0)
}
