//! What people at the desk are told by their browsers while the console is not open.

use std::time::Duration;

use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, Uri};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Workplace;
use crate::client::{Client, Outgoing, check_address};
use crate::desk::DeskError;
use crate::locale::{filled, words};
use crate::push::{InvalidSenderKey, PushReader, SenderKey};
use crate::staff::Agent;
use crate::store::{DuePush, MailKind, PushOutcome, PushSubscription, StoreError};
use crate::time::Timestamp;

/// Whether browsers of staff are told something.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PushSettings {
    /// Where push services find whoever runs this; empty for no such messages.
    pub contact: String,
}

/// Why messages to browsers cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPushSettings {
    /// A contact that no push service could use.
    #[error(
        "push.contact {0:?} is no contact; write it as mailto:ops@example.com or https://example.com/contact"
    )]
    Contact(String),
    /// The key could not be made or read.
    #[error(transparent)]
    Key(#[from] InvalidSenderKey),
    /// The key could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sends messages to browsers by their push services.
pub struct Pusher {
    key: SenderKey,
    contact: String,
    client: Client,
}

/// Longest time one attempt may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a message is worth something, at the push service and here.
const WORTH_MS: i64 = 60 * 60_000;
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
        check_address(&subscription.endpoint, self.destinations).map_err(DeskError::Address)?;
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

impl Pusher {
    async fn send(&self, push: &DuePush, next: Timestamp, now: Timestamp) -> PushOutcome {
        let Some(request) = self.request(push, now) else {
            return PushOutcome::Gone;
        };
        match self.client.send(request, PATIENCE).await {
            Ok(reply) if reply.is_success() => PushOutcome::Over,
            Ok(reply) => match reply.status {
                404 | 410 => PushOutcome::Gone,
                408 | 429 | 500.. => {
                    let wished = reply.retry_after.unwrap_or_default().as_millis();
                    let wished = i64::try_from(wished).unwrap_or(WORTH_MS).min(WORTH_MS);
                    PushOutcome::Later(next.max(now.later_by(wished)))
                }
                status => {
                    tracing::warn!(status, "a push service does not take a message");
                    PushOutcome::Over
                }
            },
            Err(error) => {
                tracing::warn!(%error, "a push service cannot be reached; it is tried again");
                PushOutcome::Later(next)
            }
        }
    }

    /// Writes the request; nothing where the browser's keys are none.
    fn request(&self, push: &DuePush, now: Timestamp) -> Option<Outgoing> {
        let PushSubscription {
            endpoint,
            p256dh,
            auth,
        } = &push.to;
        let reader = PushReader::parse(p256dh, auth).ok()?;
        let body = reader.seal(message(push).to_string().as_bytes()).ok()?;
        let uri: Uri = endpoint.parse().ok()?;
        let origin = format!("{}://{}", uri.scheme_str()?, uri.authority()?);
        let proof = self.key.proof(&origin, &self.contact, now)?;
        // A message that was not fetched yet makes room for the next of the same matter.
        let topic = format!("{}-{}", push.ticket.number, push.kind.code());
        let seconds = WORTH_MS / 1_000;
        let headers = [
            (header::AUTHORIZATION, proof),
            (header::CONTENT_ENCODING, "aes128gcm".to_owned()),
            (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
            (HeaderName::from_static("ttl"), seconds.to_string()),
            (HeaderName::from_static("urgency"), "high".to_owned()),
            (HeaderName::from_static("topic"), topic),
        ];
        let headers = headers.into_iter().map(|(name, value)| {
            let value = HeaderValue::from_str(&value).ok()?;
            Some((name, value))
        });
        Some(Outgoing {
            method: Method::POST,
            address: endpoint.clone(),
            headers: headers.collect::<Option<_>>()?,
            body,
        })
    }
}

/// What is shown: the number of the ticket, and none of the visitor's words, for it may stand on a locked screen.
fn message(push: &DuePush) -> serde_json::Value {
    let say = &words(push.locale).mail;
    let (title, text) = match push.kind {
        MailKind::Near => (&say.near_subject, &say.near),
        MailKind::Breached => (&say.breached_subject, &say.breached),
        MailKind::Mentioned => (&say.mentioned_subject, &say.mentioned),
        MailKind::Assigned => (&say.assigned_subject, &say.assigned),
        _ => (&say.unseen_subject, &say.unseen),
    };
    let number = push.ticket.number.to_string();
    json!({
        "title": title,
        "body": filled(text, &[("number", &number)]),
        "tag": format!("{number}-{}", push.kind.code()),
        "url": format!("/console#{}", push.ticket.conversation),
        "lang": push.locale.tag(),
    })
}
