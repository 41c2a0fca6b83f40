//! A load run on loopback against the real binary: real questions in four languages over kept-alive connections.
//!
//! `cargo bench --bench load -- --requests 200000 --connections 16` prints requests a second, times and errors. It talks
//! only to the server it starts on 127.0.0.1, and ends after the requests it was told to send.
//!
//! `--distinct` asks every question once, so that none is remembered. `--overload 5` then offers five times as many requests
//! a second as were answered, for `--seconds 10`, and prints how long those that were admitted took, how many were refused,
//! and what became of the server's memory. It fails when one in a hundred of those admitted takes longer than 200 ms, or when
//! the memory grows by more than 64 MiB. Give it `--distinct` too: what is remembered is answered sooner than 400 clients on
//! the same cores can take note of it.

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
    let body = |text: &str| serde_json::json!({ "text": text }).to_string();
    let bodies: Vec<String> = match arguments.iter().any(|one| one == "--distinct") {
        true => (0..DISTINCT)
            .map(|number| {
                body(&format!(
                    "{} ({number})",
                    questions[number % questions.len()].text
                ))
            })
            .collect(),
        false => questions
            .iter()
            .map(|question| body(&question.text))
            .collect(),
    };
    let bodies = Arc::new(bodies);
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
    let rate = times.len() as f64 / elapsed.as_secs_f64();
    let fold = number("--overload", usize::from(is_trial) * 2);
    if fold > 0 {
        let seconds = number("--seconds", if is_trial { 1 } else { 10 });
        let overloaded = overload(
            &server,
            &bodies,
            plan.requests,
            rate * fold as f64,
            Duration::from_secs(seconds as u64),
        );
        // A trial runs an unoptimised server beside whatever else the machine does.
        if !is_trial {
            overloaded.hold();
        }
    }
}

/// What one in a hundred of the admitted requests may take at most while too much is offered.
const MOST_P99: Duration = Duration::from_millis(200);

/// What the server's memory may grow by meanwhile: room for requests and replies under way, and for nothing that piles up.
const MOST_GROWTH_MIB: u64 = 64;

/// How the server bore too much.
struct Overloaded {
    p99: Duration,
    growth_mib: u64,
}

impl Overloaded {
    /// Fails where the promises are broken.
    fn hold(&self) {
        let Self { p99, growth_mib } = self;
        assert!(
            *p99 < MOST_P99,
            "one in a hundred of those admitted took {p99:?} or longer"
        );
        assert!(
            *growth_mib < MOST_GROWTH_MIB,
            "the server's memory grew by {growth_mib} MiB"
        );
    }
}

/// Questions that differ; more than are asked in any run.
const DISTINCT: usize = 200_000;

/// Connections over which too much is offered: enough that those which wait for a reply do not slow the others down.
const CROWD: usize = 400;

/// Offers so many requests a second for a while, whether the server keeps up or not.
fn overload(
    server: &Server,
    bodies: &Arc<Vec<String>>,
    asked: usize,
    rate: f64,
    length: Duration,
) -> Overloaded {
    let pid = server.child.id().to_string();
    let before = memory::resident_mib(&pid);
    let pause = Duration::from_secs_f64(CROWD as f64 / rate);
    let begun = Instant::now();
    let clients: Vec<_> = (0..CROWD)
        .map(|place| {
            let (address, bodies) = (server.address.clone(), Arc::clone(bodies));
            let first = begun + pause.mul_f64(place as f64 / CROWD as f64);
            let place = asked + place;
            std::thread::Builder::new()
                .stack_size(128 * 1024)
                .spawn(move || offer(&address, &bodies, place, first, pause, begun + length))
                .expect("a thread")
        })
        .collect();
    let (mut admitted, mut refused, mut late) = (Vec::new(), 0, 0);
    for client in clients {
        let offered = client.join().expect("a client does not panic");
        admitted.extend(offered.admitted);
        refused += offered.refused;
        late += offered.late;
    }
    assert!(!admitted.is_empty(), "nobody was admitted");
    admitted.sort_unstable();
    let after = memory::resident_mib(&pid);
    let at = |share: f64| admitted[((admitted.len() - 1) as f64 * share) as usize];
    println!(
        "{rate:.0} requests/s offered for {} s over {CROWD} connections: {} sent, {:.0}/s answered, p50 {:?}, p99 {:?}, \
         {refused} refused, {late} never sent since their connection still waited, server memory {before} MiB before and {after} MiB after",
        length.as_secs(),
        admitted.len() + refused,
        admitted.len() as f64 / length.as_secs_f64(),
        at(0.5),
        at(0.99),
    );
    Overloaded {
        p99: at(0.99),
        growth_mib: after.saturating_sub(before),
    }
}

/// What became of what one connection offered.
#[derive(Default)]
struct Offered {
    admitted: Vec<Duration>,
    refused: usize,
    late: usize,
}

/// Sends a question at each of its moments; one that passes while the reply before it is waited for is left out.
fn offer(
    address: &str,
    bodies: &[String],
    place: usize,
    first: Instant,
    pause: Duration,
    end: Instant,
) -> Offered {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_nodelay(true).expect("a TCP stream");
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    let mut offered = Offered::default();
    let mut moment = first;
    let mut number = place;
    while moment < end {
        let now = Instant::now();
        if moment > now {
            std::thread::sleep(moment - now);
        }
        let begun = Instant::now();
        let body = &bodies[number % bodies.len()];
        number += CROWD;
        match ask(&mut stream, &mut reader, address, body) {
            200 => offered.admitted.push(begun.elapsed()),
            429 | 503 => offered.refused += 1,
            status => panic!("{status} is no way to refuse"),
        }
        moment += pause;
        while moment + pause < Instant::now() && moment < end {
            offered.late += 1;
            moment += pause;
        }
    }
    offered
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
        if ask(&mut stream, &mut reader, address, body) != 200 {
            errors += 1;
        }
        times.push(begun.elapsed());
    }
}

/// Sends a question, and returns the status of the reply.
fn ask(
    stream: &mut TcpStream,
    reader: &mut BufReader<TcpStream>,
    address: &str,
    body: &str,
) -> u16 {
    write!(
        stream,
        "POST /v1/ask HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("the connection stays open");
    read_status(reader)
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
