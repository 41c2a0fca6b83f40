//! Browsers of staff that are told something while they are not open: who asked for it, what is due, what became of it.

use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use uuid::Uuid;

use crate::conversation::Ticket;
use crate::ids::{AgentId, TicketId};
use crate::locale::Locale;
use crate::store::codes::parse;
use crate::store::delivery::mail_outbox::MailKind;
use crate::store::dialect::Fetching as _;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::staff::agents;
use crate::store::tickets::rows as tickets;
use crate::time::Timestamp;

/// Where a browser is told something, and the keys that only it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushSubscription {
    /// Its address at the push service.
    pub endpoint: String,
    /// Its public key.
    pub p256dh: String,
    /// The secret it shares with whoever tells it something.
    pub auth: String,
}

/// Something that is to be told to a browser now.
#[derive(Debug, Clone, PartialEq)]
pub struct DuePush {
    /// Name of the subscription.
    pub subscription: String,
    /// Where it goes.
    pub to: PushSubscription,
    /// What it tells of.
    pub kind: MailKind,
    /// Of which ticket.
    pub ticket: Ticket,
    /// How its reader reads.
    pub locale: Locale,
    /// Attempts before this one.
    pub attempts: i64,
    /// Since when it waits.
    pub created: Timestamp,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushOutcome {
    /// It is over: the push service has it, or will never take it.
    Over,
    /// The browser has withdrawn its subscription.
    Gone,
    /// It may be taken later.
    Later(Timestamp),
}

/// Most browsers of one person; the oldest make room.
const MAX_BROWSERS: i64 = 10;

/// Most messages read at once.
const MAX_DUE: i64 = 64;

impl Store {
    /// Keeps a sender's key unless there is one, and returns the one that is kept.
    pub async fn push_sender(&self, candidate: String) -> Result<String, StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let sealed = connection.keys().house().seal(&candidate);
                    sqlx::query(
                        "INSERT INTO push_sender (id, key_sealed) VALUES (1, $1) ON CONFLICT (id) DO NOTHING",
                    )
                    .bind(sealed)
                    .execute(&mut *connection)
                    .await?;
                    let row = sqlx::query("SELECT key_sealed FROM push_sender WHERE id = 1")
                        .row(connection)
                        .await?;
                    row.open("key_sealed")
                })
            })
            .await
    }

    /// Keeps a browser of somebody, and returns its name; a browser that was somebody else's is theirs from now on.
    pub async fn keep_push_subscription(
        &self,
        agent: AgentId,
        subscription: PushSubscription,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let written = serde_json::to_string(&subscription)
            .map_err(|error| StoreError::unreadable("subscription of a browser", error))?;
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let digest = connection.keys().external(&subscription.endpoint);
                    let sealed = connection.keys().house().seal(&written);
                    let row = sqlx::query(
                        "INSERT INTO push_subscriptions (id, agent, digest, subscription_sealed, created) \
                         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (digest) DO UPDATE SET agent = excluded.agent, \
                         subscription_sealed = excluded.subscription_sealed, created = excluded.created RETURNING id",
                    )
                    .bind(Uuid::now_v7().to_string())
                    .bind(agent.to_string())
                    .bind(digest)
                    .bind(sealed)
                    .bind(now.as_millis())
                    .fetch_one(&mut *connection)
                    .await?;
                    let id: String = row.try_get("id")?;
                    let surplus = "SELECT id FROM push_subscriptions WHERE agent = $1 AND id NOT IN \
                                   (SELECT id FROM push_subscriptions WHERE agent = $1 ORDER BY created DESC, id DESC LIMIT $2)";
                    for statement in [
                        format!("DELETE FROM push_outbox WHERE subscription IN ({surplus})"),
                        format!("DELETE FROM push_subscriptions WHERE id IN ({surplus})"),
                    ] {
                        sqlx::query(sqlx::AssertSqlSafe(statement))
                            .bind(agent.to_string())
                            .bind(MAX_BROWSERS)
                            .execute(&mut *connection)
                            .await?;
                    }
                    Ok(id)
                })
            })
            .await
    }

    /// Forgets a browser; `false` when its owner has no such one.
    pub async fn forget_push_subscription(
        &self,
        agent: AgentId,
        id: String,
    ) -> Result<bool, StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let own = "SELECT id FROM push_subscriptions WHERE id = $1 AND agent = $2";
                    let mut forgotten = 0;
                    for statement in [
                        format!("DELETE FROM push_outbox WHERE subscription IN ({own})"),
                        format!("DELETE FROM push_subscriptions WHERE id IN ({own})"),
                    ] {
                        let done = sqlx::query(sqlx::AssertSqlSafe(statement))
                            .bind(id.clone())
                            .bind(agent.to_string())
                            .execute(&mut *connection)
                            .await?;
                        forgotten = done.rows_affected();
                    }
                    Ok(forgotten > 0)
                })
            })
            .await
    }

    /// Counts an attempt before it is made; `false` when another server is at it.
    pub async fn begin_push(
        &self,
        push: &DuePush,
        next_attempt: Timestamp,
    ) -> Result<bool, StoreError> {
        let names = (push.subscription.clone(), push.ticket.id, push.kind);
        let attempts = push.attempts;
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let begun = sqlx::query(
                        "UPDATE push_outbox SET attempts = attempts + 1, next_attempt = $5 \
                         WHERE subscription = $1 AND ticket = $2 AND kind = $3 AND attempts = $4",
                    )
                    .bind(names.0)
                    .bind(names.1.to_string())
                    .bind(names.2.code())
                    .bind(attempts)
                    .bind(next_attempt.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(begun.rows_affected() > 0)
                })
            })
            .await
    }

    /// Keeps how an attempt ended.
    pub async fn end_push(&self, push: &DuePush, outcome: PushOutcome) -> Result<(), StoreError> {
        let names = (push.subscription.clone(), push.ticket.id, push.kind);
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let (subscription, ticket, kind) = names;
                    let this = "subscription = $1 AND ticket = $2 AND kind = $3";
                    let statement = match outcome {
                        PushOutcome::Later(_) => {
                            format!("UPDATE push_outbox SET next_attempt = $4 WHERE {this}")
                        }
                        PushOutcome::Over => {
                            format!("DELETE FROM push_outbox WHERE {this} AND $4 = $4")
                        }
                        // What else waits for it is in vain as well.
                        PushOutcome::Gone => "DELETE FROM push_outbox WHERE subscription = $1 \
                             AND $2 = $2 AND $3 = $3 AND $4 = $4"
                            .to_owned(),
                    };
                    let next = match outcome {
                        PushOutcome::Later(next) => next.as_millis(),
                        PushOutcome::Over | PushOutcome::Gone => 0,
                    };
                    sqlx::query(sqlx::AssertSqlSafe(statement))
                        .bind(subscription.clone())
                        .bind(ticket.to_string())
                        .bind(kind.code())
                        .bind(next)
                        .execute(&mut *connection)
                        .await?;
                    if outcome == PushOutcome::Gone {
                        sqlx::query("DELETE FROM push_subscriptions WHERE id = $1")
                            .bind(subscription)
                            .execute(connection)
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

impl Reader {
    /// Lists those who have a browser that is told something.
    pub async fn agents_with_push(&self) -> Result<Vec<AgentId>, StoreError> {
        let rows = sqlx::query("SELECT DISTINCT agent FROM push_subscriptions ORDER BY agent")
            .fetch_all(&self.pool)
            .await?;
        let ids = rows.iter();
        ids.map(|row| parse("agent id", row.try_get("agent")?))
            .collect()
    }

    /// Reads what is to be told by now, the longest due first; nothing to those who no longer work here.
    pub async fn due_pushes(&self, now: Timestamp) -> Result<Vec<DuePush>, StoreError> {
        let mut connection = self.connection().await?;
        let rows = sqlx::query(
            "SELECT o.subscription, o.ticket, o.kind, o.attempts, o.created, s.agent, s.subscription_sealed \
             FROM push_outbox o JOIN push_subscriptions s ON s.id = o.subscription \
             JOIN agents a ON a.id = s.agent AND a.active = 1 \
             WHERE o.next_attempt <= $1 ORDER BY o.next_attempt, o.subscription, o.ticket, o.kind LIMIT $2",
        )
        .bind(now.as_millis())
        .bind(MAX_DUE)
        .rows(&mut connection)
        .await?;
        let mut due = Vec::new();
        for row in &rows {
            let ticket: TicketId = parse("ticket id", row.try_get("ticket")?)?;
            let agent: AgentId = parse("agent id", row.try_get("agent")?)?;
            let agent = agents::load(&mut connection, &agent).await?;
            let served = agent.languages.iter().find_map(|spoken| spoken.served());
            let to: String = row.open("subscription_sealed")?;
            due.push(DuePush {
                subscription: row.try_get("subscription")?,
                to: serde_json::from_str(&to)
                    .map_err(|error| StoreError::unreadable("subscription of a browser", error))?,
                kind: parse("kind of message", row.try_get("kind")?)?,
                ticket: tickets::load(&mut connection, &ticket).await?,
                locale: agent
                    .locale
                    .or(served.map(Locale::of))
                    .unwrap_or(Locale::English),
                attempts: row.try_get("attempts")?,
                created: Timestamp::from_millis(row.try_get("created")?),
            });
        }
        Ok(due)
    }
}
