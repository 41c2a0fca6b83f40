//! What proxies say about whom they speak for: `Forwarded` (RFC 7239), or `X-Forwarded-For` and `X-Forwarded-Proto`.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

/// Which headers trusted proxies write. Only these are read: whatever else is there, clients may have sent themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForwardedBy {
    /// `X-Forwarded-For` and `X-Forwarded-Proto`.
    #[default]
    XForwarded,
    /// `Forwarded` of RFC 7239.
    Forwarded,
}

/// Whom proxies speak for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Forwarded {
    /// Addresses in their order, the client's first; nothing for one that is none.
    pub(super) hops: Vec<Option<IpAddr>>,
    /// The scheme of which the last one tells.
    pub(super) scheme: Option<String>,
}

impl ForwardedBy {
    pub(super) fn read(self, headers: &HeaderMap) -> Forwarded {
        match self {
            Self::XForwarded => Forwarded {
                hops: values(headers, "x-forwarded-for").map(address).collect(),
                scheme: values(headers, "x-forwarded-proto")
                    .last()
                    .map(str::to_owned),
            },
            Self::Forwarded => {
                let mut read = Forwarded::default();
                for element in values(headers, "forwarded") {
                    let pairs = pieces(element, ';').filter_map(|pair| pair.split_once('='));
                    let mut hop = None;
                    read.scheme = None;
                    for (name, value) in pairs {
                        let value = value.trim().trim_matches('"');
                        match name.trim().to_ascii_lowercase().as_str() {
                            "for" => hop = address(value),
                            "proto" => read.scheme = Some(value.to_owned()),
                            _ => {}
                        }
                    }
                    read.hops.push(hop);
                }
                read
            }
        }
    }
}

/// The parts of all lines of a header, in their order.
fn values<'a>(headers: &'a HeaderMap, name: &'static str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).iter();
    lines.flat_map(|line| pieces(line.to_str().unwrap_or_default(), ','))
}

/// Cuts a text where a separator stands outside quotes.
fn pieces(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |character| {
        is_quoted ^= character == '"';
        character == separator && !is_quoted
    })
    .map(str::trim)
}

/// Reads an address, with or without brackets and port.
fn address(hop: &str) -> Option<IpAddr> {
    let alone = hop.trim_start_matches('[').trim_end_matches(']');
    let with_port = || hop.parse::<SocketAddr>().ok().map(|hop| hop.ip());
    let address = alone.parse::<IpAddr>().ok().or_else(with_port)?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(by: ForwardedBy, lines: &[(&'static str, &str)]) -> Forwarded {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().expect("a header"));
        }
        by.read(&headers)
    }

    #[test]
    fn elements_of_rfc_7239_are_read() {
        let line = "for=\"[2001:db8:cafe::17]:4711\";proto=http, For=192.0.2.60; by=203.0.113.43 ;proto=https";
        let lines = [("forwarded", line), ("x-forwarded-for", "198.51.100.1")];
        let expected = ["2001:db8:cafe::17", "192.0.2.60"];
        let found = read(ForwardedBy::Forwarded, &lines);
        assert_eq!(
            found.hops,
            expected.map(|hop| Some(hop.parse().expect("an address")))
        );
        assert_eq!(found.scheme.as_deref(), Some("https"));
    }

    #[test]
    fn who_is_hidden_is_no_address_and_a_comma_in_quotes_parts_nothing() {
        let line = "for=unknown, for=\"_a,b\", for=192.0.2.1;host=\"a;proto=https\"";
        let found = read(ForwardedBy::Forwarded, &[("forwarded", line)]);
        assert_eq!(found.hops, [None, None, "192.0.2.1".parse().ok()]);
        assert_eq!(found.scheme, None);
    }

    #[test]
    fn what_proxies_do_not_write_is_not_read() {
        let lines = [("forwarded", "for=192.0.2.60;proto=https")];
        assert_eq!(read(ForwardedBy::XForwarded, &lines), Forwarded::default());
    }
}
