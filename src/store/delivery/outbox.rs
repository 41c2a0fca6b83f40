//! The outbox: what others are to be told, written in the transaction of what happened.
//!
//! Only names are kept; the words are read, and opened, when they are delivered.

use sqlx::Row as _;

use crate::conversation::{Conversation, Topic};
use crate::ids::{DeliveryId, EndpointId, TellingId};
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::places::places;
use crate::store::remembered::Outlet;
use crate::time::Timestamp;

/// Something that happened, for those who want to hear of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Tell {
    topic: Topic,
    subject: String,
    /// Whether the channel of the conversation hears of it too: not of what its visitor has said.
    for_channel: bool,
}

impl Tell {
    /// For everybody who wants to hear of the topic.
    pub(in crate::store) fn all(topic: Topic, subject: &str) -> Self {
        Self {
            topic,
            subject: subject.to_owned(),
            for_channel: true,
        }
    }

    /// For everybody but the channel by which it came.
    pub(in crate::store) fn all_but_channel(topic: Topic, subject: &str) -> Self {
        Self {
            for_channel: false,
            ..Self::all(topic, subject)
        }
    }

    fn is_wanted(&self, outlet: &Outlet, conversation: &Conversation) -> bool {
        let address = conversation.address.as_ref();
        let reaches = match outlet.is_channel {
            true => self.for_channel && address.is_some_and(|address| address.outlet == outlet.id),
            false => true,
        };
        reaches && outlet.topics.contains(&self.topic)
    }
}

/// Writes tellings with one delivery for each outlet that wants them, in three statements; in none when nobody does.
pub(in crate::store) async fn tell(
    connection: &mut Connection,
    outlets: &[Outlet],
    conversation: &Conversation,
    told: &[Tell],
    now: Timestamp,
) -> Result<(), StoreError> {
    let wanted: Vec<(&Tell, Vec<EndpointId>)> = told
        .iter()
        .map(|tell| {
            let wanting = outlets
                .iter()
                .filter(|outlet| tell.is_wanted(outlet, conversation));
            (tell, wanting.map(|outlet| outlet.id).collect::<Vec<_>>())
        })
        .filter(|(_, wanting)| !wanting.is_empty())
        .collect();
    let Ok(count @ 1..) = i64::try_from(wanted.len()) else {
        return Ok(());
    };
    let row = sqlx::query(
        "UPDATE counters SET value = value + $1 WHERE name = 'telling' RETURNING value",
    )
    .bind(count)
    .fetch_one(&mut *connection)
    .await?;
    let last: i64 = row.try_get("value")?;
    let numbered: Vec<Numbered<'_>> = (last - count + 1..)
        .zip(wanted)
        .map(|(position, (tell, wanting))| Numbered {
            id: TellingId::generate(now).to_string(),
            position,
            tell,
            wanting,
        })
        .collect();
    insert_tellings(connection, conversation, &numbered, now).await?;
    insert_deliveries(connection, conversation, &numbered, now).await
}

/// A telling with its place in the order in which things happened.
struct Numbered<'a> {
    id: String,
    position: i64,
    tell: &'a Tell,
    wanting: Vec<EndpointId>,
}

async fn insert_tellings(
    connection: &mut Connection,
    conversation: &Conversation,
    numbered: &[Numbered<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = places(numbered.len(), 4, 2, "($1, $2, _, _, _, _)");
    let mut query = sqlx::query(sqlx::AssertSqlSafe(format!(
        "INSERT INTO tellings (conversation, created, id, position, topic, subject) VALUES {rows}"
    )))
    .bind(conversation.id.to_string())
    .bind(now.as_millis());
    for telling in numbered {
        query = query
            .bind(&telling.id)
            .bind(telling.position)
            .bind(telling.tell.topic.code())
            .bind(&telling.tell.subject);
    }
    query.execute(&mut *connection).await?;
    Ok(())
}

/// The outlets are looked up once more: one that was removed or switched off since it was remembered gets nothing, and
/// holds up nobody.
async fn insert_deliveries(
    connection: &mut Connection,
    conversation: &Conversation,
    numbered: &[Numbered<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    let count = numbered.iter().map(|telling| telling.wanting.len()).sum();
    let rows = places(count, 4, 2, "(_, _, _, _)");
    let mut query = sqlx::query(sqlx::AssertSqlSafe(format!(
        "INSERT INTO deliveries (id, outlet, telling, position, conversation, status, attempts, next_attempt, \
         claimed_until, created) \
         SELECT v.column1, o.id, v.column3, v.column4, $1, 'pending', 0, $2, 0, $2 \
         FROM (VALUES {rows}) AS v JOIN outlets o ON o.id = v.column2 AND o.active = 1"
    )))
    .bind(conversation.id.to_string())
    .bind(now.as_millis());
    for telling in numbered {
        for outlet in &telling.wanting {
            query = query
                .bind(DeliveryId::generate(now).to_string())
                .bind(outlet.to_string())
                .bind(&telling.id)
                .bind(telling.position);
        }
    }
    query.execute(connection).await?;
    Ok(())
}
