//! What the operator says about tokens of hosts.

use serde::{Deserialize, Serialize};

use crate::signing::Secret;

/// Whether visitors are told apart by tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityMode {
    /// Tokens are not looked at; every visitor is anonymous.
    #[default]
    Off,
    /// Visitors with a token are who it says; others are anonymous.
    Optional,
    /// Only visitors with a token have conversations.
    Enforced,
}

/// Which tokens are believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySettings {
    /// Whether visitors are told apart by tokens.
    pub mode: IdentityMode,
    /// The keys of the host, each `NAME:HS256:SECRET` or `NAME:EdDSA:PUBLIC KEY IN BASE64`.
    pub keys: Vec<Secret>,
    /// What `aud` of a token must name.
    pub audience: String,
    /// How far the clocks of host and server may be apart, in seconds.
    pub leeway_seconds: u32,
}

impl Default for IdentitySettings {
    fn default() -> Self {
        Self {
            mode: IdentityMode::Off,
            keys: Vec::new(),
            audience: String::new(),
            leeway_seconds: 60,
        }
    }
}
