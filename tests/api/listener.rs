//! Another server: it keeps what it is sent, and replies as the test says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Heard {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Heard {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// What is replied: status, headers, body.
pub type Said = (StatusCode, Vec<(&'static str, String)>, Vec<u8>);

type Answering = Arc<dyn Fn(&Heard) -> Said + Send + Sync>;

/// A server on a port of its own.
pub struct Listener {
    pub address: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    next: Arc<Mutex<VecDeque<Said>>>,
    gate: Arc<RwLock<()>>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    heard: Arc<Mutex<Vec<Heard>>>,
    next: Arc<Mutex<VecDeque<Said>>>,
    gate: Arc<RwLock<()>>,
    answering: Answering,
}

impl Listener {
    /// Takes everything with 204, unless told otherwise.
    pub async fn start() -> Self {
        Self::answering(|_| said(204, "")).await
    }

    /// Replies as a function says.
    pub async fn answering(answer: impl Fn(&Heard) -> Said + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let shared = Shared {
            heard: Arc::default(),
            next: Arc::default(),
            gate: Arc::default(),
            answering: Arc::new(answer),
        };
        let (heard, next) = (Arc::clone(&shared.heard), Arc::clone(&shared.next));
        let gate = Arc::clone(&shared.gate);
        let router = Router::new().fallback(hear).with_state(shared);
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            heard,
            next,
            gate,
            task,
        }
    }

    /// Says what the next request gets, before everything else.
    pub fn says_next(&self, said: Said) {
        self.next.lock().unwrap().push_back(said);
    }

    /// Keeps every request waiting until what is returned is dropped.
    pub async fn holds(&self) -> OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.gate).write_owned().await
    }

    /// Gives what has arrived since this was asked last.
    pub fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub fn said(status: u16, body: &str) -> Said {
    (
        StatusCode::from_u16(status).unwrap(),
        Vec::new(),
        body.into(),
    )
}

async fn hear(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let heard = Heard {
        method,
        path: uri.to_string(),
        headers,
        body: body.to_vec(),
    };
    let open = shared.gate.read().await;
    let (status, headers, body) = {
        let next = shared.next.lock().unwrap().pop_front();
        next.unwrap_or_else(|| (shared.answering)(&heard))
    };
    shared.heard.lock().unwrap().push(heard);
    drop(open);
    let mut response = (status, body).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
