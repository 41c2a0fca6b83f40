//! From where a request comes: the address of the client behind the proxies that are trusted, and whether it came
//! encrypted.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::forwarded::ForwardedBy;
use super::trusted_proxy::TrustedProxy;
use crate::http::edge::state::AppState;

/// From where a request comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::http) struct Origin {
    /// The address of the client; nothing where the request came by no network, as in tests.
    pub(in crate::http) address: Option<IpAddr>,
    /// Whether it came to the first proxy encrypted.
    pub(in crate::http) is_secure: bool,
    /// Whether the server lies beneath a path of a site that is another's too.
    pub(in crate::http) is_beneath_a_path: bool,
}

impl Origin {
    /// Reads what a connection and its headers say. A request that came by no network is believed.
    fn read(
        peer: Option<IpAddr>,
        headers: &HeaderMap,
        trusted: &[TrustedProxy],
        by: ForwardedBy,
    ) -> Self {
        let is_trusted = |address: IpAddr| {
            trusted
                .iter()
                .any(|proxy| proxy.holds(address.to_canonical()))
        };
        if peer.is_some_and(|peer| !is_trusted(peer)) {
            return Self {
                address: peer.map(|peer| peer.to_canonical()),
                is_secure: false,
                is_beneath_a_path: false,
            };
        }
        let mut address = peer.map(|peer| peer.to_canonical());
        // The last entry was written by the proxy that spoke to us; those before it are hearsay once one is a stranger's.
        let forwarded = by.read(headers);
        for hop in forwarded.hops.into_iter().rev() {
            let Some(hop) = hop else { break };
            address = Some(hop);
            if !is_trusted(hop) {
                break;
            }
        }
        Self {
            address,
            is_secure: forwarded
                .scheme
                .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")),
            is_beneath_a_path: false,
        }
    }
}

/// Middleware: notes where each request comes from, and asks browsers to stay with encryption where it came encrypted.
pub(in crate::http) async fn note_origin(
    State(app): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| peer.ip());
    let settings = app.settings();
    let origin = Origin {
        is_beneath_a_path: settings.site.base_path(request.headers()).is_some(),
        ..Origin::read(
            peer,
            request.headers(),
            &settings.trusted_proxies,
            settings.forwarded_by,
        )
    };
    request.extensions_mut().insert(origin);
    let mut response = next.run(request).await;
    if origin.is_secure {
        // Windows that our pages open, or that open them, reach nothing in them; browsers heed it over encryption only.
        let is_page = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        if is_page {
            response.headers_mut().insert(
                header::HeaderName::from_static("cross-origin-opener-policy"),
                header::HeaderValue::from_static("same-origin"),
            );
        }
        // Without the names below it: those may be other people's.
        response.headers_mut().insert(
            header::STRICT_TRANSPORT_SECURITY,
            header::HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.extensions))
    }
}

impl Origin {
    /// Returns which of its names a cookie has. Where it travels encrypted, its name keeps other sites of the same domain
    /// from setting one; a name that begins with `__Host-` is for cookies of the whole site alone.
    pub(in crate::http) fn cookie_of(
        self,
        plain: &'static str,
        whole_site: &'static str,
        beneath_a_path: &'static str,
    ) -> &'static str {
        match (self.is_secure, self.is_beneath_a_path) {
            (false, _) => plain,
            (true, false) => whole_site,
            (true, true) => beneath_a_path,
        }
    }

    /// Returns what was noted of a request.
    pub(in crate::http) fn of(extensions: &axum::http::Extensions) -> Self {
        extensions.get::<Self>().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let check = |peer: Option<&str>, forwarded: &str, expected: Option<&str>| {
            let trusted = ["127.0.0.0/8", "10.0.0.0/8", "2001:db8::/32"]
                .map(|text| text.parse().expect("a network"));
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", forwarded.parse().expect("a header"));
            let peer = peer.map(|peer| peer.parse().expect("an address"));
            let expected = expected.map(|address| address.parse().expect("an address"));
            let read = Origin::read(peer, &headers, &trusted, ForwardedBy::XForwarded);
            assert_eq!(read.address, expected, "{peer:?} {forwarded}");
        };
        check(Some("203.0.113.9"), "198.51.100.1", Some("203.0.113.9"));
        check(Some("127.0.0.1"), "198.51.100.1", Some("198.51.100.1"));
        check(
            Some("::ffff:127.0.0.1"),
            "198.51.100.1",
            Some("198.51.100.1"),
        );
        // What a client wrote itself stands before what the proxies added.
        check(
            Some("10.0.0.2"),
            "1.1.1.1, 198.51.100.1, 10.0.0.9",
            Some("198.51.100.1"),
        );
        check(Some("10.0.0.2"), "198.51.100.1, nonsense", Some("10.0.0.2"));
        check(Some("10.0.0.2"), "[2001:db9::5]:4711", Some("2001:db9::5"));
        check(Some("2001:db8::1"), "198.51.100.1:80", Some("198.51.100.1"));
        check(Some("10.0.0.2"), "", Some("10.0.0.2"));
        check(None, "198.51.100.1", Some("198.51.100.1"));
        check(None, "", None);
    }

    #[test]
    fn encryption_is_what_the_last_trusted_proxy_says() {
        let trusted = TrustedProxy::of_this_machine();
        for (peer, scheme, expected) in [
            ("127.0.0.1", "https", true),
            ("127.0.0.1", "https, http", false),
            ("127.0.0.1", "http", false),
            ("203.0.113.9", "https", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-proto", scheme.parse().expect("a header"));
            let peer = peer.parse().ok();
            let read = Origin::read(peer, &headers, &trusted, ForwardedBy::XForwarded);
            assert_eq!(read.is_secure, expected, "{peer:?} {scheme}");
        }
    }
}
