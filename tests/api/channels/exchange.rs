//! What went over the wire, written down for people to read: kept under `recorded/`, and compared with what is there.
//!
//! A request is written down once it was replied to, so those that mondo makes meanwhile stand before it. Secrets,
//! signatures, names made up anew and times are replaced, so that the same exchange is the same text. After a change that is
//! meant, `MONDO_RECORD_EXCHANGES=1 cargo test --test api recorded` writes the files anew.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use regex::Regex;
use serde_json::Value;

use crate::actors::{Told, Visitor};
use crate::listener::{Heard, Said};

/// Rewrites what is kept where it is set.
const REWRITES: &str = "MONDO_RECORD_EXCHANGES";

/// Headers that say nothing about the protocol.
const OF_EVERY_REQUEST: [&str; 4] = ["host", "user-agent", "content-length", "accept-language"];

/// Both sides of a conversation with another server, in order.
#[derive(Clone, Default)]
pub struct Exchange {
    lines: Arc<Mutex<String>>,
    secrets: Arc<Mutex<Vec<String>>>,
}

impl Exchange {
    /// Hides a text wherever it stands.
    pub fn hides(&self, secret: &str) {
        self.secrets.lock().unwrap().push(secret.to_owned());
    }

    /// Sends mondo a request, and notes both sides.
    pub async fn sends(&self, door: &Visitor, request: Request<Body>) -> Told {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let heard = Heard {
            method: parts.method.clone(),
            path: parts.uri.to_string(),
            headers: parts.headers.clone(),
            body: body.to_vec(),
        };
        let told = door.sends(Request::from_parts(parts, body.into())).await;
        self.note("to mondo", &heard, told.status.as_u16(), &told.bytes);
        told
    }

    /// Notes a request that mondo has sent, and what the other side replied.
    pub fn went_out(&self, heard: &Heard, (status, _, reply): &Said) {
        self.note("from mondo", heard, status.as_u16(), reply);
    }

    fn note(&self, way: &str, heard: &Heard, status: u16, reply: &[u8]) {
        let body = shown(&heard.headers, &heard.body);
        let (method, path) = (&heard.method, &heard.path);
        let headers = headers_of(&heard.headers);
        let reply = shown(&HeaderMap::new(), reply);
        self.says(&format!(
            "== {way}\n{method} {path}\n{headers}\n{body}\n\n-- {status}\n{reply}\n"
        ));
    }

    /// Notes something that is no request.
    pub fn says(&self, text: &str) {
        let mut lines = self.lines.lock().unwrap();
        writeln!(lines, "{}\n", text.trim_end()).unwrap();
    }

    /// Compares what was said with what is kept under a name.
    #[track_caller]
    pub fn is_as_recorded(&self, name: &str) {
        let text = self.replaced();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/channels/recorded");
        let file = folder.join(format!("{name}.txt"));
        if std::env::var(REWRITES).is_ok() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&file, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        let differs = kept.lines().zip(text.lines()).position(|(a, b)| a != b);
        assert!(
            kept == text,
            "{name}.txt differs from line {}; {REWRITES}=1 writes it anew:\n{text}",
            differs.unwrap_or(kept.lines().count()) + 1
        );
        for secret in self.secrets.lock().unwrap().iter() {
            assert!(!text.contains(secret), "{secret} is shown in {name}.txt");
        }
    }

    /// Returns the exchange without what is secret or made up anew each time.
    fn replaced(&self) -> String {
        let mut text = self.lines.lock().unwrap().clone();
        for secret in self.secrets.lock().unwrap().iter() {
            text = text.replace(secret, "<secret>");
        }
        for (pattern, by) in [
            (r"http://127\.0\.0\.1:\d+", "https://other.example"),
            (r"\b127\.0\.0\.1:\d+", "other.example"),
            (
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
                "<time>",
            ),
            (r"\b1[78]\d{8}(\d{3})?\b", "<time>"),
            (r"\b[0-9a-f]{64}\b", "<digest>"),
            (r"(?m)^Date: .*$", "Date: <time>"),
            (r"\b[a-z2-7]{42}\b", "<thread>"),
            (r"\b[A-Za-z0-9]{40}\b", "<boundary>"),
        ] {
            text = pattern_of(pattern).replace_all(&text, by).into_owned();
        }
        numbered(&text)
    }
}

fn pattern_of(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

/// Names made up anew are numbered in the order in which they come.
fn numbered(text: &str) -> String {
    let mut seen: Vec<String> = Vec::new();
    let ids = pattern_of(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    let replaced = ids.replace_all(text, |found: &regex::Captures<'_>| {
        let id = found[0].to_owned();
        let place = seen.iter().position(|one| *one == id).unwrap_or_else(|| {
            seen.push(id);
            seen.len() - 1
        });
        format!("<id {}>", place + 1)
    });
    replaced.into_owned()
}

fn headers_of(headers: &HeaderMap) -> String {
    let mut lines: Vec<String> = headers
        .iter()
        .filter(|(name, _)| !OF_EVERY_REQUEST.contains(&name.as_str()))
        .map(|(name, value)| {
            let value = value.to_str().unwrap();
            match name.as_str().contains("signature") && !name.as_str().contains("timestamp") {
                true => format!("{name}: <signature>\n"),
                false => format!("{name}: {value}\n"),
            }
        })
        .collect();
    lines.sort();
    lines.concat()
}

/// Writes a body as people read it: JSON in lines, forms in parts, and what is no text as its length.
fn shown(headers: &HeaderMap, body: &[u8]) -> String {
    if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_slice(body) {
        return serde_json::to_string_pretty(&value).unwrap();
    }
    let kind = headers.get("content-type");
    let kind = kind.map_or("", |kind| kind.to_str().unwrap());
    if let Some(boundary) = kind.strip_prefix("multipart/form-data; boundary=") {
        return parts_of(boundary, body);
    }
    match std::str::from_utf8(body) {
        Ok(form)
            if form.contains('=') && form.contains('%') && !form.contains(char::is_whitespace) =>
        {
            decoded(form)
        }
        Ok(text) => text.replace('\r', ""),
        Err(_) => format!("<{} bytes>", body.len()),
    }
}

/// Writes a form of names and values.
fn decoded(form: &str) -> String {
    let values = form.split('&').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value: Vec<u8> = percent_encoding::percent_decode_str(value).collect();
        format!("{name}={}", shown(&HeaderMap::new(), &value))
    });
    values.collect::<Vec<_>>().join("\n&")
}

fn parts_of(boundary: &str, body: &[u8]) -> String {
    let between = format!("--{boundary}");
    let mut written = String::new();
    let mut rest = body;
    while let Some(place) = place_of(between.as_bytes(), rest) {
        let part = &rest[..place];
        if let Some(head) = place_of(b"\r\n\r\n", part) {
            let (head, content) = (&part[..head], &part[head + 4..]);
            let head = String::from_utf8_lossy(head).replace('\r', "");
            let content = shown(&HeaderMap::new(), content.trim_ascii_end());
            writeln!(written, "{}\n\n{content}", head.trim_start()).unwrap();
        }
        writeln!(written, "{between}").unwrap();
        rest = &rest[place + between.len()..];
    }
    written.trim_end().to_owned()
}

fn place_of(wanted: &[u8], within: &[u8]) -> Option<usize> {
    within.windows(wanted.len()).position(|part| part == wanted)
}
