//! Traces, as a collector gets them: whole, joined to the trace of who asks, and without a word of what was said.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);
const QUESTION: &str = "When do you open?";
/// What a proxy or an app says of the trace it is in.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// Head and body of a request or a reply.
fn read_message(stream: &TcpStream) -> (String, Vec<u8>) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(
            reader.read_line(&mut head).unwrap() > 0,
            "broke off: {head}"
        );
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    (head, body)
}

/// What takes requests: the collector, and a program that is told by webhook.
fn listen() -> (String, Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (heard, all) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let message = read_message(&stream);
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
                .unwrap();
            if heard.send(message).is_err() {
                return;
            }
        }
    });
    (address, all)
}

struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(folder: &Path, collector: &str) -> Self {
        let knowledge = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/knowledge");
        let mut process = mondo(folder)
            .args(["serve", "--listen", "127.0.0.1:0", "--kb"])
            .arg(knowledge)
            .env("MONDO__TRACES__COLLECTOR", collector)
            .env("MONDO__WEBHOOKS__PRIVATE_ADDRESSES", "true")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = said.find_map(|line| {
            let (_, address) = line.as_ref().unwrap().split_once(" at http://")?;
            Some(address.trim_end_matches('/').to_owned())
        });
        let address = address.expect("the server starts");
        // Whatever it says later is read, so that it never waits for us.
        std::thread::spawn(move || said.for_each(drop));
        Self { process, address }
    }

    /// Sends JSON, and returns the head and what came back.
    fn posts(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> (String, Value) {
        let body = body.to_string();
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nhost: mondo\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{request}\r\n{body}").unwrap();
        let (head, body) = read_message(&stream);
        let told = String::from_utf8(body).unwrap();
        assert!(head.starts_with("HTTP/1.1 2"), "{path}: {head}{told}");
        (head, serde_json::from_str(&told).unwrap())
    }

    /// Stops it as a service manager does, so that what is left is sent.
    fn stop(mut self) {
        let id = self.process.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(told.success());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn mondo(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mondo"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MONDO__")) {
        command.env_remove(name);
    }
    command
        .current_dir(folder)
        .env("MONDO__ENCODER__MODE", "fast")
        .stdin(Stdio::null());
    command
}

/// A span as the protocol writes it.
#[derive(Debug)]
struct Span {
    name: String,
    kind: u64,
    trace: String,
    id: String,
    parent: String,
    attributes: BTreeMap<String, String>,
}

fn spans_in(export: &Value) -> Vec<Span> {
    let each = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for resource in each(export, "resourceSpans") {
        let service = json!({ "key": "service.name", "value": { "stringValue": "mondo" } });
        assert!(each(&resource["resource"], "attributes").contains(&service));
        for scope in each(&resource, "scopeSpans") {
            found.extend(each(&scope, "spans").iter().map(|span| {
                let attributes = each(span, "attributes").into_iter().map(|attribute| {
                    let value = attribute["value"].as_object().unwrap();
                    let value = value.values().next().unwrap();
                    let value = value.as_str().map_or(value.to_string(), str::to_owned);
                    (text(&attribute["key"]), value)
                });
                Span {
                    name: text(&span["name"]),
                    kind: span["kind"].as_u64().unwrap_or_default(),
                    trace: text(&span["traceId"]),
                    id: text(&span["spanId"]),
                    parent: text(&span["parentSpanId"]),
                    attributes: attributes.collect(),
                }
            }));
        }
    }
    found
}

#[track_caller]
fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    spans
        .iter()
        .find(|span| span.name == name)
        .unwrap_or_else(|| panic!("{name}: {spans:#?}"))
}

#[test]
fn a_request_is_traced_from_who_asks_to_who_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (address, heard) = listen();
    let account = [
        "user",
        "add",
        "ada@example.com",
        "--name",
        "Ada",
        "--role",
        "admin",
    ];
    let hired = mondo(folder.path()).args(account).output().unwrap();
    let password = String::from_utf8(hired.stdout).unwrap();
    let server = Server::start(folder.path(), &format!("http://{address}/v1/traces"));

    let who = json!({ "email": "ada@example.com", "password": password.trim() });
    let (head, session) = server.posts("/v1/staff/session", &[], &who);
    let cookies: Vec<&str> = head
        .lines()
        .filter_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next())
        .collect();
    let cookies = cookies.join("; ");
    let signed_in = [
        ("cookie", cookies.as_str()),
        ("x-csrf-token", session["csrf"].as_str().unwrap()),
    ];
    let webhook = json!({ "url": format!("http://{address}/told"), "events": ["ticket.created"] });
    server.posts("/v1/staff/webhooks", &signed_in, &webhook);

    let traceparent = format!("00-{TRACE}-{PARENT}-01");
    let traced = [("traceparent", traceparent.as_str())];
    let (_, asked) = server.posts("/v1/ask", &traced, &json!({ "text": QUESTION }));
    assert!(asked["id"].is_string(), "{asked}");
    let (_, opened) = server.posts("/v1/conversations", &[], &json!({}));
    let secret = opened["visitor_secret"].as_str().unwrap();
    let path = format!(
        "/v1/conversations/{}/escalate",
        opened["id"].as_str().unwrap()
    );
    let reason = json!({ "reason": "my tea never came" });
    server.posts(&path, &[("mondo-visitor", secret)], &reason);
    let mut spans = Vec::new();
    let mut is_told = false;
    let mut take = |(head, body): (String, Vec<u8>)| {
        if head.starts_with("POST /told ") {
            is_told = true;
            return;
        }
        assert!(head.starts_with("POST /v1/traces "), "{head}");
        assert!(head.contains("content-type: application/json"), "{head}");
        let text = String::from_utf8(body).unwrap();
        for said in [QUESTION, "my tea never came", secret, password.trim()] {
            assert!(!text.contains(said), "{said:?} in {text}");
        }
        spans.extend(spans_in(&serde_json::from_str(&text).unwrap()));
    };
    // Spans leave in groups; that of telling the program is among the last.
    loop {
        let message = heard.recv_timeout(PATIENCE).unwrap();
        let is_last = String::from_utf8_lossy(&message.1).contains("\"relay\"");
        take(message);
        if is_last {
            break;
        }
    }
    server.stop();
    heard.try_iter().for_each(&mut take);
    assert!(is_told, "the program was told");

    let request = named(&spans, "POST /v1/ask");
    assert_eq!(
        (request.trace.as_str(), request.parent.as_str()),
        (TRACE, PARENT)
    );
    assert_eq!(request.kind, 2, "a server");
    for (name, value) in [
        ("http.request.method", "POST"),
        ("http.route", "/v1/ask"),
        ("http.response.status_code", "200"),
    ] {
        assert_eq!(request.attributes[name], value, "{request:?}");
    }
    let within: Vec<&str> = spans
        .iter()
        .filter(|span| span.trace == TRACE && span.parent == request.id)
        .map(|span| span.name.as_str())
        .collect();
    assert!(within.contains(&"retrieve"), "{within:?}");
    assert!(within.contains(&"store"), "{within:?}");
    // A route and not the path: ids of conversations open them.
    let escalated = named(&spans, "POST /v1/conversations/{id}/escalate");
    assert_ne!(escalated.trace, TRACE);
    let told = named(&spans, "relay");
    assert_eq!(told.kind, 3, "a client");
    assert_eq!(told.attributes["status"], "200", "{told:?}");
}

#[test]
fn a_collector_that_is_away_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody listens where somebody did.
    let place = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = place.local_addr().unwrap();
    drop(place);
    let server = Server::start(folder.path(), &format!("http://{address}/v1/traces"));
    for _ in 0..3 {
        let (_, asked) = server.posts("/v1/ask", &[], &json!({ "text": QUESTION }));
        assert!(asked["id"].is_string(), "{asked}");
    }
    server.stop();
}
