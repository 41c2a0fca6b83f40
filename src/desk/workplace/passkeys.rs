//! Passkeys of one's own account: made, listed, taken away, and asked for.

use serde_json::Value;

use super::Workplace;
use super::signing_in::{MAX_BROWSER_CHARS, SignIn};
use crate::desk::DeskError;
use crate::staff::{Agent, NewPasskey, Passkey, PasskeySite, RecoveryCode};
use crate::store::KeptPasskey;
use crate::time::Timestamp;

/// Most passkeys of one account.
const MAX_PASSKEYS: usize = 20;

impl Workplace {
    /// Asks somebody's browser for a new passkey.
    pub async fn offer_passkey(
        &self,
        agent: &Agent,
        site: &PasskeySite,
    ) -> Result<Value, DeskError> {
        let known = self.checked_by(agent).await?;
        if known.len() >= MAX_PASSKEYS {
            return Err(DeskError::TooManyPasskeys);
        }
        let (options, challenge) = site.offer(agent, &known);
        self.store
            .keep_passkey_challenge(agent.id, challenge)
            .await?;
        Ok(options)
    }

    /// Takes a passkey that was asked for, and gives recovery codes where it is the first second factor.
    pub async fn add_passkey(
        &self,
        agent: &Agent,
        site: &PasskeySite,
        made: NewPasskey,
        browser: &str,
        now: Timestamp,
    ) -> Result<(KeptPasskey, Vec<RecoveryCode>), DeskError> {
        let challenge = self.store.reader().passkey_challenge(&agent.id).await?;
        let challenge = challenge.ok_or(DeskError::PasskeyUnasked)?;
        let passkey = site.take(&challenge, made)?;
        let codes = match agent.has_second_factor {
            true => Vec::new(),
            false => RecoveryCode::generate_set(),
        };
        let kept = KeptPasskey {
            passkey,
            browser: browser.chars().take(MAX_BROWSER_CHARS).collect(),
            created: now,
            used: None,
        };
        let hashes = codes.iter().map(RecoveryCode::hash).collect();
        let added = self
            .store
            .add_passkey(agent.id, challenge, kept.clone(), hashes);
        match added.await? {
            true => Ok((kept, codes)),
            false => Err(DeskError::PasskeyUnasked),
        }
    }

    /// Lists somebody's passkeys, the oldest first.
    pub async fn passkeys_of(&self, agent: &Agent) -> Result<Vec<KeptPasskey>, DeskError> {
        Ok(self.store.reader().passkeys(&agent.id).await?)
    }

    /// Takes one of somebody's own passkeys away.
    pub async fn remove_passkey(
        &self,
        agent: &Agent,
        id: &str,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let removed = self.store.remove_passkey(agent.id, id.to_owned(), now);
        removed
            .await?
            .then_some(())
            .ok_or(DeskError::UnknownPasskey)
    }

    /// Asks the browser of somebody who is signed in to show a passkey.
    pub async fn ask_for_passkey(
        &self,
        agent: &Agent,
        site: &PasskeySite,
    ) -> Result<Value, DeskError> {
        let known = self.checked_by(agent).await?;
        if known.is_empty() {
            return Err(DeskError::NoPasskey);
        }
        let (options, challenge) = site.ask(agent, &known);
        self.store
            .keep_passkey_challenge(agent.id, challenge)
            .await?;
        Ok(options)
    }

    /// Asks the browser of whoever has shown the right password to show a passkey.
    pub async fn ask_for_passkey_at_door(
        &self,
        attempt: &SignIn,
        site: &PasskeySite,
        now: Timestamp,
    ) -> Result<Value, DeskError> {
        let counted = self.admit(attempt, now).await?;
        let agent = counted.credentials.agent.clone();
        self.store.take_back_attempt(counted).await?;
        self.ask_for_passkey(&agent, site).await
    }

    /// What checks somebody's passkeys.
    pub(super) async fn checked_by(&self, agent: &Agent) -> Result<Vec<Passkey>, DeskError> {
        let kept = self.store.reader().passkeys(&agent.id).await?;
        Ok(kept.into_iter().map(|kept| kept.passkey).collect())
    }
}
