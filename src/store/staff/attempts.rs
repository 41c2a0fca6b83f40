//! Attempts to show who one is: each counts before it is looked at, so that guesses sent at once are one after another.

use sqlx::Row as _;

use crate::ids::AgentId;
use crate::staff::{Attempts, EmailAddress, SecretHash};
use crate::store::dialect::{Connection, PlainRow};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::staff::agents::{Credentials, credentials_of};
use crate::time::Timestamp;

/// Whose failures an attempt counts among.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptLane {
    /// Those of everybody who tries from somewhere unknown.
    Account(AgentId),
    /// Those of a browser from which its owner has signed in before.
    Device(SecretHash),
    /// Those within a session.
    Session(SecretHash),
}

/// An attempt that may be looked at.
#[derive(Debug, Clone)]
pub struct CountedAttempt {
    /// What it is checked against.
    pub credentials: Credentials,
    /// Where it was counted.
    pub lane: AttemptLane,
    before: Attempts,
    at: Timestamp,
}

impl Store {
    /// Counts an attempt to sign in as a failure, before anybody looks at it. Nothing where the address is unknown or has
    /// to wait, which takes as long.
    pub async fn begin_sign_in(
        &self,
        email: Option<EmailAddress>,
        device: Option<SecretHash>,
        now: Timestamp,
    ) -> Result<Option<CountedAttempt>, StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let known = match &email {
                        Some(email) => credentials_of(connection, email).await?,
                        None => None,
                    };
                    if let Some(known) = known {
                        let lane = lane_of(connection, &known, device, now).await?;
                        if let Some(begun) = begin(connection, known, lane, now).await? {
                            return Ok(Some(begun));
                        }
                    }
                    sqlx::query(
                        "UPDATE counters SET value = value + 1 WHERE name = 'unknown_sign_ins'",
                    )
                    .execute(connection)
                    .await?;
                    Ok(None)
                })
            })
            .await
    }

    /// Counts an attempt of somebody who is signed in already.
    pub async fn begin_proof(
        &self,
        email: EmailAddress,
        session: SecretHash,
        now: Timestamp,
    ) -> Result<Option<CountedAttempt>, StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let Some(known) = credentials_of(connection, &email).await? else {
                        return Ok(None);
                    };
                    begin(connection, known, AttemptLane::Session(session), now).await
                })
            })
            .await
    }

    /// Takes an attempt back that turned out to be none: the password was right and the code is still to come.
    pub async fn take_back_attempt(&self, attempt: CountedAttempt) -> Result<(), StoreError> {
        let CountedAttempt {
            lane, before, at, ..
        } = attempt;
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let (table, column, key) = place_of(&lane);
                    // Others may have failed in between: theirs stay counted.
                    sqlx::query(sqlx::AssertSqlSafe(format!(
                        "UPDATE {table} SET failures = failures - 1, \
                         last_failure = CASE WHEN last_failure = $2 THEN $3 ELSE last_failure END \
                         WHERE {column} = $1 AND failures > 0"
                    )))
                    .bind(key)
                    .bind(at.as_millis())
                    .bind(before.last.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Forgets the failures of a lane: somebody has shown who they are.
    pub async fn forget_failures(&self, lane: AttemptLane) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| Box::pin(async move { forget(connection, &lane).await }))
            .await
    }
}

/// A browser that is known for the account, or else the account itself.
async fn lane_of(
    connection: &mut Connection,
    known: &Credentials,
    device: Option<SecretHash>,
    now: Timestamp,
) -> Result<AttemptLane, StoreError> {
    let agent = known.agent.id;
    let Some(device) = device else {
        return Ok(AttemptLane::Account(agent));
    };
    let row = sqlx::query(
        "SELECT token_hash FROM devices WHERE token_hash = $1 AND agent = $2 AND expires > $3",
    )
    .bind(device.as_str())
    .bind(agent.to_string())
    .bind(now.as_millis())
    .fetch_optional(connection)
    .await?;
    Ok(match row {
        Some(_) => AttemptLane::Device(device),
        None => AttemptLane::Account(agent),
    })
}

async fn begin(
    connection: &mut Connection,
    credentials: Credentials,
    lane: AttemptLane,
    now: Timestamp,
) -> Result<Option<CountedAttempt>, StoreError> {
    let (table, column, key) = place_of(&lane);
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT failures, last_failure FROM {table} WHERE {column} = $1"
    )))
    .bind(&key)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let before = attempts_in(&row)?;
    if before.next_at() > now {
        return Ok(None);
    }
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE {table} SET failures = failures + 1, last_failure = $2 WHERE {column} = $1"
    )))
    .bind(key)
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(Some(CountedAttempt {
        credentials,
        lane,
        before,
        at: now,
    }))
}

pub(in crate::store) async fn forget(
    connection: &mut Connection,
    lane: &AttemptLane,
) -> Result<(), StoreError> {
    let (table, column, key) = place_of(lane);
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE {table} SET failures = 0 WHERE {column} = $1"
    )))
    .bind(key)
    .execute(connection)
    .await?;
    Ok(())
}

fn place_of(lane: &AttemptLane) -> (&'static str, &'static str, String) {
    match lane {
        AttemptLane::Account(agent) => ("agents", "id", agent.to_string()),
        AttemptLane::Device(device) => ("devices", "token_hash", device.as_str().to_owned()),
        AttemptLane::Session(session) => ("sessions", "token_hash", session.as_str().to_owned()),
    }
}

fn attempts_in(row: &PlainRow) -> Result<Attempts, StoreError> {
    Ok(Attempts {
        failures: row.try_get("failures")?,
        last: Timestamp::from_millis(row.try_get("last_failure")?),
    })
}
