//! What sends messages to browsers of staff, as the settings name it.

use std::time::Duration;

use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, Uri};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::client::{Client, Outgoing};
use crate::locale::{filled, words};
use crate::push::{InvalidSenderKey, PushReader, SenderKey};
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
    pub(super) key: SenderKey,
    pub(super) contact: String,
    pub(super) client: Client,
}

/// Longest time one attempt may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a message is worth something, at the push service and here.
pub(super) const WORTH_MS: i64 = 60 * 60_000;

impl Pusher {
    /// Sends one message.
    pub(super) async fn send(
        &self,
        push: &DuePush,
        next: Timestamp,
        now: Timestamp,
    ) -> PushOutcome {
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
