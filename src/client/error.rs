//! Why a request got no reply.

use strum::IntoStaticStr;

/// Why a request got no reply.
#[derive(Debug, thiserror::Error, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum RequestError {
    /// The address cannot be read.
    #[error("the address cannot be read; write it like https://example.com/path")]
    Address,
    /// Neither `https` nor, where that is allowed, `http`.
    #[error("the address is not https; only with webhooks.private_addresses plain http is allowed")]
    Insecure,
    /// An address inside, such as of this machine or its network.
    #[error("the address is not public; only with webhooks.private_addresses others are allowed")]
    NotPublic,
    /// The name has no address.
    #[error("the name of the server has no address")]
    Unresolved,
    /// Nobody accepts the connection.
    #[error("the server does not accept the connection: {0}")]
    Unreachable(#[source] std::io::Error),
    /// The server cannot show who it is.
    #[error("the connection could not be secured: {0}")]
    Tls(#[source] std::io::Error),
    /// The server does not speak HTTP.
    #[error("the exchange broke off: {0}")]
    Protocol(#[source] hyper::Error),
    /// The reply broke off or has no end.
    #[error("the reply broke off, or is too long")]
    BrokenReply,
    /// The time is up.
    #[error("no reply in time")]
    TimedOut,
}

impl RequestError {
    /// Returns a word for logs and counters.
    pub fn code(&self) -> &'static str {
        self.into()
    }
}
