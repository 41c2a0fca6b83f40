//! The worker: takes what is due from the outbox and delivers it, each place at its own pace.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hyper::Method;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::task::JoinSet;
use tracing::Instrument as _;
use tracing::field::Empty;

use super::channel::channel_payload;
use super::helpdesk::HelpDesk;
use super::letters::post;
use super::payload::payload;
use super::retry::{Tried, outcome};
use super::settings::WebhookSettings;
use super::{chatwoot, messengers, zendesk};
use crate::bus::Subject;
use crate::client::{Client, Outgoing};
use crate::desk::LetterWriter;
use crate::ids::EndpointId;
use crate::store::{Attempt, Due, Endpoint, EndpointKind, Store, StoreError, Told};
use crate::time::Timestamp;

/// Deliveries to one place at once.
const AT_ONCE: i64 = 8;

/// Least time between two looks at the outbox, so that a busy desk is not asked after every message.
const LEAST_PAUSE: Duration = Duration::from_millis(50);
/// Longest time between two looks.
const MOST_PAUSE: Duration = Duration::from_secs(60);

/// Old deliveries are forgotten about once an hour.
const TIDY_EVERY: Duration = Duration::from_secs(60 * 60);

/// When the outbox is looked at next.
enum Next {
    /// Once something was written, or after this time.
    Within(Duration),
    /// Once there is an outlet.
    NobodyListens,
}

/// Delivers what is in the outbox.
pub struct Relay {
    store: Store,
    client: Client,
    settings: WebhookSettings,
    address: String,
    letters: Option<LetterWriter>,
}

impl Relay {
    /// Joins a store with the operator's patience; `address` is where the console is, for links.
    pub fn new(store: Store, settings: WebhookSettings, address: &str) -> Self {
        Self {
            client: Client::new(settings.destinations()),
            store,
            settings,
            address: address.trim_end_matches('/').to_owned(),
            letters: None,
        }
    }

    /// Lets visitors who write by mail be answered.
    #[must_use]
    pub fn with_letters(mut self, writer: LetterWriter) -> Self {
        self.letters = Some(writer);
        self
    }

    /// Delivers until it is dropped. What is under way then is delivered again after the next start.
    pub async fn run(self: Arc<Self>, clock: impl Fn() -> Timestamp + Send + Sync + 'static) {
        let clock = Arc::new(clock);
        let mut under_way: JoinSet<EndpointId> = JoinSet::new();
        let mut busy: HashSet<EndpointId> = HashSet::new();
        let mut tidied: Option<Instant> = None;
        let mut outlets = self.store.bus().heard(Subject::Outlets);
        loop {
            // Asked for before looking: what is written after the look ends the pause.
            let written = self.store.written();
            outlets.mark_unchanged();
            if tidied.is_none_or(|moment| moment.elapsed() > TIDY_EVERY) {
                tidied = Some(Instant::now());
                self.noted(self.store.forget_old_deliveries(clock()).await);
            }
            let looked = self
                .start_due(clock(), &clock, &mut busy, &mut under_way)
                .await;
            let next = looked.unwrap_or_else(|error| {
                self.noted(Err(error));
                Next::Within(MOST_PAUSE)
            });
            tokio::time::sleep(LEAST_PAUSE).await;
            let (wakes, pause) = match next {
                Next::Within(pause) => (true, pause),
                // With nobody to tell, what is written is of no concern.
                Next::NobodyListens => (false, MOST_PAUSE),
            };
            tokio::select! {
                () = written, if wakes => {}
                // An error means that the bus is gone, and the store with it.
                _ = outlets.changed() => {}
                () = tokio::time::sleep(pause) => {}
                Some(done) = under_way.join_next() => {
                    if let Ok(endpoint) = done {
                        busy.remove(&endpoint);
                    }
                }
            }
        }
    }

    /// Starts a task for every place that has something to be told and none yet; tells when to look next.
    async fn start_due<C>(
        self: &Arc<Self>,
        now: Timestamp,
        clock: &Arc<C>,
        busy: &mut HashSet<EndpointId>,
        under_way: &mut JoinSet<EndpointId>,
    ) -> Result<Next, StoreError>
    where
        C: Fn() -> Timestamp + Send + Sync + 'static,
    {
        while let Some(done) = under_way.try_join_next() {
            if let Ok(endpoint) = done {
                busy.remove(&endpoint);
            }
        }
        if !self.store.has_outlets().await? {
            return Ok(Next::NobodyListens);
        }
        let reader = self.store.reader();
        let endpoints = reader.endpoints(now).await?;
        for endpoint in endpoints.into_iter().filter(is_told) {
            if !busy.insert(endpoint.id) {
                continue;
            }
            let (relay, clock, id) = (Arc::clone(self), Arc::clone(clock), endpoint.id);
            under_way.spawn(async move {
                let delivered = relay.deliver_to(endpoint, clock.as_ref()).await;
                relay.noted(delivered.map(drop));
                id
            });
        }
        let next = reader.next_delivery(now).await?;
        Ok(Next::Within(next.map_or(MOST_PAUSE, |due| {
            let ms = u64::try_from(due.millis_since(now)).unwrap_or(0);
            Duration::from_millis(ms).min(MOST_PAUSE)
        })))
    }

    /// Delivers what is due at one moment to every place, and counts the attempts.
    pub async fn deliver_due(&self, now: Timestamp) -> Result<usize, StoreError> {
        let endpoints = self.store.reader().endpoints(now).await?;
        let clock = || now;
        let deliveries = endpoints
            .into_iter()
            .filter(is_told)
            .map(|endpoint| self.deliver_to(endpoint, &clock));
        let mut attempts = 0;
        for delivered in join_all(deliveries).await {
            attempts += delivered?;
        }
        Ok(attempts)
    }

    /// Delivers to one place until nothing is due there.
    async fn deliver_to(
        &self,
        endpoint: Endpoint,
        clock: &(impl Fn() -> Timestamp + Send + Sync),
    ) -> Result<usize, StoreError> {
        let store = &self.store;
        // A worker that was killed has not let go of what it held; twice the time-out is long enough for one that works.
        let claim_ms = i64::try_from(self.settings.timeout().as_millis() * 2).unwrap_or(i64::MAX);
        let mut attempts = 0;
        loop {
            // Read anew each time: it may have been switched off, also by what was just tried.
            let Ok(endpoint) = store.reader().endpoint(&endpoint.id, clock()).await else {
                return Ok(attempts);
            };
            if !endpoint.active {
                return Ok(attempts);
            }
            // A visitor's request that is being replied to takes what it can before us.
            let moment = clock().earlier_by(endpoint.kind.replies_within_ms());
            let due = store
                .claim_deliveries(endpoint.id, endpoint.kind, AT_ONCE, claim_ms, moment)
                .await?;
            if due.is_empty() {
                return Ok(attempts);
            }
            attempts += due.len();
            let tries = due
                .into_iter()
                .map(|due| self.attempt(&endpoint, due, clock));
            for kept in join_all(tries).await {
                kept?;
            }
        }
    }

    async fn attempt(
        &self,
        endpoint: &Endpoint,
        due: Due,
        clock: &(impl Fn() -> Timestamp + Send + Sync),
    ) -> Result<(), StoreError> {
        let started = Instant::now();
        let span = tracing::debug_span!(
            "relay",
            kind = endpoint.kind.code(),
            status = Empty,
            otel.kind = "client",
        );
        let tried = match self.store.reader().told(&due.telling).await? {
            Some(told) => {
                let telling = self.tell(endpoint, &due, &told, clock());
                telling.instrument(span.clone()).await?
            }
            None => Tried::nothing(),
        };
        span.record("status", tried.response_status);
        let now = clock();
        let next = outcome(
            &tried,
            due.attempts,
            endpoint.failing_since,
            &self.settings,
            luck(),
            now,
        );
        let attempt = Attempt {
            delivery: due.id,
            endpoint: endpoint.id,
            outcome: next,
            response_status: tried.response_status,
            duration_ms: i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
            error: tried.error,
            now,
        };
        tracing::debug!(endpoint = %endpoint.id, delivery = %due.id, outcome = ?attempt.outcome, "told");
        self.store.keep_attempt(attempt).await
    }

    async fn tell(
        &self,
        endpoint: &Endpoint,
        due: &Due,
        told: &Told,
        now: Timestamp,
    ) -> Result<Tried, StoreError> {
        let desk = HelpDesk {
            endpoint,
            client: &self.client,
            store: &self.store,
            address: &self.address,
            within: self.settings.timeout(),
            now,
        };
        match endpoint.kind {
            EndpointKind::Webhook => {
                let body = payload(&due.telling, told);
                Ok(self.send(endpoint, due, &body, now).await)
            }
            EndpointKind::Channel => {
                let body = channel_payload(&due.telling, told, &self.address);
                Ok(self.send(endpoint, due, &body, now).await)
            }
            EndpointKind::Mail => post(self.letters.as_ref(), &due.telling, told, now).await,
            EndpointKind::Chatwoot => chatwoot::tell(&desk, due, told).await,
            EndpointKind::Zendesk => zendesk::tell(&desk, due, told).await,
            // Every other kind is a messenger.
            _ => messengers::tell(&desk, due, told).await,
        }
    }

    /// Sends a signed request.
    async fn send(&self, endpoint: &Endpoint, due: &Due, body: &Value, now: Timestamp) -> Tried {
        let body = body.to_string().into_bytes();
        let id = due.telling.id.to_string();
        let timestamp_s = now.as_millis().div_euclid(1_000);
        let signatures: Vec<String> = endpoint
            .secrets
            .iter()
            .map(|secret| secret.sign(&id, timestamp_s, &body))
            .collect();
        let header = |name, value: &str| {
            let value = HeaderValue::from_str(value).expect("digits, letters and base64");
            (HeaderName::from_static(name), value)
        };
        let request = Outgoing {
            method: Method::POST,
            address: endpoint.url.clone(),
            headers: vec![
                (CONTENT_TYPE, HeaderValue::from_static("application/json")),
                header("webhook-id", &id),
                header("webhook-timestamp", &timestamp_s.to_string()),
                header("webhook-signature", &signatures.join(" ")),
            ],
            body,
        };
        Tried::of_webhook(self.client.send(request, self.settings.timeout()).await)
    }

    fn noted(&self, result: Result<(), StoreError>) {
        if let Err(error) = result {
            tracing::error!(%error, "webhooks could not be delivered; they are tried again in a minute");
        }
    }
}

/// Tells whether a place is sent anything; elsewhere visitors fetch it.
fn is_told(endpoint: &Endpoint) -> bool {
    endpoint.active && !endpoint.kind.is_fetched()
}

/// A number from 0 to 1.
fn luck() -> f64 {
    let mut byte = [0_u8; 1];
    getrandom::fill(&mut byte).expect("every supported system gives random bytes");
    f64::from(byte[0]) / 255.0
}
