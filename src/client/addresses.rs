//! Which addresses a request may go to: a webhook must not become a way into the operator's own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hyper::Uri;

use super::RequestError;

/// Where requests may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destinations {
    /// Over HTTPS to addresses of the public internet.
    Public,
    /// Anywhere, without encryption too.
    Any,
}

/// Tells whether requests to an address can be tried; what its name means is looked at when it is used.
pub fn check_address(address: &str, destinations: Destinations) -> Result<(), RequestError> {
    Target::parse(address, destinations).map(drop)
}

/// An address in parts.
pub(super) struct Target {
    pub(super) uri: Uri,
    pub(super) secure: bool,
    pub(super) host: String,
    port: u16,
}

impl Target {
    pub(super) fn parse(address: &str, destinations: Destinations) -> Result<Self, RequestError> {
        let uri: Uri = address.trim().parse().map_err(|_| RequestError::Address)?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if destinations == Destinations::Any => false,
            Some("http") => return Err(RequestError::Insecure),
            _ => return Err(RequestError::Address),
        };
        let authority = uri.authority().ok_or(RequestError::Address)?;
        // Names and passwords in addresses end up in logs.
        if authority.as_str().contains('@') {
            return Err(RequestError::Address);
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let usual = if secure { 443 } else { 80 };
        // A port that is none, such as 99999, is not one that was left out.
        let after_host = authority.as_str().rsplit_once(']');
        let after_host = after_host.map_or(authority.as_str(), |(_, rest)| rest);
        let port = match (authority.port_u16(), after_host.contains(':')) {
            (Some(port), _) if port > 0 => port,
            (None, false) => usual,
            _ => return Err(RequestError::Address),
        };
        if let Ok(ip) = host.parse::<IpAddr>() {
            allow(ip, destinations)?;
        }
        Ok(Self {
            secure,
            host,
            port,
            uri,
        })
    }

    /// Looks the name up, and leaves out what may not be connected to.
    pub(super) async fn resolve(
        &self,
        destinations: Destinations,
    ) -> Result<Vec<SocketAddr>, RequestError> {
        let found = tokio::net::lookup_host((self.host.as_str(), self.port))
            .await
            .map_err(|_| RequestError::Unresolved)?;
        let found: Vec<SocketAddr> = found.collect();
        if found.is_empty() {
            return Err(RequestError::Unresolved);
        }
        let allowed: Vec<SocketAddr> = found
            .into_iter()
            .filter(|address| allow(address.ip(), destinations).is_ok())
            .collect();
        match allowed.is_empty() {
            true => Err(RequestError::NotPublic),
            false => Ok(allowed),
        }
    }
}

fn allow(ip: IpAddr, destinations: Destinations) -> Result<(), RequestError> {
    let public = match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    };
    match public || destinations == Destinations::Any {
        true => Ok(()),
        false => Err(RequestError::NotPublic),
    }
}

/// The registry of special-purpose addresses (RFC 6890 and its successors), as far as it is closed to the public.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [first, second, third, _] = ip.octets();
    let special = matches!(
        (first, second, third),
        (0 | 10 | 127 | 240..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (198, 18..=19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=239, _, _)
    );
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let segments = ip.segments();
    // NAT64 leads to the address it holds.
    if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let [.., high, low] = segments;
        let bits = (u32::from(high) << 16) | u32::from(low);
        return is_public_v4(Ipv4Addr::from(bits));
    }
    // Only 2000::/3 is given out, and of that not Teredo, documentation and 6to4.
    let given_out = segments[0] & 0xe000 == 0x2000;
    let special = matches!(
        (segments[0], segments[1]),
        (0x2001, 0..=0x1ff) | (0x2001, 0xdb8) | (0x2002, _) | (0x3fff, 0..=0xfff)
    );
    given_out && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_inside_are_refused_in_every_spelling() {
        for (address, expected) in [
            ("https://example.com/hook?x=1", None),
            ("https://8.8.8.8:8443/", None),
            ("https://[2606:4700::1111]/", None),
            ("http://example.com/", Some("insecure")),
            ("ftp://example.com/", Some("address")),
            ("example.com", Some("address")),
            ("https://user:secret@example.com/", Some("address")),
            ("https://example.com:99999/", Some("address")),
            ("https://example.com:0/", Some("address")),
            ("https://[2606:4700::1111]:99999/", Some("address")),
            ("https://[2606:4700::1111]:8443/", None),
            ("https://127.0.0.1/", Some("not_public")),
            ("https://10.1.2.3/", Some("not_public")),
            ("https://100.64.0.1/", Some("not_public")),
            ("https://169.254.169.254/latest/", Some("not_public")),
            ("https://172.31.0.1/", Some("not_public")),
            ("https://192.168.1.1/", Some("not_public")),
            ("https://0.0.0.0/", Some("not_public")),
            ("https://[::1]/", Some("not_public")),
            ("https://[::ffff:127.0.0.1]/", Some("not_public")),
            ("https://[64:ff9b::7f00:1]/", Some("not_public")),
            ("https://[fd00::1]/", Some("not_public")),
            ("https://[fe80::1]/", Some("not_public")),
            ("https://[2001:db8::1]/", Some("not_public")),
        ] {
            let refused = check_address(address, Destinations::Public).err();
            assert_eq!(
                refused.as_ref().map(RequestError::code),
                expected,
                "{address}"
            );
        }
        assert!(check_address("http://127.0.0.1:9/", Destinations::Any).is_ok());
    }

    #[tokio::test]
    async fn a_name_that_means_this_machine_is_refused_when_it_is_used() {
        for address in [
            "https://localhost/",
            "https://2130706433/",
            "https://127.1/",
        ] {
            // Whatever the resolver makes of such names, it must not lead to this machine.
            let Ok(target) = Target::parse(address, Destinations::Public) else {
                continue;
            };
            assert!(
                target.resolve(Destinations::Public).await.is_err(),
                "{address}"
            );
        }
    }
}
