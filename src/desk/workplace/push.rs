//! What people at the desk are told by their browsers while the console is not open.

use super::Workplace;
use super::pusher::{InvalidPushSettings, PushSettings, Pusher, WORTH_MS};
use crate::client::{Client, check_address};
use crate::desk::DeskError;
use crate::push::{PushReader, SenderKey};
use crate::staff::Agent;
use crate::store::{PushOutcome, PushSubscription};
use crate::time::Timestamp;

/// Pause after the first attempt; each later one is twice as long.
const FIRST_PAUSE_MS: i64 = 15_000;

impl Workplace {
    /// Prepares messages to browsers, where the settings want them.
    pub(in crate::desk) async fn switch_push(
        &mut self,
        settings: &PushSettings,
    ) -> Result<(), InvalidPushSettings> {
        self.store.switch_push(!settings.contact.is_empty()).await?;
        if settings.contact.is_empty() {
            return Ok(());
        }
        let contact = settings.contact.trim();
        let is_contact = contact
            .strip_prefix("mailto:")
            .or(contact.strip_prefix("https://"));
        if is_contact.is_none_or(|rest| rest.is_empty() || rest.contains(char::is_whitespace)) {
            return Err(InvalidPushSettings::Contact(contact.to_owned()));
        }
        let candidate = SenderKey::generate()?.reveal();
        let kept = self.store.push_sender(candidate).await?;
        self.pusher = Some(Pusher {
            key: SenderKey::parse(&kept)?,
            contact: contact.to_owned(),
            client: Client::new(self.destinations),
        });
        Ok(())
    }

    /// Returns the public key with which a browser subscribes; `None` where no such messages are sent.
    pub fn push_key(&self) -> Option<String> {
        Some(self.pusher.as_ref()?.key.public())
    }

    /// Keeps a browser of somebody, and returns its name.
    pub async fn subscribe_to_push(
        &self,
        agent: &Agent,
        subscription: PushSubscription,
        now: Timestamp,
    ) -> Result<String, DeskError> {
        if self.pusher.is_none() {
            return Err(DeskError::PushOff);
        }
        check_address(&subscription.endpoint, self.destinations).map_err(DeskError::PushAddress)?;
        PushReader::parse(&subscription.p256dh, &subscription.auth)
            .map_err(|_| DeskError::PushKeys)?;
        let kept = self
            .store
            .keep_push_subscription(agent.id, subscription, now);
        Ok(kept.await?)
    }

    /// Forgets a browser of somebody.
    pub async fn unsubscribe_from_push(&self, agent: &Agent, id: &str) -> Result<(), DeskError> {
        let forgotten = self.store.forget_push_subscription(agent.id, id.to_owned());
        match forgotten.await? {
            true => Ok(()),
            false => Err(DeskError::UnknownPush),
        }
    }

    /// Sends what is due to browsers, and counts what was taken.
    pub async fn send_pushes(&self, now: Timestamp) -> Result<usize, DeskError> {
        let Some(pusher) = &self.pusher else {
            return Ok(0);
        };
        let mut sent = 0;
        for push in self.store.reader().due_pushes(now).await? {
            let next = now.later_by(FIRST_PAUSE_MS << push.attempts.clamp(0, 10));
            if !self.store.begin_push(&push, next).await? {
                continue;
            }
            let is_late = now.millis_since(push.created) >= WORTH_MS;
            let outcome = match is_late {
                true => PushOutcome::Over,
                false => pusher.send(&push, next, now).await,
            };
            sent += usize::from(outcome == PushOutcome::Over && !is_late);
            self.store.end_push(&push, outcome).await?;
        }
        Ok(sent)
    }
}
