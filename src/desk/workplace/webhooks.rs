//! Places that are told what happens, programs that may tell us something, and what those wish.

use super::Workplace;
use crate::client::{Destinations, RequestError, check_address};
use crate::conversation::{Speaker, Topic};
use crate::desk::DeskError;
use crate::ids::{AgentId, EndpointId};
use crate::signing::SigningSecret;
use crate::staff::{Agent, Permission};
use crate::store::{
    Delivery, DeliveryFilter, Endpoint, EndpointChange, EndpointKind, ExternalTicket,
    NewOutsideWish, OutsideWish, ServiceAccount, Source, SourceFormat, StoreError,
};
use crate::time::Timestamp;

/// A place to be set up.
#[derive(Debug, Clone)]
pub struct NewEndpoint {
    /// What it is for, for people.
    pub description: String,
    /// Where it is; nothing for the usual place of a messenger.
    pub url: Option<String>,
    /// What it wants to hear; nothing for what is usual.
    pub topics: Vec<Topic>,
    /// The account of a help desk or messenger, when it is one.
    pub account: Option<ServiceAccount>,
    /// Whether it hands in what visitors write elsewhere, and is told what they are to read.
    pub is_channel: bool,
}

/// A program to be let in.
#[derive(Debug, Clone)]
pub struct NewSource {
    /// Its name, as it stands in the path.
    pub name: String,
    /// How it speaks and signs.
    pub format: SourceFormat,
    /// The help desk whose tickets it speaks of.
    pub endpoint: Option<EndpointId>,
    /// In whose name it acts.
    pub agent: AgentId,
    /// What it signs with, where the other side has made that up.
    pub secret: Option<String>,
}

const MAX_DESCRIPTION_CHARS: usize = 200;
const MAX_NAME_CHARS: usize = 40;
const MAX_SECRET_CHARS: usize = 200;
/// Longest name of a person of another help desk.
const MAX_PERSON_CHARS: usize = 60;

impl Workplace {
    /// Lists the places that are told what happens.
    pub async fn endpoints(&self, now: Timestamp) -> Result<Vec<Endpoint>, DeskError> {
        Ok(self.store.reader().endpoints(now).await?)
    }

    /// Reads one of them.
    pub async fn endpoint(&self, id: &EndpointId, now: Timestamp) -> Result<Endpoint, DeskError> {
        Ok(self.store.reader().endpoint(id, now).await?)
    }

    /// Lists the programs that may tell us something.
    pub async fn sources(&self, now: Timestamp) -> Result<Vec<Source>, DeskError> {
        Ok(self.store.reader().sources(now).await?)
    }

    /// Where webhooks may lead.
    pub fn destinations(&self) -> Destinations {
        self.destinations
    }

    /// Sets up a place that is told what happens.
    pub async fn add_endpoint(
        &self,
        new: NewEndpoint,
        by: &Agent,
        now: Timestamp,
    ) -> Result<Endpoint, DeskError> {
        let NewEndpoint {
            description,
            url,
            topics,
            account,
            is_channel,
        } = new;
        let kind = match &account {
            Some(account) => account.kind(),
            None if is_channel => EndpointKind::Channel,
            None => EndpointKind::Webhook,
        };
        let url = url.or_else(|| kind.usual_url().map(str::to_owned));
        let url = url.unwrap_or_default();
        check_address(&url, self.destinations).map_err(DeskError::Address)?;
        let usual: &[Topic] = match kind {
            EndpointKind::Webhook => &Topic::ALL,
            kind if kind.channel().is_some() => &[Topic::MessageCreated],
            _ => &[
                Topic::ConversationEscalated,
                Topic::MessageCreated,
                Topic::TicketUpdated,
                Topic::TicketSolved,
            ],
        };
        let endpoint = Endpoint {
            id: EndpointId::generate(now),
            kind,
            description: shortened(&description),
            url: url.trim().to_owned(),
            topics: if topics.is_empty() {
                usual.to_vec()
            } else {
                topics
            },
            secrets: vec![SigningSecret::generate()],
            account,
            active: true,
            disabled_why: None,
            failing_since: None,
            created: now,
        };
        self.store.add_endpoint(endpoint.clone(), by.id).await?;
        Ok(endpoint)
    }

    /// Changes such a place.
    pub async fn change_endpoint(
        &self,
        id: EndpointId,
        mut change: EndpointChange,
        by: &Agent,
        now: Timestamp,
    ) -> Result<Endpoint, DeskError> {
        let kept = self.store.reader().endpoint(&id, now).await?;
        change.url = change.url.filter(|url| url.trim() != kept.url);
        if let Some(url) = &change.url {
            // Where a mailbox is, the settings say.
            if kept.kind == EndpointKind::Mail {
                return Err(DeskError::Address(RequestError::Address));
            }
            check_address(url, self.destinations).map_err(DeskError::Address)?;
        }
        change.description = change.description.as_deref().map(shortened);
        self.store.change_endpoint(id, change, by.id, now).await?;
        Ok(self.store.reader().endpoint(&id, now).await?)
    }

    /// Gives such a place a new secret.
    pub async fn rotate_endpoint(
        &self,
        id: EndpointId,
        by: &Agent,
        now: Timestamp,
    ) -> Result<SigningSecret, DeskError> {
        let secret = SigningSecret::generate();
        self.store
            .rotate_endpoint(id, secret.clone(), by.id, now)
            .await?;
        Ok(secret)
    }

    /// Forgets such a place.
    pub async fn remove_endpoint(
        &self,
        id: EndpointId,
        by: &Agent,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        Ok(self.store.remove_endpoint(id, by.id, now).await?)
    }

    /// Reads the delivery log of such a place.
    pub async fn deliveries(
        &self,
        id: &EndpointId,
        filter: &DeliveryFilter,
        now: Timestamp,
    ) -> Result<Vec<Delivery>, DeskError> {
        self.store.reader().endpoint(id, now).await?;
        Ok(self.store.reader().deliveries(id, filter).await?)
    }

    /// Has deliveries made again, and counts them.
    pub async fn replay(
        &self,
        id: EndpointId,
        filter: DeliveryFilter,
        now: Timestamp,
    ) -> Result<u64, DeskError> {
        self.store.reader().endpoint(&id, now).await?;
        Ok(self.store.replay_deliveries(id, filter, now).await?)
    }

    /// Lets a program tell us something, and gives what it signs with.
    pub async fn add_source(
        &self,
        new: NewSource,
        by: &Agent,
        now: Timestamp,
    ) -> Result<(Source, String), DeskError> {
        let NewSource {
            name,
            format,
            endpoint,
            agent,
            secret,
        } = new;
        let plain = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
        };
        if name.is_empty() || name.len() > MAX_NAME_CHARS || !name.chars().all(plain) {
            return Err(DeskError::SourceName);
        }
        let speaker = self.store.reader().agent(&agent).await?;
        if !speaker.active || !speaker.role.may(Permission::WorkConversations) {
            return Err(DeskError::CannotWork(agent));
        }
        if let Some(endpoint) = &endpoint {
            self.store.reader().endpoint(endpoint, now).await?;
        }
        let secret = secret_of(format, secret)?;
        let source = Source {
            name,
            format,
            endpoint,
            agent,
            secrets: vec![secret.clone()],
            created: now,
        };
        match self.store.add_source(source.clone(), by.id).await {
            Ok(()) => Ok((source, secret)),
            Err(StoreError::Conflict(_)) => Err(DeskError::SourceTaken),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives a program a new secret.
    pub async fn rotate_source(
        &self,
        name: &str,
        secret: Option<String>,
        by: &Agent,
        now: Timestamp,
    ) -> Result<String, DeskError> {
        let source = self.store.reader().source(name, now).await?;
        let secret = secret_of(source.format, secret)?;
        self.store
            .rotate_source(source.name, secret.clone(), by.id, now)
            .await?;
        Ok(secret)
    }

    /// Lets a program tell us nothing any more.
    pub async fn remove_source(
        &self,
        name: String,
        by: &Agent,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        Ok(self.store.remove_source(name, by.id, now).await?)
    }

    /// Reads a program that may tell us something.
    pub async fn source(&self, name: &str, now: Timestamp) -> Result<Source, DeskError> {
        Ok(self.store.reader().source(name, now).await?)
    }

    /// Reads which ticket is meant by its name in a help desk.
    pub async fn external_ticket(
        &self,
        endpoint: &EndpointId,
        external: &str,
    ) -> Result<Option<ExternalTicket>, DeskError> {
        Ok(self
            .store
            .reader()
            .external_ticket(endpoint, external)
            .await?)
    }

    /// Does what a program wishes in the name of its account; `false` when that was done before.
    pub async fn take_from_outside(
        &self,
        source: &Source,
        receipt: String,
        person: Option<String>,
        wish: OutsideWish,
        now: Timestamp,
    ) -> Result<bool, DeskError> {
        let agent = self.store.reader().agent(&source.agent).await?;
        if !agent.active || !agent.role.may(Permission::WorkConversations) {
            return Err(DeskError::CannotWork(agent.id));
        }
        let person = person
            .map(|name| {
                name.trim()
                    .chars()
                    .take(MAX_PERSON_CHARS)
                    .collect::<String>()
            })
            .filter(|name| !name.is_empty());
        let wish = NewOutsideWish {
            source: source.name.clone(),
            receipt,
            by: Speaker {
                agent: agent.id,
                name: person.unwrap_or(agent.name),
            },
            wish,
            fallback: self.settings.fallback,
            now,
        };
        let (store, bus) = (self.store.clone(), self.bus.clone());
        // A task of its own, like every change that listeners wait for.
        let task = tokio::spawn(async move {
            let written = store.take_from_outside(wish).await?;
            if let (Some(conversation), Some(sequence)) = (written.value, written.last_sequence) {
                bus.changed(conversation, sequence);
            }
            Ok::<bool, StoreError>(written.value.is_some())
        });
        Ok(task.await.map_err(|_| StoreError::Stopped)??)
    }
}

fn shortened(text: &str) -> String {
    text.trim().chars().take(MAX_DESCRIPTION_CHARS).collect()
}

/// Our own programs get a secret from us; help desks make up theirs.
fn secret_of(format: SourceFormat, given: Option<String>) -> Result<String, DeskError> {
    let given = given.map(|secret| secret.trim().to_owned());
    match (format, given) {
        (SourceFormat::Mondo, None) => Ok(SigningSecret::generate().reveal()),
        (SourceFormat::Mondo, Some(secret)) => match SigningSecret::parse(&secret) {
            Ok(_) => Ok(secret),
            Err(_) => Err(DeskError::SourceSecret),
        },
        (_, Some(secret)) if !secret.is_empty() && secret.len() <= MAX_SECRET_CHARS => Ok(secret),
        _ => Err(DeskError::SourceSecret),
    }
}
