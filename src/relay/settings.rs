//! How patiently webhooks are delivered, and where they may lead.

use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::client::Destinations;

/// How patiently webhooks are delivered, and where they may lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// Whether webhooks may lead to addresses that are not public, without encryption too.
    pub private_addresses: bool,
    /// Longest time one delivery may take.
    pub timeout_ms: NonZeroU64,
    /// How often a delivery is tried.
    pub max_attempts: NonZeroU32,
    /// Time before the second attempt; each further one waits about four times as long.
    pub first_retry_ms: NonZeroU64,
    /// Longest time between two attempts.
    pub longest_retry_ms: NonZeroU64,
    /// Hours after which a place that takes nothing is switched off.
    pub disable_after_hours: NonZeroU32,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        const fn long(number: u64) -> NonZeroU64 {
            NonZeroU64::new(number).expect("the defaults are not zero")
        }
        const fn count(number: u32) -> NonZeroU32 {
            NonZeroU32::new(number).expect("the defaults are not zero")
        }
        Self {
            private_addresses: false,
            timeout_ms: long(15_000),
            max_attempts: count(12),
            first_retry_ms: long(5_000),
            longest_retry_ms: long(12 * 60 * 60 * 1_000),
            disable_after_hours: count(120),
        }
    }
}

impl WebhookSettings {
    /// Where webhooks may lead.
    pub fn destinations(&self) -> Destinations {
        match self.private_addresses {
            true => Destinations::Any,
            false => Destinations::Public,
        }
    }

    pub(super) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms.get())
    }
}
