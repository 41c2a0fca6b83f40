//! Whose conversations are: who may open, read and write one, and how it becomes an account's.

use super::VisitorDesk;
use super::conversations::opened;
use crate::conversation::{Channel, ChannelAddress, Conversation, NewConversation};
use crate::desk::announcements::after;
use crate::desk::fingerprint::fingerprint;
use crate::desk::{DeskError, IdempotencyKey};
use crate::identity::Identity;
use crate::ids::ConversationId;
use crate::staff::SecretToken;
use crate::store::Owner;
use crate::time::Timestamp;

/// What a visitor shows.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// The account their host vouches for.
    pub account: Option<Identity>,
    /// The secret they were given with a conversation.
    pub secret: Option<SecretToken>,
}

impl VisitorDesk {
    /// Opens a conversation for a visitor; an anonymous one is given the secret that opens it again.
    pub async fn open_for(
        &self,
        account: Option<Identity>,
        new: NewConversation,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<(Conversation, Option<SecretToken>), DeskError> {
        let Some(account) = account else {
            return self.open_anonymously(new, key, now).await;
        };
        // One account's keys are nothing to another.
        let scope = format!("conversations:{}", fingerprint(&[&account.subject]));
        let (conversation, request) = opened(new, scope, key, now);
        let owner = Owner::Account(account);
        let opened = self.store.open_conversation(conversation, owner, request);
        Ok((opened.await?, None))
    }

    /// Opens the conversation that a channel has this name for; the one it opened before, where there is one.
    pub async fn open_by_channel(
        &self,
        channel: Channel,
        address: ChannelAddress,
        new: NewConversation,
        now: Timestamp,
    ) -> Result<Conversation, DeskError> {
        let (conversation, _) = opened(new, "channel".to_owned(), None, now);
        let owner = Owner::Channel(channel, address);
        Ok(self
            .store
            .open_conversation(conversation, owner, None)
            .await?)
    }

    /// A key that somebody could guess is not repeated, since whoever repeats it is given the secret; see
    /// [`Store::visitor_secret`](crate::store::Store::visitor_secret).
    async fn open_anonymously(
        &self,
        new: NewConversation,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<(Conversation, Option<SecretToken>), DeskError> {
        let key = key.filter(IdempotencyKey::is_hard_to_guess);
        let (conversation, request) = opened(new, "conversations".to_owned(), key.clone(), now);
        let fresh = SecretToken::generate();
        let secret = |id: &ConversationId| match &key {
            Some(key) => self.store.visitor_secret(id, key),
            None => fresh.clone(),
        };
        let owner = Owner::Secret(secret(&conversation.id).hash());
        let opened = self
            .store
            .open_conversation(conversation, owner, request)
            .await?;
        let secret = secret(&opened.id);
        Ok((opened, Some(secret)))
    }

    /// Lets the owner of a conversation pass; to anybody else there is no such conversation. What the owner's host says
    /// of them by now is kept.
    pub async fn admit(
        &self,
        id: &ConversationId,
        shown: &Credentials,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let mut told = None;
        let is_owner = match self.store.reader().owner(id).await? {
            Owner::Staff | Owner::Channel(..) => false,
            // Digests of random tokens are compared, so the time it takes tells nothing.
            Owner::Secret(hash) => shown.secret.as_ref().is_some_and(|one| one.hash() == hash),
            Owner::Account(owner) => {
                let account = shown.account.as_ref();
                let account = account.filter(|account| account.subject == owner.subject);
                let tier = account.and_then(|account| account.tier);
                told = tier.filter(|_| tier != owner.tier);
                account.is_some()
            }
        };
        if !is_owner {
            return Err(DeskError::UnknownConversation(*id));
        }
        if let Some(tier) = told {
            let (id, store) = (*id, self.store.clone());
            after(&self.bus, id, async move {
                store.change_tier(id, tier, now).await
            })
            .await?;
        }
        Ok(())
    }

    /// Makes an anonymous conversation the account's, when the visitor shows both.
    pub async fn claim_conversation(
        &self,
        id: &ConversationId,
        shown: Credentials,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let Credentials {
            account: Some(account),
            secret: Some(secret),
        } = shown
        else {
            return Err(DeskError::UnknownConversation(*id));
        };
        let (id, store) = (*id, self.store.clone());
        Ok(after(&self.bus, id, async move {
            store
                .claim_conversation(id, secret.hash(), account, now)
                .await
        })
        .await?)
    }
}
