//! Accepts connections and ends those on which nothing comes or goes: each costs a file handle, of which there are only so many.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

use super::write_timeout::WriteTimeout;

/// How long a client may take to say what it wants, and how long a connection waits for the next request: longer than the
/// minute after which proxies give theirs up, so that no request meets one that is just being closed.
const HEADERS_WITHIN: Duration = Duration::from_secs(75);

/// How long a client may take nothing of a reply; as long as it may say nothing.
const TAKEN_WITHIN: Duration = HEADERS_WITHIN;

/// How long nobody is accepted after the system had no handle left.
const REST: Duration = Duration::from_secs(1);

/// How long a shortage that goes on is not told again.
const TOLD_FOR: Duration = Duration::from_secs(600);

/// Serves every connection until told to stop; then those that are open finish what is in progress.
pub(super) async fn accept(
    listener: TcpListener,
    routes: Router,
    stopping: impl Future<Output = ()>,
) {
    let open = GracefulShutdown::new();
    // Finished once, so that a connection copies a pointer and not the routes.
    let routes = routes.with_state(());
    tokio::pin!(stopping);
    let mut told: Option<Instant> = None;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stopping => break,
        };
        match accepted {
            Ok((stream, peer)) => drop(tokio::spawn(talk(stream, peer, routes.clone(), &open))),
            Err(error) if is_of_one_client(&error) => {}
            Err(error) => {
                if told.is_none_or(|told| told.elapsed() > TOLD_FOR) {
                    told = Some(Instant::now());
                    tracing::error!(%error, "no connection could be accepted; raise the limit of open files (LimitNOFILE)");
                }
                tokio::time::sleep(REST).await;
            }
        }
    }
    drop(listener);
    open.shutdown().await;
}

/// Answers whatever comes on a connection.
fn talk(
    stream: TcpStream,
    peer: SocketAddr,
    routes: Router,
    open: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<> {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let routes = routes.clone();
        async move {
            let response: Result<Response, Infallible> =
                routes.oneshot(request.map(Body::new)).await;
            response
        }
    });
    let stream = WriteTimeout::new(stream, TAKEN_WITHIN);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .serve_connection(TokioIo::new(stream), service);
    let connection = open.watch(connection);
    async move {
        // Clients break off as they like; what went wrong in a reply was logged where it did.
        if let Err(error) = connection.await {
            tracing::trace!(%error, "a connection ended early");
        }
    }
}

/// Tells whether a failure is of a client that has gone again.
fn is_of_one_client(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}
