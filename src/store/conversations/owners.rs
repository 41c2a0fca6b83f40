//! Rows of owners: whose a conversation is.

use crate::conversation::{Channel, ChannelAddress};
use crate::identity::Identity;
use crate::ids::ConversationId;
use crate::staff::SecretHash;
use crate::store::codes::parse;
use crate::store::conversations::rows as conversations;
use crate::store::dialect::{Connection, Fetching as _, Row};
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::store::seal;
use crate::time::Timestamp;

/// Whose a conversation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// Nobody's but staff's, such as a letter whose answer goes elsewhere.
    Staff,
    /// Whoever holds the secret.
    Secret(SecretHash),
    /// An account of the host.
    Account(Identity),
    /// Whoever speaks by a channel other than the web; the channel vouches for them, and no door of the web opens it.
    Channel(Channel, ChannelAddress),
}

impl Reader {
    /// Reads whose a conversation is.
    pub async fn owner(&self, id: &ConversationId) -> Result<Owner, StoreError> {
        let mut connection = self.connection().await?;
        load(&mut connection, id).await
    }
}

pub(in crate::store) async fn insert(
    connection: &mut Connection,
    id: &ConversationId,
    owner: &Owner,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (secret, account) = match owner {
        // Where a channel's visitor is stands in the conversation itself.
        Owner::Staff | Owner::Channel(..) => return Ok(()),
        Owner::Secret(secret) => (Some(secret.as_str()), None),
        Owner::Account(account) => (None, Some(account)),
    };
    let key = seal::of_conversation(connection, id).await?;
    let sealed = |text: Option<&String>| text.map(|text| key.seal(text));
    let ring = connection.keys();
    let found_by = account.map(|account| ring.account(&account.subject));
    sqlx::query(
        "INSERT INTO conversation_owners (conversation, secret_hash, subject_sealed, name_sealed, email_sealed, tier, \
         since, account) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.to_string())
    .bind(secret)
    .bind(sealed(account.map(|account| &account.subject)))
    .bind(sealed(account.and_then(|account| account.name.as_ref())))
    .bind(sealed(account.and_then(|account| account.email.as_ref())))
    .bind(account.and_then(|account| account.tier).map(|tier| tier.code()))
    .bind(now.as_millis())
    .bind(found_by)
    .execute(&mut *connection)
    .await?;
    match account.and_then(|account| account.tier) {
        Some(tier) => conversations::set_tier(connection, id, tier).await,
        None => Ok(()),
    }
}

pub(in crate::store) async fn load(
    connection: &mut Connection,
    id: &ConversationId,
) -> Result<Owner, StoreError> {
    let row = sqlx::query(
        "SELECT o.secret_hash, o.subject_sealed, o.name_sealed, o.email_sealed, o.tier, c.channel, c.outlet, \
         c.external_id, c.external_sealed FROM conversations c LEFT JOIN conversation_owners o ON o.conversation = c.id WHERE c.id = $1",
    )
    .bind(id.to_string())
    .row_if_any(connection)
    .await?;
    row.map_or(Ok(Owner::Staff), |row| from_row(&row))
}

fn from_row(row: &Row) -> Result<Owner, StoreError> {
    let text = |column: &str| -> Result<Option<String>, sqlx::Error> { row.try_get(column) };
    if let Some(hash) = text("secret_hash")? {
        return Ok(Owner::Secret(SecretHash::stored(hash)));
    }
    if let Some(subject) = row.open_if_any("subject_sealed")? {
        return Ok(Owner::Account(Identity {
            subject,
            name: row.open_if_any("name_sealed")?,
            email: row.open_if_any("email_sealed")?,
            language: None,
            tier: text("tier")?.map(|code| parse("tier", code)).transpose()?,
            // Said anew with every request.
            audience: Vec::new(),
        }));
    }
    match (text("outlet")?, conversations::external_id(row)?) {
        (Some(outlet), Some(external_id)) => Ok(Owner::Channel(
            parse("channel", row.try_get("channel")?)?,
            ChannelAddress {
                outlet: parse("webhook id", outlet)?,
                external_id,
            },
        )),
        _ => Ok(Owner::Staff),
    }
}
