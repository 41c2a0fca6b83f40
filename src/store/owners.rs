//! Rows of owners: whose a conversation is.

use sqlx::Row as _;

use super::codes::parse;
use super::seal::{open, seal};
use super::ticket_rule::hear_tier;
use super::transcript::Written;
use super::{Connection, Reader, Row, Store, StoreError, conversations};
use crate::conversation::{Conversation, ConversationId, Tier, Timestamp};
use crate::identity::Identity;
use crate::staff::SecretHash;

/// Whose a conversation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// Nobody's but staff's, such as a letter whose answer goes elsewhere.
    Staff,
    /// Whoever holds the secret.
    Secret(SecretHash),
    /// An account of the host.
    Account(Identity),
}

impl Store {
    /// Gives a conversation that belongs to whoever holds a secret to an account; it is the account's alone from then on,
    /// and what the host says of the visitor counts for its open ticket too.
    pub async fn claim_conversation(
        &self,
        id: ConversationId,
        secret: SecretHash,
        account: Identity,
        now: Timestamp,
    ) -> Result<Written<()>, StoreError> {
        let hours = self.hours.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    if load(connection, &id).await? != Owner::Secret(secret) {
                        return Err(StoreError::UnknownConversation(id));
                    }
                    sqlx::query("DELETE FROM conversation_owners WHERE conversation = $1")
                        .bind(id.to_string())
                        .execute(&mut *connection)
                        .await?;
                    let tier = account.tier;
                    insert(connection, &id, &Owner::Account(account), now).await?;
                    match tier {
                        Some(tier) => hear_tier(connection, hours, id, tier, now).await,
                        None => Ok(Written {
                            value: (),
                            last_sequence: None,
                        }),
                    }
                })
            })
            .await
    }

    /// Keeps that the host says something else of the visitor than before.
    pub async fn change_tier(
        &self,
        id: ConversationId,
        tier: Tier,
        now: Timestamp,
    ) -> Result<Written<()>, StoreError> {
        let hours = self.hours.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE conversation_owners SET tier = $2 WHERE conversation = $1")
                        .bind(id.to_string())
                        .bind(tier.code())
                        .execute(&mut *connection)
                        .await?;
                    hear_tier(connection, hours, id, tier, now).await
                })
            })
            .await
    }
}

impl Reader {
    /// Reads whose a conversation is.
    pub async fn owner(&self, id: &ConversationId) -> Result<Owner, StoreError> {
        let mut connection = self.pool.acquire().await?;
        load(&mut connection, id).await
    }
}

/// Gives a fresh secret to whoever repeats the opening of a conversation, as long as nothing was said in it: the reply
/// with the first secret was lost. Later on, the key alone is no proof.
pub(super) async fn open_again(
    connection: &mut Connection,
    conversation: &Conversation,
    owner: &Owner,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Owner::Secret(_) = owner else {
        return Ok(());
    };
    let is_secret = matches!(load(connection, &conversation.id).await?, Owner::Secret(_));
    if !is_secret || conversation.last_sequence > 0 {
        return Err(StoreError::KeyReused);
    }
    sqlx::query("DELETE FROM conversation_owners WHERE conversation = $1")
        .bind(conversation.id.to_string())
        .execute(&mut *connection)
        .await?;
    insert(connection, &conversation.id, owner, now).await
}

pub(super) async fn insert(
    connection: &mut Connection,
    id: &ConversationId,
    owner: &Owner,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (secret, account) = match owner {
        Owner::Staff => return Ok(()),
        Owner::Secret(secret) => (Some(secret.as_str()), None),
        Owner::Account(account) => (None, Some(account)),
    };
    let sealed = |text: Option<&String>| text.map(|text| seal(text));
    sqlx::query(
        "INSERT INTO conversation_owners (conversation, secret_hash, subject_sealed, name_sealed, email_sealed, tier, \
         since) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.to_string())
    .bind(secret)
    .bind(account.map(|account| seal(&account.subject)))
    .bind(sealed(account.and_then(|account| account.name.as_ref())))
    .bind(sealed(account.and_then(|account| account.email.as_ref())))
    .bind(account.and_then(|account| account.tier).map(|tier| tier.code()))
    .bind(now.as_millis())
    .execute(&mut *connection)
    .await?;
    match account.and_then(|account| account.tier) {
        Some(tier) => conversations::set_tier(connection, id, tier).await,
        None => Ok(()),
    }
}

async fn load(connection: &mut Connection, id: &ConversationId) -> Result<Owner, StoreError> {
    let row = sqlx::query(
        "SELECT secret_hash, subject_sealed, name_sealed, email_sealed, tier FROM conversation_owners \
         WHERE conversation = $1",
    )
    .bind(id.to_string())
    .fetch_optional(connection)
    .await?;
    row.map_or(Ok(Owner::Staff), |row| from_row(&row))
}

fn from_row(row: &Row) -> Result<Owner, StoreError> {
    let text = |column: &str| -> Result<Option<String>, sqlx::Error> { row.try_get(column) };
    if let Some(hash) = text("secret_hash")? {
        return Ok(Owner::Secret(SecretHash::stored(hash)));
    }
    let Some(subject) = text("subject_sealed")? else {
        return Ok(Owner::Staff);
    };
    Ok(Owner::Account(Identity {
        subject: open(subject),
        name: text("name_sealed")?.map(open),
        email: text("email_sealed")?.map(open),
        language: None,
        tier: text("tier")?.map(|code| parse("tier", code)).transpose()?,
    }))
}
