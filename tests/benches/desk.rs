//! Agents and visitors connected at once, on loopback, against the real binary: how late events are, and what breaks first.
//!
//! `cargo bench --bench desk -- --agents 200 --conversations 5000 --rates 50,100,200,400 --seconds 10` opens that many
//! conversations, follows each as its visitor's page does, follows the news as each agent's console does, and lets agents
//! write at each rate in turn. Every connection needs a file in the server and one here: raise the limit first, such as
//! with `ulimit -n 65536`. Another binary than the one just built is measured with MONDO_BINARY. It talks only to the
//! server it starts on 127.0.0.1, and ends after the rates it was told.

#[path = "memory.rs"]
mod memory;

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// How many connections are made at once.
const AT_ONCE: usize = 64;
/// How long after the last message events may still arrive.
const GRACE: Duration = Duration::from_secs(5);

struct Plan {
    agents: usize,
    conversations: usize,
    rates: Vec<usize>,
    length: Duration,
}

impl Plan {
    fn read() -> Self {
        let arguments: Vec<String> = std::env::args().collect();
        // `cargo bench -- --test` asks for few connections, more than the store has: enough to prove that nobody waits for ever.
        let is_trial = arguments.iter().any(|argument| argument == "--test");
        let given = |name: &str| {
            let position = arguments.iter().position(|argument| argument == name)?;
            arguments.get(position + 1).cloned()
        };
        let number = |name: &str, trial: usize, default: usize| {
            let default = if is_trial { trial } else { default };
            given(name)
                .and_then(|text| text.parse().ok())
                .unwrap_or(default)
        };
        let rates = given("--rates")
            .unwrap_or_else(|| if is_trial { "60" } else { "50,100,200,400" }.to_owned());
        Self {
            agents: number("--agents", 20, 200),
            conversations: number("--conversations", 200, 5_000),
            rates: rates
                .split(',')
                .filter_map(|rate| rate.parse().ok())
                .collect(),
            length: Duration::from_secs(number("--seconds", 1, 10) as u64),
        }
    }
}

#[tokio::main]
async fn main() {
    let plan = Plan::read();
    let server = Arc::new(Server::start());
    let resident = |server: &Server| memory::resident_mib(&server.child.id().to_string());
    let empty = resident(&server);
    let begun = Instant::now();
    let agents = server.agents(plan.agents).await;
    let conversations = server.conversations(plan.conversations, &agents).await;
    println!(
        "{} agents and {} conversations set up in {:.1} s",
        agents.len(),
        conversations.len(),
        begun.elapsed().as_secs_f64()
    );
    let heard = Arc::new(Heard::default());
    let begun = Instant::now();
    let mut streams = Vec::new();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    for conversation in &conversations {
        let place = Arc::clone(&places)
            .acquire_owned()
            .await
            .expect("never closed");
        let (server, heard) = (Arc::clone(&server), Arc::clone(&heard));
        let Conversation { id, last, visitor } = conversation.clone();
        streams.push(tokio::spawn(async move {
            let path = format!("/v1/conversations/{id}/events");
            let headers = format!("{visitor}last-event-id: {last}\r\n");
            heard
                .follow(
                    &server.address,
                    &path,
                    &headers,
                    Whose::Visitor,
                    Some(place),
                )
                .await;
        }));
    }
    for agent in &agents {
        let (server, heard, headers) = (
            Arc::clone(&server),
            Arc::clone(&heard),
            agent.headers.clone(),
        );
        streams.push(tokio::spawn(async move {
            heard
                .follow(
                    &server.address,
                    "/v1/staff/news",
                    &headers,
                    Whose::Agent,
                    None,
                )
                .await;
        }));
    }
    let wanted = plan.conversations + plan.agents;
    let deadline = Instant::now() + Duration::from_secs(60);
    while heard.connected.load(Ordering::Relaxed) < wanted
        && heard.broken.load(Ordering::Relaxed) == 0
        && Instant::now() < deadline
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let full = resident(&server);
    println!(
        "{} of {wanted} streams connected in {:.1} s; server memory {empty} MiB before, {full} MiB now",
        heard.connected.load(Ordering::Relaxed),
        begun.elapsed().as_secs_f64(),
    );
    let mut lost = 0;
    for rate in &plan.rates {
        lost += step(&server, &agents, &conversations, &heard, *rate, plan.length).await;
        let broken = heard.broken.load(Ordering::Relaxed);
        println!(
            "    streams broken so far {broken}, server memory {} MiB",
            resident(&server)
        );
    }
    for stream in streams {
        stream.abort();
    }
    if std::env::args().any(|argument| argument == "--test") {
        assert_eq!(lost, 0, "every message arrives");
        println!("1 passed, 0 failed");
    }
}

/// Lets agents write at one rate, and says how late visitors and colleagues heard of it; gives how many never did.
async fn step(
    server: &Arc<Server>,
    agents: &[Agent],
    conversations: &[Conversation],
    heard: &Arc<Heard>,
    rate: usize,
    length: Duration,
) -> usize {
    heard.clear();
    let total = (length.as_secs_f64() * rate as f64) as usize;
    let (refused, took) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(Mutex::new(Vec::new())),
    );
    let begun = Instant::now();
    let writers = agents.iter().enumerate().map(|(number, agent)| {
        let mine: Vec<&Conversation> = conversations
            .iter()
            .skip(number)
            .step_by(agents.len())
            .collect();
        let (refused, took, heard) = (Arc::clone(&refused), Arc::clone(&took), Arc::clone(heard));
        let address = &server.address;
        async move {
            let mut connection = Connection::open(address).await;
            // Messages of all agents together are spread evenly over time; one who is late writes at once.
            for turn in (number..total).step_by(agents.len()) {
                let due = begun + Duration::from_secs_f64(turn as f64 / rate as f64);
                tokio::time::sleep_until(due.into()).await;
                let conversation = mine[(turn / agents.len()) % mine.len()];
                let path = format!("/v1/staff/conversations/{}/messages", conversation.id);
                heard.sent(&conversation.id, turn);
                let body = json!({ "text": format!("message {turn} of {rate}") });
                let sent = Instant::now();
                let (status, _) = connection
                    .send("POST", &path, &agent.headers, Some(&body))
                    .await;
                took.lock().expect("no panic").push(sent.elapsed());
                if status != 200 {
                    refused.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    });
    join_all(writers).await;
    let wrote = begun.elapsed();
    let refused = refused.load(Ordering::Relaxed);
    let expected = total - refused;
    let deadline = Instant::now() + GRACE;
    while heard.visitors() < expected && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut took = std::mem::take(&mut *took.lock().expect("no panic"));
    let (mut visitors, mut colleagues) = heard.delays();
    let lost = expected.saturating_sub(visitors.len());
    println!(
        "{rate} messages/s asked, {:.0} sent: {refused} refused, {lost} never arrived; reply {}; at the visitor {}; at {} consoles {} ({} missed)",
        total as f64 / wrote.as_secs_f64(),
        spread(&mut took),
        spread(&mut visitors),
        agents.len(),
        spread(&mut colleagues),
        heard.missed.load(Ordering::Relaxed),
    );
    lost
}

fn spread(times: &mut [Duration]) -> String {
    if times.is_empty() {
        return "-".to_owned();
    }
    times.sort_unstable();
    let at =
        |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    format!(
        "p50 {:.1} p99 {:.1} max {:.1} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    )
}

/// Who is at the end of a stream.
#[derive(Clone, Copy, PartialEq)]
enum Whose {
    Visitor,
    Agent,
}

/// What has arrived, and how late.
#[derive(Default)]
struct Heard {
    connected: AtomicUsize,
    broken: AtomicUsize,
    missed: AtomicUsize,
    turns: Mutex<HashMap<usize, Instant>>,
    latest: Mutex<HashMap<String, Instant>>,
    visitors: Mutex<Vec<Duration>>,
    colleagues: Mutex<Vec<Duration>>,
}

impl Heard {
    fn clear(&self) {
        self.missed.store(0, Ordering::Relaxed);
        self.turns.lock().expect("no panic").clear();
        self.latest.lock().expect("no panic").clear();
        self.visitors.lock().expect("no panic").clear();
        self.colleagues.lock().expect("no panic").clear();
    }

    fn sent(&self, conversation: &str, turn: usize) {
        let now = Instant::now();
        self.turns.lock().expect("no panic").insert(turn, now);
        self.latest
            .lock()
            .expect("no panic")
            .insert(conversation.to_owned(), now);
    }

    fn visitors(&self) -> usize {
        self.visitors.lock().expect("no panic").len()
    }

    fn delays(&self) -> (Vec<Duration>, Vec<Duration>) {
        let take = |times: &Mutex<Vec<Duration>>| times.lock().expect("no panic").clone();
        (take(&self.visitors), take(&self.colleagues))
    }

    /// Follows a stream until it ends, which it should not.
    async fn follow(
        &self,
        address: &str,
        path: &str,
        headers: &str,
        whose: Whose,
        place: Option<tokio::sync::OwnedSemaphorePermit>,
    ) {
        if let Ok(()) = self.read(address, path, headers, whose, place).await {
            self.broken.fetch_add(1, Ordering::Relaxed);
        } else {
            let broken = self.broken.fetch_add(1, Ordering::Relaxed);
            if broken == 0 {
                println!("    the first stream to break is {path}");
            }
        }
    }

    async fn read(
        &self,
        address: &str,
        path: &str,
        headers: &str,
        whose: Whose,
        place: Option<tokio::sync::OwnedSemaphorePermit>,
    ) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut lines = tokio::io::BufReader::with_capacity(2_048, stream).lines();
        let status = lines.next_line().await?.unwrap_or_default();
        drop(place);
        if !status.contains(" 200 ") {
            println!("    {path}: {status}");
            return Err(std::io::ErrorKind::ConnectionRefused.into());
        }
        self.connected.fetch_add(1, Ordering::Relaxed);
        while let Some(line) = lines.next_line().await? {
            let arrived = Instant::now();
            if whose == Whose::Agent && line.starts_with("event: missed") {
                self.missed.fetch_add(1, Ordering::Relaxed);
            }
            let Some(data) = line.strip_prefix("data: ") else {
                continue;
            };
            match whose {
                Whose::Visitor => self.at_visitor(data, arrived),
                Whose::Agent => self.at_agent(data, arrived),
            }
        }
        Ok(())
    }

    fn at_visitor(&self, data: &str, arrived: Instant) {
        let turn = data
            .split_once("\"message ")
            .and_then(|(_, rest)| rest.split(' ').next()?.parse::<usize>().ok());
        let sent = turn.and_then(|turn| self.turns.lock().expect("no panic").get(&turn).copied());
        if let Some(sent) = sent {
            self.visitors.lock().expect("no panic").push(arrived - sent);
        }
    }

    fn at_agent(&self, data: &str, arrived: Instant) {
        let conversation = data.split(' ').next().unwrap_or_default();
        let sent = self
            .latest
            .lock()
            .expect("no panic")
            .get(conversation)
            .copied();
        if let Some(sent) = sent {
            self.colleagues
                .lock()
                .expect("no panic")
                .push(arrived - sent);
        }
    }
}

/// A connection that is kept open for one request after the other.
struct Connection {
    stream: tokio::io::BufReader<TcpStream>,
    address: String,
}

impl Connection {
    async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address)
            .await
            .expect("the server listens");
        stream.set_nodelay(true).expect("a TCP stream");
        Self {
            stream: tokio::io::BufReader::new(stream),
            address: address.to_owned(),
        }
    }

    /// Sends a request; gives status, headers that set a cookie, and the body.
    async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: Option<&Value>,
    ) -> (u16, (String, Value)) {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{headers}\r\n{body}",
            self.address,
            body.len()
        );
        self.stream
            .write_all(request.as_bytes())
            .await
            .expect("the connection stays open");
        let mut line = String::new();
        self.stream
            .read_line(&mut line)
            .await
            .expect("a status line");
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0);
        let (mut length, mut cookie) = (0, String::new());
        loop {
            line.clear();
            self.stream.read_line(&mut line).await.expect("a header");
            let header = line.trim_end();
            if header.is_empty() {
                break;
            }
            let Some((name, value)) = header.split_once(": ") else {
                continue;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().expect("a length"),
                // One for the session and one for the browser: both go back.
                "set-cookie" => {
                    if !cookie.is_empty() {
                        cookie.push_str("; ");
                    }
                    cookie.push_str(value.split(';').next().unwrap_or_default());
                }
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.expect("the body");
        (
            status,
            (cookie, serde_json::from_slice(&body).unwrap_or(Value::Null)),
        )
    }
}

/// Somebody at the desk, by the headers of their session.
struct Agent {
    headers: String,
}

/// A conversation that an agent holds, with the number of its last event.
#[derive(Clone)]
struct Conversation {
    id: String,
    last: i64,
    /// The header that shows whose it is.
    visitor: String,
}

/// The binary under load, on a port of its own and with a data folder that vanishes.
struct Server {
    child: Child,
    address: String,
    admin: String,
    _data: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let binary = std::env::var("MONDO_BINARY").map_or_else(
            |_| PathBuf::from(env!("CARGO_BIN_EXE_mondo")),
            PathBuf::from,
        );
        let data = tempfile::tempdir().expect("a temporary folder");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let added = Command::new(&binary)
            .args(["user", "--data"])
            .arg(data.path())
            .args(["add", "ada@example.com", "--name", "Ada", "--role", "admin"])
            .output()
            .expect("an account can be made");
        let admin = String::from_utf8(added.stdout)
            .expect("a password")
            .trim()
            .to_owned();
        assert!(
            !admin.is_empty(),
            "{}",
            String::from_utf8_lossy(&added.stderr)
        );
        let mut child = Command::new(&binary)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--kb",
                "tests/knowledge",
                "--data",
            ])
            .arg(data.path())
            .env("MONDO__LOG__LEVEL", "error")
            .env("MONDO__HTTP__MAX_STREAMS", "1000000")
            // All of them come from one address.
            .envs(
                [
                    "CONVERSATIONS_PER_HOUR",
                    "QUESTIONS_PER_MINUTE",
                    "TICKETS_PER_HOUR",
                    "STREAMS",
                    "SIGN_INS_PER_MINUTE",
                ]
                .map(|limit| (format!("MONDO__HTTP__LIMITS__ADDRESS__{limit}"), "0")),
            )
            .env("MONDO__ENCODER__MODE", "fast")
            .current_dir(root)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                Some(
                    line.split_once("http://")?
                        .1
                        .trim_end_matches('/')
                        .to_owned(),
                )
            })
            .expect("the server prints its address");
        // Shows what the server complains of, and never lets it wait for a reader.
        std::thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .take(20)
                .for_each(|line| println!("    server: {line}"));
        });
        Self {
            child,
            address,
            admin,
            _data: data,
        }
    }

    /// Makes accounts and signs them in.
    async fn agents(&self, count: usize) -> Vec<Agent> {
        let mut connection = Connection::open(&self.address).await;
        let admin = sign_in(&mut connection, "ada@example.com", &self.admin).await;
        let mut made = Vec::new();
        for number in 0..count {
            let email = format!("agent{number}@example.com");
            let body =
                json!({ "email": email, "name": format!("Agent {number}"), "role": "agent" });
            let (status, (_, said)) = connection
                .send("POST", "/v1/staff/agents", &admin.headers, Some(&body))
                .await;
            assert_eq!(status, 201, "{said}");
            let password = said["password"].as_str().expect("a password").to_owned();
            made.push(sign_in(&mut connection, &email, &password).await);
        }
        made
    }

    /// Opens conversations, asks for a person in each, and lets agents take them in turn.
    async fn conversations(&self, count: usize, agents: &[Agent]) -> Vec<Conversation> {
        let next = AtomicUsize::new(0);
        let workers = (0..AT_ONCE.min(count)).map(|_| {
            let next = &next;
            async move {
                let mut connection = Connection::open(&self.address).await;
                let mut opened = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return opened;
                    }
                    let (status, (_, said)) = connection
                        .send("POST", "/v1/conversations", "", Some(&json!({})))
                        .await;
                    assert_eq!(status, 201, "{said}");
                    let id = said["id"].as_str().expect("an id").to_owned();
                    let secret = said["visitor_secret"].as_str().expect("a secret");
                    let visitor = format!("mondo-visitor: {secret}\r\n");
                    let path = format!("/v1/conversations/{id}/escalate");
                    let (status, (_, said)) = connection
                        .send("POST", &path, &visitor, Some(&json!({})))
                        .await;
                    assert_eq!(status, 200, "{said}");
                    let path = format!("/v1/staff/conversations/{id}/acts");
                    let headers = &agents[number % agents.len()].headers;
                    let (status, (_, said)) = connection
                        .send("POST", &path, headers, Some(&json!({ "act": "claim" })))
                        .await;
                    assert_eq!(status, 200, "{said}");
                    let (_, (_, seen)) = connection
                        .send("GET", &format!("/v1/conversations/{id}"), &visitor, None)
                        .await;
                    let last = seen["last_event"]
                        .as_i64()
                        .or(seen["last_sequence"].as_i64())
                        .unwrap_or(0);
                    opened.push((number, Conversation { id, last, visitor }));
                }
            }
        });
        let mut opened: Vec<(usize, Conversation)> =
            join_all(workers).await.into_iter().flatten().collect();
        // The place in the list says who holds it.
        opened.sort_by_key(|(number, _)| *number);
        opened
            .into_iter()
            .map(|(_, conversation)| conversation)
            .collect()
    }
}

async fn sign_in(connection: &mut Connection, email: &str, password: &str) -> Agent {
    let body = json!({ "email": email, "password": password });
    let (status, (cookie, said)) = connection
        .send("POST", "/v1/staff/session", "", Some(&body))
        .await;
    assert_eq!(status, 200, "{said}");
    let csrf = said["csrf"].as_str().expect("a token");
    Agent {
        headers: format!("cookie: {cookie}\r\nx-csrf-token: {csrf}\r\n"),
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that is gone already needs no ending.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
