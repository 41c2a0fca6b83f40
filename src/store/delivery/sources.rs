//! Rows of programs that may tell us something.

use serde_json::json;
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::ids::{AgentId, EndpointId, UnknownCode};
use crate::store::codes::parse;
use crate::store::dialect::{Connection, Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::time::Timestamp;

/// A program that may tell us something.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name, as it stands in the path.
    pub name: String,
    /// How it speaks and signs.
    pub format: SourceFormat,
    /// The help desk whose tickets it speaks of.
    pub endpoint: Option<EndpointId>,
    /// In whose name it acts.
    pub agent: AgentId,
    /// What it signs with; during a rotation the one before too.
    pub secrets: Vec<String>,
    /// When it was set up.
    pub created: Timestamp,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Source({:?}, ***)", self.name)
    }
}

/// How a program speaks and signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum SourceFormat {
    /// In our own form, signed by the Standard Webhooks convention.
    Mondo,
    /// As Chatwoot does.
    Chatwoot,
    /// As Zendesk does.
    Zendesk,
}

impl SourceFormat {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// How long the secret before is still taken after a rotation.
const ROTATION_MS: i64 = 24 * 60 * 60 * 1_000;

const COLUMNS: &str =
    "name, format, outlet, agent, secret, previous_secret, previous_until, created";

impl Store {
    /// Keeps a new program; a name is taken once.
    pub async fn add_source(&self, source: Source, by: AgentId) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let Source {
                        name,
                        format,
                        endpoint,
                        agent,
                        secrets,
                        created,
                    } = source;
                    sqlx::query(
                        "INSERT INTO hook_sources (name, format, outlet, agent, secret, previous_until, created) \
                         VALUES ($1, $2, $3, $4, $5, 0, $6)",
                    )
                    .bind(&name)
                    .bind(format.code())
                    .bind(endpoint.map(|id| id.to_string()))
                    .bind(agent.to_string())
                    .bind(connection.keys().house().seal(secrets.first().map_or("", String::as_str)))
                    .bind(created.as_millis())
                    .execute(&mut *connection)
                    .await?;
                    log(connection, "add_source", name, by, created).await
                })
            })
            .await
    }

    /// Gives a program a new secret; the one before is taken beside it for a day.
    pub async fn rotate_source(
        &self,
        name: String,
        secret: String,
        by: AgentId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query(
                        "UPDATE hook_sources SET previous_secret = secret, previous_until = $3, secret = $2 \
                         WHERE name = $1",
                    )
                    .bind(&name)
                    .bind(connection.keys().house().seal(&secret))
                    .bind(now.later_by(ROTATION_MS).as_millis())
                    .execute(&mut *connection)
                    .await?;
                    known(done.rows_affected())?;
                    log(connection, "rotate_source", name, by, now).await
                })
            })
            .await
    }

    /// Lets a program tell us nothing any more.
    pub async fn remove_source(
        &self,
        name: String,
        by: AgentId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query("DELETE FROM hook_sources WHERE name = $1")
                        .bind(&name)
                        .execute(&mut *connection)
                        .await?;
                    known(done.rows_affected())?;
                    log(connection, "remove_source", name, by, now).await
                })
            })
            .await
    }
}

impl Reader {
    /// Reads every program by name; secrets of rotations that are over are left out.
    pub async fn sources(&self, now: Timestamp) -> Result<Vec<Source>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM hook_sources ORDER BY name"
        )))
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter().map(|row| from_row(row, now)).collect()
    }

    /// Reads one program.
    pub async fn source(&self, name: &str, now: Timestamp) -> Result<Source, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM hook_sources WHERE name = $1"
        )))
        .bind(name)
        .row_if_any(&mut self.connection().await?)
        .await?;
        row.map_or(Err(StoreError::UnknownSource), |row| from_row(&row, now))
    }
}

fn known(rows: u64) -> Result<(), StoreError> {
    match rows {
        0 => Err(StoreError::UnknownSource),
        _ => Ok(()),
    }
}

async fn log(
    connection: &mut Connection,
    action: &'static str,
    subject: String,
    by: AgentId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let line = LogLine {
        actor: by.to_string(),
        action,
        subject,
        detail: json!({}),
        now,
    };
    staff_log::insert(connection, line).await
}

fn from_row(row: &Row, now: Timestamp) -> Result<Source, StoreError> {
    let mut secrets = vec![row.open("secret")?];
    let previous = row.open_if_any("previous_secret")?;
    let until: i64 = row.try_get("previous_until")?;
    secrets.extend(previous.filter(|_| until > now.as_millis()));
    let endpoint: Option<String> = row.try_get("outlet")?;
    Ok(Source {
        name: row.try_get("name")?,
        format: parse("format of a source", row.try_get("format")?)?,
        endpoint: endpoint.map(|id| parse("webhook id", id)).transpose()?,
        agent: parse("agent id", row.try_get("agent")?)?,
        secrets,
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}
