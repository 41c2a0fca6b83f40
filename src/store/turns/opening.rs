//! A conversation is opened: once for each key, and once for each name a channel has for it.

use crate::conversation::{Conversation, LinkKeys, Topic};
use crate::ids::ConversationId;
use crate::staff::SecretToken;
use crate::store::codes::parse;
use crate::store::conversations::owners::{self, Owner};
use crate::store::conversations::rows;
use crate::store::delivery::outbox::{self, Tell};
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::idempotency::{IdempotencyKey, KeyedRequest, claim_response, find_response};
use crate::store::remembered::Rules;
use crate::store::seal;
use crate::time::Timestamp;

/// How long the key of an opening is worth its secret, while nothing was said.
const REPEATABLE_MS: i64 = 60 * 60 * 1_000;

impl Store {
    /// Returns the secret of an anonymous conversation that is opened under a key: the same for every repetition, so that
    /// of three requests at once none locks out the others.
    ///
    /// It is derived from a key that only this installation has, so neither the conversation's id nor the caller's key
    /// tells it. A stranger who guesses the caller's key must not be handed it either; four things see to that:
    ///
    /// - a key that could be guessed is never repeated, see [`IdempotencyKey::is_hard_to_guess`]: whoever sends it again
    ///   opens another conversation;
    /// - a key that was seen somewhere, such as in a log, is worth nothing once something was said, or an hour later;
    /// - the secret is handed out only while it is the one that opens the conversation, and not after an account has
    ///   claimed it or the installation's key was changed;
    /// - the request has to be the same in everything else too.
    pub fn visitor_secret(&self, id: &ConversationId, key: &IdempotencyKey) -> SecretToken {
        secret_of(&self.link_keys, id, key)
    }

    /// Keeps a new conversation; a repeated request gives back the one it opened before, and so does the name a channel
    /// has for it.
    pub async fn open_conversation(
        &self,
        conversation: Conversation,
        owner: Owner,
        request: Option<KeyedRequest>,
    ) -> Result<Conversation, StoreError> {
        let rules = self.rules().await?;
        let keys = self.link_keys.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    if let Owner::Channel(_, address) = &owner
                        && let Some(kept) = rows::find(connection, address).await?
                    {
                        return Ok(kept);
                    }
                    let id = conversation.id.to_string();
                    let created = conversation.created;
                    if let Some(request) = &request
                        && !claim_response(connection, request, &id, created).await?
                    {
                        return repeated(connection, &keys, &owner, request, created).await;
                    }
                    open(connection, &rules, conversation, &owner).await
                })
            })
            .await
    }
}

/// Returns what the key has opened before; of an anonymous conversation only to whoever may have its secret.
async fn repeated(
    connection: &mut Connection,
    keys: &LinkKeys,
    owner: &Owner,
    request: &KeyedRequest,
    now: Timestamp,
) -> Result<Conversation, StoreError> {
    let id = find_response(connection, request)
        .await?
        .ok_or(StoreError::KeyReused)?;
    let kept = rows::load(connection, &parse("conversation id", id)?).await?;
    let Owner::Secret(_) = owner else {
        return Ok(kept);
    };
    let secret = secret_of(keys, &kept.id, &request.key);
    let opens = owners::load(connection, &kept.id).await? == Owner::Secret(secret.hash());
    let is_fresh = now.millis_since(kept.created) <= REPEATABLE_MS;
    match opens && is_fresh && kept.last_sequence == 0 {
        true => Ok(kept),
        false => Err(StoreError::KeyReused),
    }
}

fn secret_of(keys: &LinkKeys, id: &ConversationId, key: &IdempotencyKey) -> SecretToken {
    let digits = keys.visitor_secret(&format!("{id}\n{}", key.as_str()));
    SecretToken::presented(&digits)
}

async fn open(
    connection: &mut Connection,
    rules: &Rules,
    mut conversation: Conversation,
    owner: &Owner,
) -> Result<Conversation, StoreError> {
    if let Owner::Channel(channel, address) = owner {
        conversation.channel = *channel;
        conversation.address = Some(address.clone());
    }
    let created = conversation.created;
    if let Owner::Account(account) = owner {
        // What an account says stands under one key, wherever it says it.
        let owner = seal::account_owner(connection, &account.subject);
        let key = seal::of_owner(connection, &owner).await?;
        connection.held.conversations.insert(conversation.id, key);
    }
    rows::insert(connection, &conversation).await?;
    owners::insert(connection, &conversation.id, owner, created).await?;
    let told = [Tell::all(
        Topic::ConversationCreated,
        &conversation.id.to_string(),
    )];
    outbox::tell(connection, &rules.outlets, &conversation, &told, created).await?;
    Ok(conversation)
}
