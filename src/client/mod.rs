//! What other servers are asked: mailboxes, and requests over HTTPS. Requests go to public addresses unless the operator allows
//! more, and are bounded in time and size.
//!
//! The address that is connected to is the one that was checked, so that a name cannot change its meaning in between.
//! Redirects are not followed. It must not know what is said, to whom or why.

mod addresses;
mod error;
mod mailbox;
mod mailbox_account;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

pub use addresses::{Destinations, check_address};
pub use error::RequestError;
pub use mailbox::{Mailbox, MailboxError, Mark};
pub use mailbox_account::{InvalidMailbox, MailboxAccount};

/// Most bytes of a reply that are read.
const MAX_REPLY_BYTES: usize = 512 * 1024;

/// Sends requests; cheap to clone.
#[derive(Clone)]
pub struct Client {
    tls: TlsConnector,
    destinations: Destinations,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Its method.
    pub method: Method,
    /// Where to, in full.
    pub address: String,
    /// Beside host and length, which follow from the rest.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// What is sent.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// How long the other side wants to be left alone, where it says so in seconds.
    pub retry_after: Option<Duration>,
    /// What it says.
    pub body: Vec<u8>,
}

impl Reply {
    /// Tells whether the other side took it.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Client {
    /// Prepares TLS.
    pub fn new(destinations: Destinations) -> Self {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has the versions it was built with")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            tls: TlsConnector::from(Arc::new(config)),
            destinations,
        }
    }

    /// Sends a request and reads the reply; all of it within the time.
    pub async fn send(&self, request: Outgoing, within: Duration) -> Result<Reply, RequestError> {
        self.fetch(request, within, MAX_REPLY_BYTES).await
    }

    /// Does the same with a reply of at most so many bytes, such as a file.
    pub async fn fetch(
        &self,
        request: Outgoing,
        within: Duration,
        most_bytes: usize,
    ) -> Result<Reply, RequestError> {
        match tokio::time::timeout(within, self.exchange(request, most_bytes)).await {
            Ok(result) => result,
            Err(_) => Err(RequestError::TimedOut),
        }
    }

    async fn exchange(&self, request: Outgoing, most: usize) -> Result<Reply, RequestError> {
        let target = addresses::Target::parse(&request.address, self.destinations)?;
        let stream = connect(target.resolve(self.destinations).await?).await?;
        if !target.secure {
            return talk(stream, target.uri, request, most).await;
        }
        let name = ServerName::try_from(target.host).map_err(|_| RequestError::Address)?;
        let stream = self
            .tls
            .connect(name, stream)
            .await
            .map_err(RequestError::Tls)?;
        talk(stream, target.uri, request, most).await
    }
}

/// Tries the addresses of a name in turn.
async fn connect(addresses: Vec<SocketAddr>) -> Result<TcpStream, RequestError> {
    let mut last = RequestError::Unresolved;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = RequestError::Unreachable(error),
        }
    }
    Err(last)
}

async fn talk<S>(
    stream: S,
    uri: Uri,
    outgoing: Outgoing,
    most: usize,
) -> Result<Reply, RequestError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(RequestError::Protocol)?;
    let connection = AbortOnDrop(tokio::spawn(connection));
    let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder()
        .method(outgoing.method)
        .uri(path)
        .header(hyper::header::HOST, authority)
        .header(
            hyper::header::USER_AGENT,
            concat!("mondo/", env!("CARGO_PKG_VERSION")),
        );
    for (name, value) in outgoing.headers {
        request = request.header(name, value);
    }
    let request = request
        .body(Full::new(Bytes::from(outgoing.body)))
        .map_err(|_| RequestError::Address)?;
    let response = sender
        .send_request(request)
        .await
        .map_err(RequestError::Protocol)?;
    let (parts, body) = response.into_parts();
    let retry_after = parts
        .headers
        .get(hyper::header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    let body = Limited::new(body, most)
        .collect()
        .await
        .map_err(|_| RequestError::BrokenReply)?
        .to_bytes()
        .to_vec();
    drop(connection);
    Ok(Reply {
        status: parts.status.as_u16(),
        retry_after,
        body,
    })
}

/// Ends the connection with the exchange, also when its time is up.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
