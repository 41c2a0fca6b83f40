//! Rows of accounts.

use serde_json::json;
use sqlx::Row as _;

use super::codes::parse;
use super::staff_log::{self, LogLine};
use super::{Connection, Reader, Row, Store, StoreError, recovery_codes};
use crate::conversation::{AgentId, Timestamp};
use crate::language::Language;
use crate::staff::{
    Agent, Attempts, Department, EmailAddress, NewAgent, PasswordHash, Role, SecondFactor,
    SecretHash,
};

/// What somebody is checked against when they sign in.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The account.
    pub agent: Agent,
    /// Its password.
    pub password: PasswordHash,
    /// Its second factor, where one is set up.
    pub second_factor: Option<SecondFactor>,
    /// Failures since the last success.
    pub attempts: Attempts,
}

pub(super) const COLUMNS: &str = "a.id, a.email, a.name, a.department, a.role, a.languages, a.skills, a.password_hash, \
                       a.totp_secret, a.active, a.failures, a.last_failure, a.created";

impl Store {
    /// Keeps a new account; an address that is taken is a conflict.
    pub async fn add_agent(
        &self,
        new: NewAgent,
        password: PasswordHash,
        actor: String,
        now: Timestamp,
    ) -> Result<Agent, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let id = AgentId::generate(now);
                    insert(connection, id, &new, &password, now).await?;
                    let detail = json!({ "role": new.role.code() });
                    log(connection, actor, "add_agent", id, detail, now).await?;
                    load(connection, &id).await
                })
            })
            .await
    }

    /// Changes role and activity; an account that may no longer sign in is signed out.
    pub async fn change_agent(
        &self,
        id: AgentId,
        role: Role,
        active: bool,
        actor: String,
        now: Timestamp,
    ) -> Result<Agent, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE agents SET role = $2, active = $3 WHERE id = $1")
                        .bind(id.to_string())
                        .bind(role.code())
                        .bind(i64::from(active))
                        .execute(&mut *connection)
                        .await?;
                    if !active {
                        end_sessions(connection, &id).await?;
                    }
                    let detail = json!({ "role": role.code(), "active": active });
                    log(connection, actor, "change_agent", id, detail, now).await?;
                    load(connection, &id).await
                })
            })
            .await
    }

    /// Sets a password, takes the second factor away and signs the agent out everywhere.
    pub async fn reset_agent(
        &self,
        id: AgentId,
        password: PasswordHash,
        actor: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE agents SET password_hash = $2, totp_secret = NULL, totp_step = 0, failures = 0 WHERE id = $1",
                    )
                    .bind(id.to_string())
                    .bind(password.as_str())
                    .execute(&mut *connection)
                    .await?;
                    recovery_codes::forget(connection, id).await?;
                    end_sessions(connection, &id).await?;
                    log(connection, actor, "reset_agent", id, json!({}), now).await
                })
            })
            .await
    }

    /// Sets what an agent answers in and knows about.
    pub async fn set_skills(
        &self,
        id: AgentId,
        languages: Vec<Language>,
        skills: Vec<String>,
        actor: String,
        now: Timestamp,
    ) -> Result<Agent, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE agents SET languages = $2, skills = $3 WHERE id = $1")
                        .bind(id.to_string())
                        .bind(codes(&languages, |language| language.code()))
                        .bind(skills.join(","))
                        .execute(&mut *connection)
                        .await?;
                    let detail = json!({
                        "languages": codes(&languages, |language| language.code()),
                        "skills": skills,
                    });
                    log(connection, actor, "set_skills", id, detail, now).await?;
                    load(connection, &id).await
                })
            })
            .await
    }

    /// Sets up a second factor, whose first code has been checked, with its recovery codes.
    pub async fn set_second_factor(
        &self,
        id: AgentId,
        factor: SecondFactor,
        step: i64,
        codes: Vec<SecretHash>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE agents SET totp_secret = $2, totp_step = $3 WHERE id = $1")
                        .bind(id.to_string())
                        .bind(factor.reveal())
                        .bind(step)
                        .execute(&mut *connection)
                        .await?;
                    recovery_codes::replace(connection, id, &codes, now).await?;
                    log(
                        connection,
                        id.to_string(),
                        "set_second_factor",
                        id,
                        json!({}),
                        now,
                    )
                    .await
                })
            })
            .await
    }

    /// Counts a failed attempt to sign in.
    pub async fn count_failure(&self, id: AgentId, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .write_one(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE agents SET failures = failures + 1, last_failure = $2 WHERE id = $1")
                        .bind(id.to_string())
                        .bind(now.as_millis())
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }
}

impl Reader {
    /// Reads every account, the oldest first.
    pub async fn agents(&self) -> Result<Vec<Agent>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM agents a ORDER BY a.created, a.id"
        )))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(from_row).collect()
    }

    /// Reads one account.
    pub async fn agent(&self, id: &AgentId) -> Result<Agent, StoreError> {
        let mut connection = self.pool.acquire().await?;
        load(&mut connection, id).await
    }

    /// Reads what an address signs in with.
    pub async fn credentials(
        &self,
        email: &EmailAddress,
    ) -> Result<Option<Credentials>, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM agents a WHERE a.email = $1"
        )))
        .bind(email.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let secret: Option<String> = row.try_get("totp_secret")?;
        Ok(Some(Credentials {
            agent: from_row(&row)?,
            password: PasswordHash::stored(row.try_get("password_hash")?),
            second_factor: secret.map(SecondFactor::stored),
            attempts: Attempts {
                failures: row.try_get("failures")?,
                last: Timestamp::from_millis(row.try_get("last_failure")?),
            },
        }))
    }
}

async fn insert(
    connection: &mut Connection,
    id: AgentId,
    new: &NewAgent,
    password: &PasswordHash,
    now: Timestamp,
) -> Result<(), StoreError> {
    let NewAgent {
        email,
        name,
        department,
        role,
        languages,
        skills,
    } = new;
    sqlx::query(
        "INSERT INTO agents (id, email, name, department, role, languages, skills, password_hash, totp_step, active, \
         failures, last_failure, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 1, 0, 0, $9)",
    )
    .bind(id.to_string())
    .bind(email.as_str())
    .bind(name)
    .bind(department.as_str())
    .bind(role.code())
    .bind(codes(languages, |language| language.code()))
    .bind(skills.join(","))
    .bind(password.as_str())
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn load(connection: &mut Connection, id: &AgentId) -> Result<Agent, StoreError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM agents a WHERE a.id = $1"
    )))
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map_or(Err(StoreError::UnknownAgent(*id)), |row| from_row(&row))
}

async fn end_sessions(connection: &mut Connection, id: &AgentId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE agent = $1")
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn log(
    connection: &mut Connection,
    actor: String,
    action: &'static str,
    subject: AgentId,
    detail: serde_json::Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    let line = LogLine {
        actor,
        action,
        subject: subject.to_string(),
        detail,
        now,
    };
    staff_log::insert(connection, line).await
}

pub(super) fn codes<T>(values: &[T], code: impl Fn(&T) -> &'static str) -> String {
    values.iter().map(code).collect::<Vec<_>>().join(",")
}

pub(super) fn from_row(row: &Row) -> Result<Agent, StoreError> {
    let languages: String = row.try_get("languages")?;
    let skills: String = row.try_get("skills")?;
    let department: String = row.try_get("department")?;
    let active: i64 = row.try_get("active")?;
    let secret: Option<String> = row.try_get("totp_secret")?;
    Ok(Agent {
        id: parse("agent id", row.try_get("id")?)?,
        email: parse("address", row.try_get("email")?)?,
        name: row.try_get("name")?,
        department: Department::new(&department),
        role: parse("role", row.try_get("role")?)?,
        languages: languages
            .split(',')
            .filter_map(Language::from_tag)
            .collect(),
        skills: skills
            .split(',')
            .filter(|skill| !skill.is_empty())
            .map(str::to_owned)
            .collect(),
        active: active == 1,
        has_second_factor: secret.is_some(),
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}
