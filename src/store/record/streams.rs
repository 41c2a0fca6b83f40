//! Events as they are read to be verified or bundled, each with its content.

use std::collections::{BTreeSet, HashMap};

use sqlx::Row as _;

use crate::conversation::Feedback;
use crate::record::{Entry, Hash, Leaf, commitment};
use crate::sealing::{DataKey, KeyId};
use crate::store::chain::{content_of_feedback, content_of_message, link_from, salt_of};
use crate::store::codes::parse;
use crate::store::conversations::messages;
use crate::store::dialect::{Connection, Fetching as _, PlainRow, Row, keys_of};
use crate::store::error::StoreError;
use crate::store::savepoint::execute;

/// A conversation as the record sees it.
pub(super) struct Stream {
    pub(super) id: String,
    pub(super) last_sequence: i64,
    pub(super) head: Hash,
    pub(super) erased: bool,
    /// `None` once it was destroyed.
    pub(super) key: Option<std::sync::Arc<DataKey>>,
    pub(super) events: Vec<Event>,
    pub(super) leaves: Vec<(i64, Leaf)>,
    /// Messages that no event is about.
    pub(super) unrecorded: Vec<String>,
}

/// An event with what it commits to.
pub(super) struct Event {
    pub(super) sequence: i64,
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) created: i64,
    pub(super) commitment: Hash,
    pub(super) link: Hash,
    pub(super) content: Content,
}

/// What an event commits to, as far as it can be told today.
pub(super) enum Content {
    /// This.
    Known(Vec<String>),
    /// Something that later events have replaced.
    Replaced,
    /// It has gone.
    Gone,
    /// It cannot be read.
    Unreadable(StoreError),
}

impl Event {
    /// Returns what the chain holds of it.
    pub(super) fn entry<'a>(&'a self, stream: &'a str) -> Entry<'a> {
        Entry {
            stream,
            sequence: self.sequence,
            kind: &self.kind,
            subject: &self.subject,
            created: self.created,
            commitment: self.commitment,
        }
    }

    /// Tells whether it commits to this content.
    pub(super) fn commits_to(&self, key: &DataKey, stream: &str, content: &[String]) -> bool {
        let content: Vec<&str> = content.iter().map(String::as_str).collect();
        commitment(&salt_of(key, stream, self.sequence), &content) == self.commitment
    }
}

/// Columns of a conversation that its stream is made of.
const COLUMNS: &str = "id, last_sequence, head, erased, sealing_key";

/// Reads the conversations after one, a bounded number of them, with everything that is recorded of them.
pub(super) async fn after(
    connection: &mut Connection,
    after: &str,
    limit: i64,
) -> Result<Vec<Stream>, StoreError> {
    // One view of all tables, whoever writes meanwhile.
    execute(connection, "BEGIN").await?;
    let read = read_after(connection, after, limit).await;
    execute(connection, "COMMIT").await?;
    read
}

async fn read_after(
    connection: &mut Connection,
    after: &str,
    limit: i64,
) -> Result<Vec<Stream>, StoreError> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM conversations WHERE id > $1 ORDER BY id LIMIT $2"
    )))
    .bind(after.to_owned())
    .bind(limit)
    .fetch_all(&mut *connection)
    .await?;
    of_rows(connection, after, &rows).await
}

/// Reads one conversation with everything that is recorded of it.
pub(super) async fn one(
    connection: &mut Connection,
    id: &str,
) -> Result<Option<Stream>, StoreError> {
    execute(connection, "BEGIN").await?;
    let read = read_one(connection, id).await;
    execute(connection, "COMMIT").await?;
    read
}

async fn read_one(connection: &mut Connection, id: &str) -> Result<Option<Stream>, StoreError> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM conversations WHERE id = $1"
    )))
    .bind(id.to_owned())
    .fetch_all(&mut *connection)
    .await?;
    // Nothing stands between an id and the same id without its last character.
    let before = &id[..id.len().saturating_sub(1)];
    Ok(of_rows(connection, before, &rows).await?.pop())
}

async fn of_rows(
    connection: &mut Connection,
    after: &str,
    rows: &[PlainRow],
) -> Result<Vec<Stream>, StoreError> {
    let mut named = BTreeSet::new();
    for row in rows {
        let key: Option<String> = row.try_get("sealing_key")?;
        named.extend(key.and_then(|key| key.parse::<KeyId>().ok()));
    }
    let keys = keys_of(connection, &named).await?;
    let mut streams = Vec::with_capacity(rows.len());
    let mut places = HashMap::new();
    for row in rows {
        let id: String = row.try_get("id")?;
        let key: Option<String> = row.try_get("sealing_key")?;
        let key = key.and_then(|key| key.parse::<KeyId>().ok());
        places.insert(id.clone(), streams.len());
        streams.push(Stream {
            id,
            last_sequence: row.try_get("last_sequence")?,
            head: link_from(row.try_get("head")?)?,
            erased: row.try_get::<Option<i64>, _>("erased")?.is_some(),
            key: key.and_then(|key| keys.get(&key).cloned().flatten()),
            events: Vec::new(),
            leaves: Vec::new(),
            unrecorded: Vec::new(),
        });
    }
    let Some(last) = streams.last().map(|stream| stream.id.clone()) else {
        return Ok(streams);
    };
    let mut at = |id: String| places.get(&id).copied();
    read_events(connection, after, &last, &mut streams, &mut at).await?;
    read_leaves(connection, after, &last, &mut streams, &mut at).await?;
    read_unrecorded(connection, after, &last, &mut streams, &mut at).await?;
    for stream in &mut streams {
        mark_replaced(&mut stream.events);
    }
    Ok(streams)
}

type At<'a> = dyn FnMut(String) -> Option<usize> + Send + 'a;

async fn read_events(
    connection: &mut Connection,
    after: &str,
    upto: &str,
    streams: &mut [Stream],
    at: &mut At<'_>,
) -> Result<(), StoreError> {
    let said: Vec<String> = messages::COLUMNS
        .split(", ")
        .map(|column| format!("m.{column} AS said_{column}"))
        .collect();
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {}, e.conversation, e.sequence, e.kind, e.subject, e.created, e.commitment, e.link, f.rating, f.reason \
         FROM events e \
         LEFT JOIN messages m ON e.kind = 'message' AND m.id = e.subject AND m.conversation = e.conversation \
         AND m.sequence = e.sequence \
         LEFT JOIN feedback f ON e.kind = 'feedback' AND f.message = e.subject \
         WHERE e.conversation > $1 AND e.conversation <= $2 ORDER BY e.conversation, e.sequence",
        said.join(", ")
    )))
    .bind(after.to_owned())
    .bind(upto.to_owned())
    .rows(connection)
    .await?;
    for row in &rows {
        let Some(place) = at(row.try_get("conversation")?) else {
            continue;
        };
        let kind: String = row.try_get("kind")?;
        let content = match kind.as_str() {
            "message" => content_of(row, "said_id", message_content),
            "feedback" => content_of(row, "rating", feedback_content),
            _ => Content::Known(Vec::new()),
        };
        streams[place].events.push(Event {
            sequence: row.try_get("sequence")?,
            kind,
            subject: row.try_get("subject")?,
            created: row.try_get("created")?,
            commitment: link_from(row.try_get("commitment")?)?,
            link: link_from(row.try_get("link")?)?,
            content,
        });
    }
    Ok(())
}

fn content_of(
    row: &Row,
    there: &str,
    read: fn(&Row) -> Result<Vec<String>, StoreError>,
) -> Content {
    match row.try_get::<Option<String>, _>(there) {
        Ok(None) => Content::Gone,
        Ok(Some(_)) => read(row).map_or_else(Content::Unreadable, Content::Known),
        Err(error) => Content::Unreadable(error.into()),
    }
}

fn message_content(row: &Row) -> Result<Vec<String>, StoreError> {
    let message = messages::from_row(row)?;
    Ok(content_of_message(
        &message,
        row.try_get("said_attachments")?,
    ))
}

fn feedback_content(row: &Row) -> Result<Vec<String>, StoreError> {
    let reason: Option<String> = row.try_get("reason")?;
    Ok(content_of_feedback(&Feedback {
        rating: parse("rating", row.try_get("rating")?)?,
        reason: reason
            .map(|code| parse("reason of feedback", code))
            .transpose()?,
        comment: None,
    }))
}

/// Of several ratings of a message only the newest is kept.
fn mark_replaced(events: &mut [Event]) {
    let mut newest = BTreeSet::new();
    for event in events.iter_mut().rev() {
        let is_rating = event.kind == "feedback";
        if is_rating && !newest.insert(event.subject.clone()) {
            event.content = Content::Replaced;
        }
    }
}

async fn read_leaves(
    connection: &mut Connection,
    after: &str,
    upto: &str,
    streams: &mut [Stream],
    at: &mut At<'_>,
) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT checkpoint, stream, sequence, head FROM checkpoint_leaves WHERE stream > $1 AND stream <= $2 \
         ORDER BY stream, sequence",
    )
    .bind(after.to_owned())
    .bind(upto.to_owned())
    .fetch_all(&mut *connection)
    .await?;
    for row in &rows {
        let leaf = super::checkpoints::leaf_from(row)?;
        if let Some(place) = at(leaf.stream.clone()) {
            let checkpoint = row.try_get("checkpoint")?;
            streams[place].leaves.push((checkpoint, leaf));
        }
    }
    Ok(())
}

async fn read_unrecorded(
    connection: &mut Connection,
    after: &str,
    upto: &str,
    streams: &mut [Stream],
    at: &mut At<'_>,
) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT m.conversation, m.id FROM messages m LEFT JOIN events e ON e.conversation = m.conversation \
         AND e.sequence = m.sequence AND e.kind = 'message' AND e.subject = m.id \
         WHERE m.conversation > $1 AND m.conversation <= $2 AND e.sequence IS NULL ORDER BY m.conversation, m.sequence",
    )
    .bind(after.to_owned())
    .bind(upto.to_owned())
    .fetch_all(&mut *connection)
    .await?;
    for row in &rows {
        if let Some(place) = at(row.try_get("conversation")?) {
            streams[place].unrecorded.push(row.try_get("id")?);
        }
    }
    Ok(())
}
