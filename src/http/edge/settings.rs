//! Settings of the HTTP surface.

use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::time::Duration;

use axum::http::{HeaderMap, header};
use serde::{Deserialize, Deserializer, Serialize};

use super::client::allowance::ClientLimits;
use super::client::forwarded::ForwardedBy;
use super::client::trusted_proxy::TrustedProxy;
use crate::safety::OfficialChannels;
use crate::signing::Secret;

/// How much the server takes on, and how long it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// Requests worked on at once.
    pub max_in_flight: NonZeroU32,
    /// Conversations followed live at once.
    pub max_streams: NonZeroU32,
    /// Longest time one request may take.
    pub request_timeout_ms: NonZeroU64,
    /// Largest request body.
    pub body_limit_bytes: NonZeroUsize,
    /// Time between keep-alive comments on a live stream.
    pub keep_alive_ms: NonZeroU64,
    /// How long an agent counts as present after their last connection ended.
    pub presence_grace_ms: u64,
    /// Longest time requests in progress may take after a signal to stop.
    pub shutdown_deadline_ms: u64,
    /// Proxies whose word about addresses and encryption of their clients is believed.
    pub trusted_proxies: Vec<TrustedProxy>,
    /// In which headers they say it.
    pub forwarded_by: ForwardedBy,
    /// What one client may do.
    pub limits: ClientLimits,
    /// Address and port at which operators ask; empty for none.
    pub operations: String,
    /// Origins of the pages that may embed the widget; `*` for all.
    pub origins: Vec<String>,
    /// The channels through which the operator really speaks.
    pub channels: OfficialChannels,
    /// Who runs this server, as visitors are told.
    pub site: SiteSettings,
    /// What signs webhooks that come in.
    pub hooks: HookSettings,
    /// What assistants may do for those they speak for.
    pub assistants: AssistantSettings,
}

impl Default for HttpSettings {
    fn default() -> Self {
        const fn count(number: u32) -> NonZeroU32 {
            NonZeroU32::new(number).expect("the defaults are not zero")
        }
        const fn bytes(number: usize) -> NonZeroUsize {
            NonZeroUsize::new(number).expect("the defaults are not zero")
        }
        const fn milliseconds(number: u64) -> NonZeroU64 {
            NonZeroU64::new(number).expect("the defaults are not zero")
        }
        Self {
            // What two cores answer within a fifth of a second, each question a new one.
            max_in_flight: count(96),
            max_streams: count(10_000),
            request_timeout_ms: milliseconds(10_000),
            body_limit_bytes: bytes(64 * 1024),
            keep_alive_ms: milliseconds(15_000),
            presence_grace_ms: 5_000,
            shutdown_deadline_ms: 20_000,
            trusted_proxies: TrustedProxy::of_this_machine(),
            forwarded_by: ForwardedBy::default(),
            limits: ClientLimits::default(),
            operations: String::new(),
            origins: vec!["*".to_owned()],
            channels: OfficialChannels::default(),
            site: SiteSettings::default(),
            hooks: HookSettings::default(),
            assistants: AssistantSettings::default(),
        }
    }
}

impl HttpSettings {
    /// Returns the longest time one request may take.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms.get())
    }

    /// Returns the time between keep-alive comments.
    pub fn keep_alive(&self) -> Duration {
        Duration::from_millis(self.keep_alive_ms.get())
    }

    /// Returns the time for which an agent counts as present after their last connection ended.
    pub fn presence_grace(&self) -> Duration {
        Duration::from_millis(self.presence_grace_ms)
    }

    /// Returns the longest time a shutdown waits for requests in progress.
    pub fn shutdown_deadline(&self) -> Duration {
        Duration::from_millis(self.shutdown_deadline_ms)
    }
}

/// Names and addresses of the operator.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteSettings {
    /// Name of the company.
    pub name: String,
    /// Public address of this server without a slash at the end; empty where nobody needs it. With a path, such as
    /// `https://www.example.com/support`, all of the server lies beneath that.
    #[serde(deserialize_with = "without_end_slash")]
    pub address: String,
    /// Other addresses at which visitors reach it, such as a name in another country.
    #[serde(default)]
    pub also: Vec<String>,
    /// Colour of the bubble and of what stands in its place, such as `#0f6f67`; empty for mondo's own.
    #[serde(default)]
    pub color: String,
    /// Whether pages say that the company is fictional.
    pub fictional: bool,
    /// Articles offered before anything was asked.
    pub starters: Vec<String>,
    /// Sites whose pictures articles may show, such as `https://cdn.example.com`; those of others become links.
    #[serde(default)]
    pub pictures: Vec<String>,
}

/// Reads an address that others are joined to.
fn without_end_slash<'de, D: Deserializer<'de>>(written: D) -> Result<String, D::Error> {
    let address = String::deserialize(written)?;
    Ok(address.trim_end_matches('/').to_owned())
}

impl SiteSettings {
    /// Returns the path, such as `/support`, beneath which every path of this server is reached by whoever sends these
    /// headers; nothing where the server has the name they ask for to itself.
    pub fn base_path(&self, asked: &HeaderMap) -> Option<&str> {
        let address = self.other_address(asked).unwrap_or(&self.address);
        let path = path_of(address);
        (!path.is_empty() && has_plain_path(address)).then_some(path)
    }

    /// Returns which of the other addresses is asked for.
    pub fn other_address(&self, asked: &HeaderMap) -> Option<&str> {
        let host = asked.get(header::HOST)?.to_str().ok()?;
        let mut others = self.also.iter();
        let of_host = others.find(|other| host_of(other).eq_ignore_ascii_case(host));
        of_host.map(String::as_str)
    }
}

/// Tells whether an address has no path, or one that paths can follow.
pub fn has_plain_path(address: &str) -> bool {
    let path = path_of(address);
    let begins_well = path.is_empty() || path.starts_with('/');
    begins_well
        && path.split('/').skip(1).all(|part| {
            let is_plain = |byte| u8::is_ascii_alphanumeric(&byte) || b"-._~".contains(&byte);
            !["", ".", ".."].contains(&part) && part.bytes().all(is_plain)
        })
}

fn host_of(address: &str) -> &str {
    let (_, rest) = address.split_once("://").unwrap_or_default();
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

fn path_of(address: &str) -> &str {
    let (_, rest) = address.split_once("://").unwrap_or_default();
    rest[host_of(address).len()..].trim_end_matches('/')
}

/// What signs webhooks that come in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookSettings {
    /// Shared with the monitor that switches surge mode; empty to take no such webhook.
    pub surge_secret: Secret,
}

/// What assistants may do for those they speak for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssistantSettings {
    /// Whether they may open tickets.
    pub tickets: bool,
}
