//! The desk under load on loopback against the real binary: agents who follow everything, and visitors who follow their
//! own conversations.
//!
//! `cargo bench --bench desk -- --agents 200 --conversations 5000 --messages 300` prints how long news takes to reach the
//! agents and the visitors, and what memory the server holds. It talks only to the server it starts on 127.0.0.1.

#[path = "memory.rs"]
mod memory;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let is_trial = arguments.iter().any(|argument| argument == "--test");
    let number = |name: &str, default: usize| {
        let position = arguments.iter().position(|argument| argument == name);
        position
            .and_then(|position| arguments.get(position + 1)?.parse().ok())
            .unwrap_or(default)
    };
    let agents = number("--agents", if is_trial { 3 } else { 200 });
    let conversations = number("--conversations", if is_trial { 10 } else { 5_000 });
    let messages = number("--messages", if is_trial { 5 } else { 300 });
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(measure(agents, conversations, messages));
    if is_trial {
        println!("1 passed, 0 failed");
    }
}

async fn measure(agents: usize, conversations: usize, messages: usize) {
    let server = Arc::new(Server::start().await);
    let cookie = server.signed_in().await;
    let mut opened = Vec::with_capacity(conversations);
    for _ in 0..conversations {
        let told = server.posts("/v1/conversations", &json!({}), "").await;
        let id = told["id"].as_str().expect("an id").to_owned();
        server
            .posts(
                &format!("/v1/conversations/{id}/escalate"),
                &json!({ "reason": "late" }),
                "",
            )
            .await;
        opened.push(id);
    }
    let (heard, mut news) = mpsc::unbounded_channel();
    for _ in 0..agents {
        server
            .follows("/v1/staff/news", &cookie, "agent", &heard)
            .await;
    }
    for id in &opened {
        let path = format!("/v1/conversations/{id}/events?after=1000");
        server.follows(&path, "", "visitor", &heard).await;
    }
    // The first event of an agent's stream says that it is followed.
    for _ in 0..agents {
        news.recv().await.expect("a greeting");
    }
    let (mut to_agents, mut to_visitors) = (Vec::new(), Vec::new());
    for number in 0..messages {
        let id = &opened[number * opened.len() / messages];
        let begun = Instant::now();
        let path = format!("/v1/conversations/{id}/messages");
        let message = json!({ "text": "still waiting" });
        let sending = server.posts(&path, &message, "");
        let hearing = async {
            let mut agents_left = agents;
            while agents_left > 0 {
                let (who, at): (&str, Instant) = news.recv().await.expect("news");
                match who {
                    "agent" => {
                        agents_left -= 1;
                        to_agents.push(at.duration_since(begun));
                    }
                    _ => to_visitors.push(at.duration_since(begun)),
                }
            }
        };
        tokio::join!(sending, hearing);
    }
    println!(
        "{agents} agents and {conversations} conversations followed, {messages} messages: news to agents {}, to visitors {}, server memory {} MiB",
        summary(&mut to_agents),
        summary(&mut to_visitors),
        memory::resident_mib(&server.child.id().to_string()),
    );
}

fn summary(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let Some(last) = times.len().checked_sub(1) else {
        return "none".to_owned();
    };
    let at = |share: f64| times[(last as f64 * share) as usize];
    format!("p50 {:?} p99 {:?} longest {:?}", at(0.5), at(0.99), at(1.0))
}

/// The binary under load, on a port of its own and with a data folder that vanishes.
struct Server {
    child: Child,
    address: String,
    data: tempfile::TempDir,
}

impl Server {
    async fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let data = tempfile::tempdir().expect("a temporary folder");
        let mut child = Command::new(env!("CARGO_BIN_EXE_mondo"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .env("MONDO__LOG__LEVEL", "error")
            .current_dir(root)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let stderr = child.stderr.take().expect("piped");
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(stderr));
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, address) = line.split_once("http://")?;
                Some(address.trim_end_matches('/').to_owned())
            })
            .expect("the server prints its address");
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address,
            data,
        }
    }

    /// Makes an account on the command line and gives the cookie of its session.
    async fn signed_in(&self) -> String {
        let made = Command::new(env!("CARGO_BIN_EXE_mondo"))
            .args(["user", "add", "ada@example.com", "--name", "Ada", "--data"])
            .arg(self.data.path())
            .output()
            .expect("the binary runs");
        let password = String::from_utf8(made.stdout).expect("text");
        let body = json!({ "email": "ada@example.com", "password": password.trim() });
        let (head, _) = self.request("/v1/staff/session", &body, "").await;
        let cookie = head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "))
            .expect("signed in");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    async fn posts(&self, path: &str, body: &Value, cookie: &str) -> Value {
        let (head, body) = self.request(path, body, cookie).await;
        assert!(head.starts_with("HTTP/1.1 20"), "{path}: {head} {body}");
        serde_json::from_str(&body).expect("JSON")
    }

    async fn request(&self, path: &str, body: &Value, cookie: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address)
            .await
            .expect("the server listens");
        let body = body.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: mondo\r\nconnection: close\r\ncookie: {cookie}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("answered");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        (
            head.to_ascii_lowercase().replace("http/1.1", "HTTP/1.1"),
            body.to_owned(),
        )
    }

    /// Follows a stream of events and tells when each arrives.
    async fn follows(
        &self,
        path: &str,
        cookie: &str,
        who: &'static str,
        heard: &mpsc::UnboundedSender<(&'static str, Instant)>,
    ) {
        let mut stream = TcpStream::connect(&self.address)
            .await
            .expect("the server listens");
        let request = format!("GET {path} HTTP/1.1\r\nhost: mondo\r\ncookie: {cookie}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let heard = heard.clone();
        tokio::spawn(async move {
            let mut lines = BufReader::new(stream).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                // One `data:` a piece of news; a message that waits brings its note as a second event.
                if line.starts_with("data:") && heard.send((who, Instant::now())).is_err() {
                    return;
                }
            }
        });
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that is gone already needs no ending.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
