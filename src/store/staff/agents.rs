//! Rows of accounts.

use serde_json::json;

use crate::ids::AgentId;
use crate::language::Spoken;
use crate::locale::Locale;
use crate::safety::Words;
use crate::staff::{
    Agent, Department, Duties, EmailAddress, NewAgent, PasswordHash, Role, SecondFactor, SecretHash,
};
use crate::store::codes::parse;
use crate::store::dialect::{Connection, Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::staff::log::log_of_account;
use crate::store::staff::{code_rows, passkeys};
use crate::time::Timestamp;

/// What somebody is checked against when they sign in.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The account.
    pub agent: Agent,
    /// Its password.
    pub password: PasswordHash,
    /// Its authenticator app, where one is set up.
    pub second_factor: Option<SecondFactor>,
    /// Until when a password that was given, and not chosen, opens a session.
    pub password_expires: Option<Timestamp>,
    /// Until when the password opens a session although passwords are switched off.
    pub let_in_until: Timestamp,
}

pub(in crate::store) const COLUMNS: &str = "a.id, a.email, a.name, a.department, a.role, a.languages, a.skills, a.password_hash, \
                       a.password_expires, a.totp_secret, a.active, a.created, a.levels, a.capacity, \
                       a.availability, a.availability_reason, a.mail_notices, a.locale, a.let_in_until, \
                       (SELECT COUNT(*) FROM passkeys p WHERE p.agent = a.id) AS passkeys";

/// How long a password that somebody was given opens a session: a week.
const FIRST_PASSWORD_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

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
                    log_of_account(connection, actor, "add_agent", id, detail, now).await?;
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
                    log_of_account(connection, actor, "change_agent", id, detail, now).await?;
                    load(connection, &id).await
                })
            })
            .await
    }

    /// Sets a password, takes every second factor away and signs the agent out everywhere.
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
                        "UPDATE agents SET password_hash = $2, password_expires = $3, totp_secret = NULL, totp_step = 0, failures = 0 \
                         WHERE id = $1",
                    )
                    .bind(id.to_string())
                    .bind(password.as_str())
                    .bind(now.later_by(FIRST_PASSWORD_MS).as_millis())
                    .execute(&mut *connection)
                    .await?;
                    code_rows::forget(connection, id).await?;
                    passkeys::forget(connection, id).await?;
                    end_sessions(connection, &id).await?;
                    log_of_account(connection, actor, "reset_agent", id, json!({}), now).await
                })
            })
            .await
    }

    /// Lets a password open a session for a while although passwords are switched off.
    pub async fn let_in(
        &self,
        id: AgentId,
        until: Timestamp,
        actor: String,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE agents SET let_in_until = $2 WHERE id = $1")
                        .bind(id.to_string())
                        .bind(until.as_millis())
                        .execute(&mut *connection)
                        .await?;
                    let detail = json!({ "until": until.to_string() });
                    log_of_account(connection, actor, "let_in", id, detail, now).await
                })
            })
            .await
    }

    /// Sets what decides which conversations an agent is given.
    pub async fn set_duties(
        &self,
        id: AgentId,
        duties: Duties,
        actor: String,
        now: Timestamp,
    ) -> Result<Agent, StoreError> {
        let Duties {
            languages,
            skills,
            levels,
            capacity,
            department,
        } = duties;
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "UPDATE agents SET languages = $2, skills = $3, levels = $4, capacity = $5, department = $6 WHERE id = $1",
                    )
                    .bind(id.to_string())
                    .bind(codes(&languages, |language| language.code()))
                    .bind(skills.join(","))
                    .bind(codes(&levels, |level| level.code()))
                    .bind(capacity)
                    .bind(department.as_str().to_owned())
                    .execute(&mut *connection)
                    .await?;
                    let detail = json!({
                        "languages": codes(&languages, |language| language.code()),
                        "skills": skills,
                        "levels": codes(&levels, |level| level.code()),
                        "capacity": capacity,
                        "department": department.as_str(),
                    });
                    log_of_account(connection, actor, "set_skills", id, detail, now).await?;
                    load(connection, &id).await
                })
            })
            .await
    }

    /// Keeps that somebody is at the desk.
    pub async fn see_agent(&self, id: AgentId, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE agents SET seen = $2 WHERE id = $1")
                        .bind(id.to_string())
                        .bind(now.as_millis())
                        .execute(connection)
                        .await?;
                    Ok(())
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
                    let secret = connection.keys().house().seal(factor.reveal());
                    sqlx::query("UPDATE agents SET totp_secret = $2, totp_step = $3 WHERE id = $1")
                        .bind(id.to_string())
                        .bind(secret)
                        .bind(step)
                        .execute(&mut *connection)
                        .await?;
                    code_rows::replace(connection, id, &codes, now).await?;
                    log_of_account(
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
}

impl Reader {
    /// Reads every account, the oldest first.
    pub async fn agents(&self) -> Result<Vec<Agent>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM agents a ORDER BY a.created, a.id"
        )))
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter().map(from_row).collect()
    }

    /// Reads one account.
    pub async fn agent(&self, id: &AgentId) -> Result<Agent, StoreError> {
        let mut connection = self.connection().await?;
        load(&mut connection, id).await
    }
}

impl Reader {
    /// Reads what an address signs in with.
    pub async fn credentials(
        &self,
        email: &EmailAddress,
    ) -> Result<Option<Credentials>, StoreError> {
        let mut connection = self.connection().await?;
        credentials_of(&mut connection, email).await
    }
}

/// Reads what an address signs in with.
pub(in crate::store) async fn credentials_of(
    connection: &mut Connection,
    email: &EmailAddress,
) -> Result<Option<Credentials>, StoreError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM agents a WHERE a.email = $1"
    )))
    .bind(email.as_str())
    .row_if_any(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let secret = row.open_if_any("totp_secret")?;
    let expires: Option<i64> = row.try_get("password_expires")?;
    Ok(Some(Credentials {
        agent: from_row(&row)?,
        password: PasswordHash::stored(row.try_get("password_hash")?),
        second_factor: secret.map(SecondFactor::stored),
        password_expires: expires.map(Timestamp::from_millis),
        let_in_until: Timestamp::from_millis(row.try_get("let_in_until")?),
    }))
}

pub(in crate::store) async fn insert(
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
        levels,
    } = new;
    sqlx::query(
        "INSERT INTO agents (id, email, name, department, role, languages, skills, password_hash, password_expires, \
         totp_step, active, failures, last_failure, created, levels) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $10, 0, 1, 0, 0, $9, $11)",
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
    .bind(now.later_by(FIRST_PASSWORD_MS).as_millis())
    .bind(codes(levels, |level| level.code()))
    .execute(connection)
    .await?;
    Ok(())
}

pub(in crate::store) async fn load(
    connection: &mut Connection,
    id: &AgentId,
) -> Result<Agent, StoreError> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM agents a WHERE a.id = $1"
    )))
    .bind(id.to_string())
    .row_if_any(connection)
    .await?;
    row.map_or(Err(StoreError::UnknownAgent(*id)), |row| from_row(&row))
}

/// Signs somebody out everywhere, and knows none of their browsers any more.
pub(in crate::store) async fn end_sessions(
    connection: &mut Connection,
    id: &AgentId,
) -> Result<(), StoreError> {
    for table in ["sessions", "devices"] {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "DELETE FROM {table} WHERE agent = $1"
        )))
        .bind(id.to_string())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub(in crate::store) fn codes<T>(values: &[T], code: impl Fn(&T) -> &'static str) -> String {
    values.iter().map(code).collect::<Vec<_>>().join(",")
}

pub(in crate::store) fn from_row(row: &Row) -> Result<Agent, StoreError> {
    let languages: String = row.try_get("languages")?;
    let skills: String = row.try_get("skills")?;
    let levels: String = row.try_get("levels")?;
    let notices: String = row.try_get("mail_notices")?;
    let locale: Option<String> = row.try_get("locale")?;
    let department: String = row.try_get("department")?;
    let active: i64 = row.try_get("active")?;
    let secret: Option<String> = row.try_get("totp_secret")?;
    let passkeys: i64 = row.try_get("passkeys")?;
    Ok(Agent {
        id: parse("agent id", row.try_get("id")?)?,
        email: parse("address", row.try_get("email")?)?,
        name: row.try_get("name")?,
        department: Department::new(&department),
        role: parse("role", row.try_get("role")?)?,
        languages: languages.split(',').filter_map(Spoken::from_tag).collect(),
        skills: skills
            .split(',')
            .filter(|skill| !skill.is_empty())
            .map(str::to_owned)
            .collect(),
        levels: levels
            .split(',')
            .filter_map(|code| code.parse().ok())
            .collect(),
        capacity: row.try_get("capacity")?,
        availability: parse("availability", row.try_get("availability")?)?,
        availability_reason: Some(row.try_get("availability_reason")?)
            .filter(|reason: &String| !reason.is_empty())
            .map(Words::from_record),
        mail_notices: notices
            .split(',')
            .filter_map(|code| code.parse().ok())
            .collect(),
        locale: locale.as_deref().and_then(Locale::from_tag),
        active: active == 1,
        has_second_factor: secret.is_some() || passkeys > 0,
        has_authenticator_app: secret.is_some(),
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}
