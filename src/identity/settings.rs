//! What the operator says about tokens of hosts.

use std::fmt;

use serde::{Deserialize, Serialize};

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
    pub keys: Vec<KeyLine>,
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

/// One key as it is written in the settings; never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyLine(String);

impl KeyLine {
    /// Takes a line of the settings.
    pub fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }

    /// Gives name, algorithm and key, where the line has these three parts.
    pub(super) fn parts(&self) -> Option<(&str, &str, &str)> {
        let mut parts = self.0.splitn(3, ':').map(str::trim);
        Some((parts.next()?, parts.next()?, parts.next()?))
    }
}

impl fmt::Debug for KeyLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeyLine(***)")
    }
}
