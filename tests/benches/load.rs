//! A load run on loopback against the real binary: real questions in four languages over kept-alive connections.
//!
//! `cargo bench --bench load -- --requests 200000 --connections 16` prints requests a second, times and errors. It talks
//! only to the server it starts on 127.0.0.1, and ends after the requests it was told to send.

#[path = "memory.rs"]
mod memory;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mondo::evaluation::read_questions;

/// What to send.
struct Plan {
    requests: usize,
    connections: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test --benches` passes --test: run a few requests to prove that the run works.
    let is_trial = arguments.iter().any(|argument| argument == "--test");
    let number = |name: &str, default: usize| {
        let position = arguments.iter().position(|argument| argument == name);
        position
            .and_then(|position| arguments.get(position + 1)?.parse().ok())
            .unwrap_or(default)
    };
    let plan = Plan {
        requests: number("--requests", if is_trial { 200 } else { 50_000 }),
        connections: number("--connections", 16),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let questions = read_questions(&root.join("tests/relevance")).expect("the labelled questions");
    let bodies: Arc<Vec<String>> = Arc::new(
        questions
            .iter()
            .map(|question| serde_json::json!({ "text": question.text }).to_string())
            .collect(),
    );
    let server = Server::start(root);
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let clients: Vec<_> = (0..plan.connections)
        .map(|_| {
            let (address, bodies, next) = (server.address.clone(), bodies.clone(), next.clone());
            std::thread::spawn(move || ask_until(plan.requests, &address, &bodies, &next))
        })
        .collect();
    let mut times = Vec::with_capacity(plan.requests);
    let mut errors = 0;
    for client in clients {
        let (client_times, client_errors) = client.join().expect("a client does not panic");
        times.extend(client_times);
        errors += client_errors;
    }
    let elapsed = begun.elapsed();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "{} requests over {} connections in {:.1} s: {:.0} requests/s, p50 {:?}, p99 {:?}, longest {:?}, {errors} errors, server memory {} MiB",
        times.len(),
        plan.connections,
        elapsed.as_secs_f64(),
        times.len() as f64 / elapsed.as_secs_f64(),
        at(0.5),
        at(0.99),
        at(1.0),
        memory::resident_mib(&server.child.id().to_string()),
    );
    if is_trial {
        println!("{} passed, {errors} failed", times.len() - errors);
    }
    assert_eq!(errors, 0, "every request is answered");
}

/// Sends questions in turn until the common count is used up; gives the times and the number of failures.
fn ask_until(
    requests: usize,
    address: &str,
    bodies: &[String],
    next: &AtomicUsize,
) -> (Vec<Duration>, usize) {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_nodelay(true).expect("a TCP stream");
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    let mut times = Vec::new();
    let mut errors = 0;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= requests {
            return (times, errors);
        }
        let body = &bodies[number % bodies.len()];
        let begun = Instant::now();
        write!(
            stream,
            "POST /v1/ask HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("the connection stays open");
        if read_status(&mut reader) != 200 {
            errors += 1;
        }
        times.push(begun.elapsed());
    }
}

/// Reads one response with its body and gives its status.
fn read_status(reader: &mut BufReader<TcpStream>) -> u16 {
    let mut line = String::new();
    reader.read_line(&mut line).expect("a status line");
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0);
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).expect("a header");
        let header = line.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the body");
    status
}

/// The binary under load, on a port of its own and with a data folder that vanishes.
struct Server {
    child: Child,
    address: String,
    _data: tempfile::TempDir,
}

impl Server {
    fn start(root: &Path) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let mut child = Command::new(env!("CARGO_BIN_EXE_mondo"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .env("MONDO__LOG__LEVEL", "error")
            .env("MONDO__HTTP__LIMITS__ADDRESS__QUESTIONS_PER_MINUTE", "0")
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
        // Keeps the pipe open and empty, so that the server never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address,
            _data: data,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that is gone already needs no ending.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
