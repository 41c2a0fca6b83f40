//! Which key seals what: each visitor's words have a key of their own, and what is nobody's own that of its day.
//!
//! Keys are found through the connection, which remembers those of the rows it works on. A key whose row says that it
//! was destroyed is never used again.

use std::sync::Arc;

use sqlx::Row as _;

use super::dialect::{Connection, key_from};
use super::error::StoreError;
use crate::ids::ConversationId;
use crate::sealing::{DataKey, KeyId};
use crate::time::Timestamp;

/// Owner of the key that makes the digests of words that are looked for.
const INDEX: &str = "index";

/// Owner of the key that seals what belongs to the installation.
const HOUSE: &str = "house";

/// Sees to it that the keys are there that stay when visitors go, and sets them.
pub(in crate::store) async fn make_lasting_keys(
    connection: &mut Connection,
) -> Result<(), StoreError> {
    let index = of_owner(connection, INDEX).await?;
    let house = of_owner(connection, HOUSE).await?;
    connection.keys().set_lasting(index, house);
    Ok(())
}

/// Sets the keys that stay, where nothing may be written; whether they are there.
pub(in crate::store) async fn find_lasting_keys(
    connection: &mut Connection,
) -> Result<bool, StoreError> {
    let index = find_owner(connection, INDEX).await?;
    let house = find_owner(connection, HOUSE).await?;
    let (Some(index), Some(house)) = (index, house) else {
        return Ok(false);
    };
    connection.keys().set_lasting(index, house);
    Ok(true)
}

/// Makes a key that belongs to nobody yet.
pub(in crate::store) async fn make(
    connection: &mut Connection,
) -> Result<Arc<DataKey>, StoreError> {
    let key = DataKey::generate();
    insert(connection, &key, None).await?;
    Ok(connection.keys().remember(key))
}

/// Returns the key of an owner; makes it when there is none.
pub(in crate::store) async fn of_owner(
    connection: &mut Connection,
    owner: &str,
) -> Result<Arc<DataKey>, StoreError> {
    if let Some(key) = find_owner(connection, owner).await? {
        return Ok(key);
    }
    insert(connection, &DataKey::generate(), Some(owner)).await?;
    // Of two processes that make it at once, the first has.
    find_owner(connection, owner).await?.ok_or_else(destroyed)
}

/// Returns the key of what was asked outside of conversations on a day; it is destroyed when that day's have expired.
pub(in crate::store) async fn of_day(
    connection: &mut Connection,
    asked: Timestamp,
) -> Result<Arc<DataKey>, StoreError> {
    let owner = day_owner(asked);
    if let Some((held, key)) = &connection.held.day
        && *held == owner
    {
        return Ok(Arc::clone(key));
    }
    let key = of_owner(connection, &owner).await?;
    connection.held.day = Some((owner, Arc::clone(&key)));
    Ok(key)
}

/// Names the owner of what was asked on a day.
pub(in crate::store) fn day_owner(asked: Timestamp) -> String {
    format!("asked {}", asked.day())
}

/// Names the owner of what an account of the host has said.
pub(in crate::store) fn account_owner(connection: &Connection, subject: &str) -> String {
    format!("account {}", connection.keys().account(subject))
}

async fn find_owner(
    connection: &mut Connection,
    owner: &str,
) -> Result<Option<Arc<DataKey>>, StoreError> {
    let row = sqlx::query("SELECT id, master, wrapped FROM sealing_keys WHERE owner = $1")
        .bind(owner.to_owned())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(key_from(connection.keys(), &row)?.1)
}

async fn insert(
    connection: &mut Connection,
    key: &DataKey,
    owner: Option<&str>,
) -> Result<(), StoreError> {
    let (master, wrapped) = connection.keys().wrap(key);
    sqlx::query(
        "INSERT INTO sealing_keys (id, owner, master, wrapped) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (owner) DO NOTHING",
    )
    .bind(key.id().to_string())
    .bind(owner.map(str::to_owned))
    .bind(master.as_str().to_owned())
    .bind(wrapped)
    .execute(connection)
    .await?;
    Ok(())
}

/// Remembers the key that the row of a conversation names, for as long as the row is locked.
pub(in crate::store) async fn hold(
    connection: &mut Connection,
    conversation: &ConversationId,
    named: Option<&str>,
) -> Result<Arc<DataKey>, StoreError> {
    let key = match named {
        Some(named) => named_key(connection, named).await?,
        None => {
            // It was opened before anything was sealed.
            let key = make(connection).await?;
            sqlx::query("UPDATE conversations SET sealing_key = $2 WHERE id = $1")
                .bind(conversation.to_string())
                .bind(key.id().to_string())
                .execute(&mut *connection)
                .await?;
            key
        }
    };
    let held = Arc::clone(&key);
    connection.held.conversations.insert(*conversation, held);
    Ok(key)
}

async fn named_key(connection: &mut Connection, named: &str) -> Result<Arc<DataKey>, StoreError> {
    let id: KeyId = named
        .parse()
        .map_err(|error| StoreError::unreadable("name of a key", error))?;
    if let Some(key) = connection.keys().known(&id) {
        return Ok(key);
    }
    let row = sqlx::query("SELECT id, master, wrapped FROM sealing_keys WHERE id = $1")
        .bind(named.to_owned())
        .fetch_optional(&mut *connection)
        .await?;
    let key = match row {
        Some(row) => key_from(connection.keys(), &row)?.1,
        None => None,
    };
    key.ok_or_else(destroyed)
}

/// A key that was destroyed, and with it what it sealed.
#[derive(Debug, thiserror::Error)]
#[error("its key was destroyed")]
struct Destroyed;

fn destroyed() -> StoreError {
    StoreError::unreadable("sealed words", Destroyed)
}

/// Returns the key of a conversation.
pub(in crate::store) async fn of_conversation(
    connection: &mut Connection,
    conversation: &ConversationId,
) -> Result<Arc<DataKey>, StoreError> {
    if let Some(key) = connection.held.conversations.get(conversation) {
        return Ok(Arc::clone(key));
    }
    let row = sqlx::query("SELECT sealing_key FROM conversations WHERE id = $1")
        .bind(conversation.to_string())
        .fetch_optional(&mut *connection)
        .await?
        .ok_or(StoreError::UnknownConversation(*conversation))?;
    let named: Option<String> = row.try_get("sealing_key")?;
    hold(connection, conversation, named.as_deref()).await
}
