//! Links what was recorded before events were linked: once, before what was kept then is sealed.
//!
//! It works in steps of one transaction each, like the sealing that follows it.

use sqlx::Row as _;

use super::chain::{self, Happened, content_of_feedback, content_of_message, linked};
use super::codes::parse;
use super::conversations::messages;
use super::dialect::Connection;
use super::error::StoreError;
use super::savepoint::{begin, execute};
use super::{seal, staff};
use crate::conversation::{Feedback, Message};
use crate::ids::ConversationId;
use crate::record::Hash;

/// Rows in one transaction.
pub(in crate::store) const STEP: i64 = 500;

/// Links every stream.
pub(in crate::store) async fn link_all(connection: &mut Connection) -> Result<(), StoreError> {
    link_staff(connection).await?;
    link_conversations(connection).await
}

/// Ends the transaction of a step.
pub(in crate::store) async fn end<T>(
    connection: &mut Connection,
    made: Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.begin_anew();
    match made {
        Ok(made) => execute(connection, "COMMIT").await.map(|()| made),
        Err(error) => {
            let _ = execute(connection, "ROLLBACK").await;
            connection.forget();
            Err(error)
        }
    }
}

/// Links the lines of staff in the order in which they were written.
async fn link_staff(connection: &mut Connection) -> Result<(), StoreError> {
    loop {
        begin(connection).await?;
        let linked = link_some_staff(connection).await;
        if end(connection, linked).await? == 0 {
            return Ok(());
        }
    }
}

async fn link_some_staff(connection: &mut Connection) -> Result<usize, StoreError> {
    let (mut sequence, mut head) = staff::log::newest(connection).await?;
    let rows = sqlx::query(
        "SELECT id, actor, action, subject, detail, created FROM staff_log WHERE sequence IS NULL \
         ORDER BY created, id LIMIT $1",
    )
    .bind(STEP)
    .fetch_all(&mut *connection)
    .await?;
    for row in &rows {
        sequence += 1;
        let (action, subject): (String, String) = (row.try_get("action")?, row.try_get("subject")?);
        let happened = Happened {
            stream: chain::STAFF,
            sequence,
            kind: &action,
            subject: &subject,
            created: row.try_get("created")?,
        };
        let content = [row.try_get("actor")?, row.try_get("detail")?];
        let (commitment, link) = linked(connection.keys().house(), happened, &content, head);
        head = link;
        sqlx::query("UPDATE staff_log SET sequence = $2, commitment = $3, link = $4 WHERE id = $1")
            .bind(row.try_get::<String, _>("id")?)
            .bind(sequence)
            .bind(commitment.to_string())
            .bind(link.to_string())
            .execute(&mut *connection)
            .await?;
    }
    Ok(rows.len())
}

/// Gives each conversation a key, and links its events while its messages can still be read.
async fn link_conversations(connection: &mut Connection) -> Result<(), StoreError> {
    loop {
        let rows = sqlx::query(
            "SELECT id FROM conversations WHERE sealing_key IS NULL OR (head IS NULL AND last_sequence > 0) LIMIT $1",
        )
        .bind(STEP)
        .fetch_all(&mut *connection)
        .await?;
        if rows.is_empty() {
            return Ok(());
        }
        begin(connection).await?;
        let mut linked = Ok(());
        for row in &rows {
            let id = parse("conversation id", row.try_get("id")?)?;
            linked = link_conversation(connection, &id).await;
            if linked.is_err() {
                break;
            }
        }
        end(connection, linked).await?;
    }
}

async fn link_conversation(
    connection: &mut Connection,
    id: &ConversationId,
) -> Result<(), StoreError> {
    let key = seal::of_conversation(connection, id).await?;
    let stream = id.to_string();
    let messages = messages::with_file_counts(connection, id).await?;
    let events = sqlx::query(
        "SELECT sequence, kind, subject, created FROM events WHERE conversation = $1 ORDER BY sequence",
    )
    .bind(stream.clone())
    .fetch_all(&mut *connection)
    .await?;
    let mut head = Hash::ORIGIN;
    for (place, event) in events.iter().enumerate() {
        let (kind, subject): (String, String) = (event.try_get("kind")?, event.try_get("subject")?);
        let sequence: i64 = event.try_get("sequence")?;
        let is_newest = || {
            let later = &events[place + 1..];
            !later.iter().any(|later| {
                later
                    .try_get::<&str, _>("kind")
                    .is_ok_and(|found| found == kind)
                    && later
                        .try_get::<&str, _>("subject")
                        .is_ok_and(|found| found == subject)
            })
        };
        let content = match kind.as_str() {
            "message" => content_at(&messages, sequence),
            "feedback" if is_newest() => content_of_rating(connection, &subject).await?,
            _ => Vec::new(),
        };
        let happened = Happened {
            stream: &stream,
            sequence,
            kind: &kind,
            subject: &subject,
            created: event.try_get("created")?,
        };
        let (commitment, link) = linked(&key, happened, &content, head);
        head = link;
        sqlx::query(
            "UPDATE events SET commitment = $3, link = $4 WHERE conversation = $1 AND sequence = $2",
        )
        .bind(stream.clone())
        .bind(sequence)
        .bind(commitment.to_string())
        .bind(link.to_string())
        .execute(&mut *connection)
        .await?;
    }
    sqlx::query("UPDATE conversations SET head = $2 WHERE id = $1")
        .bind(stream)
        .bind(head.to_string())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

fn content_at(messages: &[(Message, i64)], sequence: i64) -> Vec<String> {
    let found = messages
        .iter()
        .find(|(message, _)| message.sequence == sequence);
    found.map_or_else(Vec::new, |(message, files)| {
        content_of_message(message, *files)
    })
}

/// Returns what the newest rating of a message commits to.
async fn content_of_rating(
    connection: &mut Connection,
    message: &str,
) -> Result<Vec<String>, StoreError> {
    let row = sqlx::query("SELECT rating, reason FROM feedback WHERE message = $1")
        .bind(message.to_owned())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else {
        return Ok(Vec::new());
    };
    let reason: Option<String> = row.try_get("reason")?;
    Ok(content_of_feedback(&Feedback {
        rating: parse("rating", row.try_get("rating")?)?,
        reason: reason
            .map(|code| parse("reason of feedback", code))
            .transpose()?,
        comment: None,
    }))
}
