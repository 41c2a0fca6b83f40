//! Rows of deliveries: what is to be told where, how often that was tried, and what came of it.

use sqlx::Row as _;
use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::bus::News;
use crate::conversation::Topic;
use crate::ids::{ConversationId, DeliveryId, EndpointId, TellingId, UnknownCode};
use crate::store::codes::parse;
use crate::store::delivery::kinds::EndpointKind;
use crate::store::delivery::told::{Telling, telling_from_row};
use crate::store::dialect::{Connection, PlainRow};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// A delivery to be tried now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its name.
    pub id: DeliveryId,
    /// How often it was tried before.
    pub attempts: i64,
    /// Whether somebody had it in their hands before, so that it may be told already: a reply was lost, or a worker died.
    pub was_tried: bool,
    /// How many parts of it have arrived, where it goes in several.
    pub sent_parts: i64,
    /// What is told.
    pub telling: Telling,
}

/// A line of the delivery log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its name.
    pub id: DeliveryId,
    /// What is told.
    pub telling: TellingId,
    /// What kind of thing.
    pub topic: Topic,
    /// In which conversation.
    pub conversation: ConversationId,
    /// What has become of it.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, while it is.
    pub next_attempt: Option<Timestamp>,
    /// Status of the last reply.
    pub response_status: Option<i64>,
    /// How long the last attempt took.
    pub duration_ms: Option<i64>,
    /// Why the last attempt got no reply, or what is wrong with it.
    pub error: Option<String>,
    /// When it was tried last.
    pub last_attempt: Option<Timestamp>,
    /// When it happened.
    pub created: Timestamp,
}

/// What has become of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum DeliveryStatus {
    /// It will be tried.
    Pending,
    /// It was taken.
    Delivered,
    /// It was tried too often.
    Failed,
    /// There is nothing to tell any more.
    Dropped,
}

impl DeliveryStatus {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// One attempt and what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// To where.
    pub endpoint: EndpointId,
    /// What it leads to.
    pub outcome: Outcome,
    /// Status of the reply, when there was one.
    pub response_status: Option<u16>,
    /// How long it took.
    pub duration_ms: i64,
    /// What was wrong.
    pub error: Option<String>,
    /// When it ended.
    pub now: Timestamp,
}

/// What an attempt leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Delivered,
    /// There is nothing to tell any more.
    Dropped,
    /// It is tried again.
    Retry {
        /// The moment it happened.
        at: Timestamp,
    },
    /// It was tried too often.
    Failed,
    /// The place wants nothing more, or has not answered for too long.
    Disabled {
        /// Why, as people read it.
        why: &'static str,
    },
}

/// Which deliveries are wanted.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    /// Only one of them.
    pub delivery: Option<DeliveryId>,
    /// Only those of this status.
    pub status: Option<DeliveryStatus>,
    /// Only what happened at this moment or later.
    pub from: Option<Timestamp>,
    /// Only what happened before this moment.
    pub until: Option<Timestamp>,
}

/// Most lines of the log read at once.
pub const MAX_DELIVERIES: usize = 200;

/// Leaves out what could not be sent, since its visitor's last request can be replied to no more; what leaves with a reply
/// itself needs no token.
fn token_clause(kind: EndpointKind, replied_to: Option<ConversationId>) -> &'static str {
    match replied_to {
        None if kind.needs_reply_token() => {
            "AND EXISTS (SELECT 1 FROM reply_tokens r WHERE r.conversation = d.conversation AND r.until > $2)"
        }
        _ => "",
    }
}

/// How long deliveries are kept.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

impl Store {
    /// Takes deliveries of a place that are due, for so long that nobody else takes them meanwhile.
    ///
    /// A help desk or channel hears of one conversation in order: as long as one delivery waits, later ones do.
    pub async fn claim_deliveries(
        &self,
        endpoint: EndpointId,
        kind: EndpointKind,
        count: i64,
        claim_ms: i64,
        now: Timestamp,
    ) -> Result<Vec<Due>, StoreError> {
        // Most of the time nothing is due, and reading does not wait for the writer.
        if !self
            .reader
            .is_due(&endpoint, token_clause(kind, None), now)
            .await?
        {
            return Ok(Vec::new());
        }
        let which = Which {
            endpoint,
            kind,
            conversation: None,
            count,
        };
        self.writer
            .write_aside(move |connection| Box::pin(claim(connection, which, claim_ms, now)))
            .await
    }

    /// Takes the oldest delivery of one conversation of a place that is due, likewise.
    pub async fn claim_delivery_of(
        &self,
        endpoint: EndpointId,
        kind: EndpointKind,
        conversation: ConversationId,
        claim_ms: i64,
        now: Timestamp,
    ) -> Result<Option<Due>, StoreError> {
        let clause = token_clause(kind, Some(conversation));
        if !self.reader.is_due(&endpoint, clause, now).await? {
            return Ok(None);
        }
        let which = Which {
            endpoint,
            kind,
            conversation: Some(conversation),
            count: 1,
        };
        let mut due = self
            .writer
            .write_aside(move |connection| Box::pin(claim(connection, which, claim_ms, now)))
            .await?;
        Ok(due.pop())
    }

    /// Lets go of a delivery that was taken and not tried.
    pub async fn release_delivery(&self, delivery: DeliveryId) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE deliveries SET claimed_until = 0 WHERE id = $1")
                        .bind(delivery.to_string())
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Keeps what an attempt led to.
    pub async fn keep_attempt(&self, attempt: Attempt) -> Result<(), StoreError> {
        let switches_off = matches!(attempt.outcome, Outcome::Disabled { .. });
        self.writer
            .write_aside(move |connection| Box::pin(keep(connection, attempt)))
            .await?;
        if switches_off {
            self.bus().announce(News::Outlets);
        }
        Ok(())
    }

    /// Has deliveries made again from the beginning, and counts them.
    pub async fn replay_deliveries(
        &self,
        endpoint: EndpointId,
        filter: DeliveryFilter,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let DeliveryFilter {
                        delivery,
                        status,
                        from,
                        until,
                    } = filter;
                    let done = sqlx::query(
                        "UPDATE deliveries SET status = 'pending', attempts = 0, sent_parts = 0, next_attempt = $2, claimed_until = 0 \
                         WHERE outlet = $1 AND status <> 'pending' AND ($3 IS NULL OR id = $3) \
                         AND ($4 IS NULL OR status = $4) AND created >= $5 AND created < $6",
                    )
                    .bind(endpoint.to_string())
                    .bind(now.as_millis())
                    .bind(delivery.map(|id| id.to_string()))
                    .bind(status.map(DeliveryStatus::code))
                    .bind(from.map_or(i64::MIN, Timestamp::as_millis))
                    .bind(until.map_or(i64::MAX, Timestamp::as_millis))
                    .execute(connection)
                    .await?;
                    Ok(done.rows_affected())
                })
            })
            .await
    }

    /// Forgets what was told long ago.
    pub async fn forget_old_deliveries(&self, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    for statement in [
                        "DELETE FROM deliveries WHERE created < $1",
                        "DELETE FROM tellings WHERE created < $1 \
                         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.telling = tellings.id)",
                        "DELETE FROM hook_receipts WHERE created < $1",
                        "DELETE FROM reply_tokens WHERE until < $1",
                        "DELETE FROM sent_names WHERE created < $1",
                        "DELETE FROM letters WHERE created < $1 AND conversation IS NULL",
                    ] {
                        sqlx::query(statement)
                            .bind(now.earlier_by(KEPT_MS).as_millis())
                            .execute(&mut *connection)
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

impl Reader {
    async fn is_due(
        &self,
        endpoint: &EndpointId,
        with_token: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT 1 AS due FROM deliveries d WHERE outlet = $1 AND status = 'pending' AND next_attempt <= $2 \
             AND claimed_until <= $2 {with_token} LIMIT 1"
        )))
        .bind(endpoint.to_string())
        .bind(now.as_millis())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.is_some())
    }

    /// Reads when a delivery to an active place is due next; where what waits may wait for its visitor, nothing ever is.
    pub async fn next_delivery(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT MIN(CASE WHEN d.next_attempt > d.claimed_until THEN d.next_attempt ELSE d.claimed_until END) AS due \
             FROM outlets e JOIN deliveries d ON d.outlet = e.id AND d.status = 'pending' \
             WHERE e.active = 1 AND e.kind NOT IN ({}) AND (e.kind NOT IN ({}) OR EXISTS \
             (SELECT 1 FROM reply_tokens r WHERE r.conversation = d.conversation AND r.until > $1))",
            EndpointKind::codes_of(EndpointKind::is_fetched),
            EndpointKind::codes_of(EndpointKind::needs_reply_token)
        )))
        .bind(now.as_millis())
        .fetch_one(&self.pool)
        .await?;
        let due: Option<i64> = row.try_get("due")?;
        Ok(due.map(Timestamp::from_millis))
    }

    /// Reads the delivery log of a place, the newest first.
    pub async fn deliveries(
        &self,
        endpoint: &EndpointId,
        filter: &DeliveryFilter,
    ) -> Result<Vec<Delivery>, StoreError> {
        let rows = sqlx::query(
            "SELECT d.id, d.telling, d.conversation, d.status, d.attempts, d.next_attempt, d.response_status, \
             d.duration_ms, d.error, d.last_attempt, d.created, t.topic \
             FROM deliveries d JOIN tellings t ON t.id = d.telling \
             WHERE d.outlet = $1 AND ($2 IS NULL OR d.id = $2) AND ($3 IS NULL OR d.status = $3) \
             AND d.created >= $4 AND d.created < $5 ORDER BY d.position DESC LIMIT $6",
        )
        .bind(endpoint.to_string())
        .bind(filter.delivery.map(|id| id.to_string()))
        .bind(filter.status.map(DeliveryStatus::code))
        .bind(filter.from.map_or(i64::MIN, Timestamp::as_millis))
        .bind(filter.until.map_or(i64::MAX, Timestamp::as_millis))
        .bind(MAX_DELIVERIES as i64)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(from_row).collect()
    }
}

/// Which deliveries are taken.
struct Which {
    endpoint: EndpointId,
    kind: EndpointKind,
    /// Only those of one conversation.
    conversation: Option<ConversationId>,
    /// So many at most.
    count: i64,
}

async fn claim(
    connection: &mut Connection,
    which: Which,
    claim_ms: i64,
    now: Timestamp,
) -> Result<Vec<Due>, StoreError> {
    let Which {
        endpoint,
        kind,
        conversation,
        count,
    } = which;
    let in_order = match kind.hears_in_order() {
        false => "",
        true => {
            "AND NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.outlet = d.outlet \
             AND o.conversation = d.conversation AND o.status = 'pending' AND o.position < d.position)"
        }
    };
    let with_token = token_clause(kind, conversation);
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT d.id, d.attempts, d.sent_parts, d.claimed_until, d.telling, t.topic, t.conversation, t.subject, t.created AS happened \
         FROM deliveries d JOIN tellings t ON t.id = d.telling \
         WHERE d.outlet = $1 AND d.status = 'pending' AND d.next_attempt <= $2 AND d.claimed_until <= $2 \
         AND ($4 IS NULL OR d.conversation = $4) {in_order} {with_token} ORDER BY d.position LIMIT $3"
    )))
    .bind(endpoint.to_string())
    .bind(now.as_millis())
    .bind(count)
    .bind(conversation.map(|id| id.to_string()))
    .fetch_all(&mut *connection)
    .await?;
    let mut due = Vec::new();
    for row in rows {
        let id: DeliveryId = parse("delivery id", row.try_get("id")?)?;
        sqlx::query("UPDATE deliveries SET claimed_until = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(now.later_by(claim_ms).as_millis())
            .execute(&mut *connection)
            .await?;
        let attempts = row.try_get("attempts")?;
        let claimed_until: i64 = row.try_get("claimed_until")?;
        due.push(Due {
            id,
            attempts,
            sent_parts: row.try_get("sent_parts")?,
            was_tried: attempts > 0 || claimed_until > 0,
            telling: telling_from_row(&row)?,
        });
    }
    Ok(due)
}

async fn keep(connection: &mut Connection, attempt: Attempt) -> Result<(), StoreError> {
    let Attempt {
        delivery,
        endpoint,
        outcome,
        response_status,
        duration_ms,
        error,
        now,
    } = attempt;
    let (status, next) = match &outcome {
        Outcome::Delivered => (DeliveryStatus::Delivered, now),
        Outcome::Dropped => (DeliveryStatus::Dropped, now),
        Outcome::Retry { at } => (DeliveryStatus::Pending, *at),
        Outcome::Failed | Outcome::Disabled { .. } => (DeliveryStatus::Failed, now),
    };
    sqlx::query(
        "UPDATE deliveries SET status = $2, attempts = attempts + 1, next_attempt = $3, claimed_until = 0, \
         response_status = $4, duration_ms = $5, error = $6, last_attempt = $7 WHERE id = $1",
    )
    .bind(delivery.to_string())
    .bind(status.code())
    .bind(next.as_millis())
    .bind(response_status.map(i64::from))
    .bind(duration_ms)
    .bind(error)
    .bind(now.as_millis())
    .execute(&mut *connection)
    .await?;
    let about_the_place = match &outcome {
        Outcome::Delivered => {
            "UPDATE outlets SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL"
        }
        Outcome::Retry { .. } | Outcome::Failed => {
            "UPDATE outlets SET failing_since = $2 WHERE id = $1 AND failing_since IS NULL"
        }
        Outcome::Disabled { .. } => {
            "UPDATE outlets SET active = 0, updated = $2, disabled_why = $3 WHERE id = $1"
        }
        Outcome::Dropped => return Ok(()),
    };
    let why = match &outcome {
        Outcome::Disabled { why } => Some(*why),
        _ => None,
    };
    let mut query = sqlx::query(about_the_place).bind(endpoint.to_string());
    if !matches!(outcome, Outcome::Delivered) {
        query = query.bind(now.as_millis());
    }
    if why.is_some() {
        query = query.bind(why);
    }
    query.execute(connection).await?;
    Ok(())
}

fn from_row(row: &PlainRow) -> Result<Delivery, StoreError> {
    let status: DeliveryStatus = parse("status of a delivery", row.try_get("status")?)?;
    let next: i64 = row.try_get("next_attempt")?;
    let last: Option<i64> = row.try_get("last_attempt")?;
    Ok(Delivery {
        id: parse("delivery id", row.try_get("id")?)?,
        telling: parse("event id", row.try_get("telling")?)?,
        topic: parse("event", row.try_get("topic")?)?,
        conversation: parse("conversation id", row.try_get("conversation")?)?,
        status,
        attempts: row.try_get("attempts")?,
        next_attempt: (status == DeliveryStatus::Pending).then(|| Timestamp::from_millis(next)),
        response_status: row.try_get("response_status")?,
        duration_ms: row.try_get("duration_ms")?,
        error: row.try_get("error")?,
        last_attempt: last.map(Timestamp::from_millis),
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}
