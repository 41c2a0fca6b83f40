//! The proxies whose word about their clients is believed.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A proxy, or a network of them, whose word about its clients is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrustedProxy {
    network: IpAddr,
    prefix: u8,
}

/// A text that names no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an address nor a network; write it as 10.0.0.7 or 10.0.0.0/8")]
pub struct InvalidProxy(String);

impl TrustedProxy {
    /// Proxies on the machine itself.
    pub(in crate::http) fn of_this_machine() -> Vec<Self> {
        ["127.0.0.0/8", "::1"]
            .map(|text| text.parse().expect("both are networks"))
            .to_vec()
    }

    /// Tells whether an address is this proxy or in this network.
    pub(super) fn holds(&self, address: IpAddr) -> bool {
        let (width, network, address) = match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => (
                32,
                u128::from(network.to_bits()),
                u128::from(address.to_bits()),
            ),
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (128, network.to_bits(), address.to_bits())
            }
            _ => return false,
        };
        let free = width - u32::from(self.prefix);
        // A shift by the whole width has no meaning; a prefix of nothing holds everybody.
        self.prefix == 0 || network >> free == address >> free
    }
}

impl FromStr for TrustedProxy {
    type Err = InvalidProxy;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidProxy(text.to_owned());
        let (address, prefix) = text.split_once('/').unwrap_or((text, ""));
        let network: IpAddr = address.trim().parse().map_err(|_| invalid())?;
        let widest = if network.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            "" if !text.contains('/') => widest,
            prefix => prefix.parse().map_err(|_| invalid())?,
        };
        match prefix <= widest {
            true => Ok(Self { network, prefix }),
            false => Err(invalid()),
        }
    }
}

impl TryFrom<String> for TrustedProxy {
    type Error = InvalidProxy;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TrustedProxy> for String {
    fn from(proxy: TrustedProxy) -> Self {
        proxy.to_string()
    }
}

impl fmt::Display for TrustedProxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.network, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_and_nonsense_is_refused() {
        for text in ["10.0.0.0/8", "::/0", "192.0.2.1/32", "2001:db8::1/128"] {
            let proxy: TrustedProxy = text.parse().expect("a network");
            assert_eq!(proxy.to_string(), text);
        }
        for text in [
            "",
            "10.0.0.0/",
            "10.0.0.0/33",
            "::/129",
            "proxy",
            "10.0.0.0/-1",
        ] {
            assert!(text.parse::<TrustedProxy>().is_err(), "{text}");
        }
        let everybody: TrustedProxy = "0.0.0.0/0".parse().expect("a network");
        assert!(everybody.holds("203.0.113.9".parse().expect("an address")));
        assert!(!everybody.holds("::1".parse().expect("an address")));
    }
}
