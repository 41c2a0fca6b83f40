//! Whose conversations are: who may open, read and write one, and how it becomes an account's.

use super::conversations::opened;
use super::fingerprint::fingerprint;
use super::{Desk, DeskError, IdempotencyKey};
use crate::conversation::{Conversation, ConversationId, NewConversation, Timestamp};
use crate::identity::Identity;
use crate::staff::SecretToken;
use crate::store::Owner;

/// What a visitor shows.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// The account their host vouches for.
    pub account: Option<Identity>,
    /// The secret they were given with a conversation.
    pub secret: Option<SecretToken>,
}

impl Desk {
    /// Opens a conversation for a visitor; an anonymous one is given the secret that opens it again.
    pub async fn open_for(
        &self,
        account: Option<Identity>,
        new: NewConversation,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<(Conversation, Option<SecretToken>), DeskError> {
        let (owner, scope, secret) = match account {
            Some(account) => {
                // One account's keys are nothing to another.
                let scope = format!("conversations:{}", fingerprint(&[&account.subject]));
                (Owner::Account(account), scope, None)
            }
            None => {
                let secret = SecretToken::generate();
                let owner = Owner::Secret(secret.hash());
                (owner, "conversations".to_owned(), Some(secret))
            }
        };
        let (conversation, request) = opened(new, scope, key, now);
        let conversation = self
            .store
            .open_conversation(conversation, owner, request)
            .await?;
        Ok((conversation, secret))
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
            Owner::Staff => false,
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
            self.announced(id, async move { store.change_tier(id, tier, now).await })
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
        Ok(self
            .announced(id, async move {
                store
                    .claim_conversation(id, secret.hash(), account, now)
                    .await
            })
            .await?)
    }

    /// Gives the account a conversation belongs to.
    pub async fn account_of(&self, id: &ConversationId) -> Result<Option<Identity>, DeskError> {
        match self.store.reader().owner(id).await? {
            Owner::Account(account) => Ok(Some(account)),
            Owner::Staff | Owner::Secret(_) => Ok(None),
        }
    }
}
