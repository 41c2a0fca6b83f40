//! What can be wrong around the program: each is told with its remedy and exit code 3, and nothing is lost.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// Exit code for what is wrong with files, ports and settings.
const ENVIRONMENT: i32 = 3;

fn knowledge() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/knowledge")
}

fn mondo() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mondo"));
    command.stdin(Stdio::null());
    command
}

fn serve(data: &Path, kb: &Path, listen: &str) -> Command {
    let mut command = mondo();
    command.arg("serve").args(["--listen", listen]);
    command.arg("--data").arg(data).arg("--kb").arg(kb);
    command
}

/// Runs a command that must fail, and gives what it said.
#[track_caller]
fn complaint(mut command: Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(ENVIRONMENT), "{said}");
    assert!(stdout.is_empty(), "errors are talk, not data");
    assert!(
        !said.contains("panicked") && !said.contains("RUST_BACKTRACE"),
        "{said}"
    );
    said
}

#[track_caller]
fn assert_says(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "{part:?} is not in\n{said}");
    }
}

/// A copy of the knowledge base that a test may break.
fn copied_knowledge() -> TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &target);
            } else {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy(&knowledge(), folder.path());
    folder
}

#[test]
fn every_broken_article_is_named_at_once() {
    let kb = copied_knowledge();
    let data = tempfile::tempdir().unwrap();
    fs::write(
        kb.path().join("shop/opening-hours/en.md"),
        "+++\ntitle = 3\n+++\n",
    )
    .unwrap();
    fs::write(kb.path().join("shop/gift-wrapping/ja.md"), b"\xff\xfe").unwrap();
    fs::remove_file(kb.path().join("safety/fake-shops/article.toml")).unwrap();
    let said = complaint(serve(data.path(), kb.path(), "127.0.0.1:0"));
    assert_says(
        &said,
        &[
            "opening-hours/en.md:",
            "gift-wrapping/ja.md",
            "UTF-8",
            "fake-shops",
            "article.toml",
        ],
    );
}

#[test]
fn a_knowledge_folder_that_cannot_be_read_is_named() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    for folder in [Path::new("no/such/folder"), file.as_path()] {
        let said = complaint(serve(data.path(), folder, "127.0.0.1:0"));
        assert_says(&said, &[folder.to_str().unwrap()]);
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let data = TempDir::new().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = mondo();
    command.env("MONDO__ENCODER__MODE", "fast");
    command.args(["ask", "When is the shop open?"]);
    command.arg("--kb").arg(knowledge());
    command.arg("--data").arg(data.path());
    let Output { status, stderr, .. } = command.stdout(writer).output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert!(status.success(), "{status}: {said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn a_port_in_use_is_named_with_the_flag_that_helps() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let said = complaint(serve(data.path(), &knowledge(), &address));
    assert_says(&said, &[&address, "--listen"]);
    let said = complaint(serve(data.path(), &knowledge(), "nonsense"));
    assert_says(&said, &["nonsense", "--listen"]);
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named_with_the_flag_that_helps() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    let data = file.join("data");
    let said = complaint(serve(&data, &knowledge(), "127.0.0.1:0"));
    assert_says(&said, &[data.to_str().unwrap(), "--data"]);
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    let data = tempfile::tempdir().unwrap();
    let mut command = serve(data.path(), &knowledge(), "127.0.0.1:0");
    command.env("MONDO__SERVER__LISTNE", "127.0.0.1:1");
    assert_says(
        &complaint(command),
        &["MONDO__SERVER__LISTNE", "MONDO__SERVER__LISTEN"],
    );

    let file = data.path().join("mondo.toml");
    fs::write(&file, "[http]\nmax_in_flight = \"many\"\n").unwrap();
    let mut command = serve(data.path(), &knowledge(), "127.0.0.1:0");
    command.arg("--config").arg(&file);
    assert_says(
        &complaint(command),
        &["http.max_in_flight", file.to_str().unwrap()],
    );

    let mut command = serve(data.path(), &knowledge(), "127.0.0.1:0");
    command.args(["--config", "no/such/mondo.toml"]);
    assert_says(&complaint(command), &["no/such/mondo.toml", "--config"]);
}

/// A server that is stopped when the test ends, however it ends.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(mut command: Command) -> Self {
        let mut process = command
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut talk = BufReader::new(process.stderr.take().unwrap());
        let mut said = String::new();
        let address = loop {
            let start = said.len();
            assert_ne!(
                talk.read_line(&mut said).unwrap(),
                0,
                "the server ended:\n{said}"
            );
            if let Some((_, rest)) = said[start..].split_once("http://") {
                break rest.trim().trim_end_matches('/').to_owned();
            }
        };
        // What the server says later must not fill the pipe.
        std::thread::spawn(move || {
            let mut rest = String::new();
            let _ = talk.read_to_string(&mut rest);
        });
        Self { process, address }
    }

    /// Sends a request and gives the status and the body.
    fn posts(&self, secret: &str, path: &str, body: &str) -> (u16, String) {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\nmondo-visitor: {secret}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.sends(&request)
    }

    fn gets(&self, secret: &str, path: &str) -> (u16, String) {
        self.sends(&format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nmondo-visitor: {secret}\r\nconnection: close\r\n\r\n",
            self.address
        ))
    }

    fn sends(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        let status = reply.split(' ').nth(1).unwrap().parse().unwrap();
        let body = reply.split_once("\r\n\r\n").unwrap().1.to_owned();
        (status, body)
    }

    /// Opens a conversation and gives its path, and the secret that shows whose it is.
    fn opens(&self) -> (String, String) {
        let (status, body) = self.posts("", "/v1/conversations", "{}");
        assert_eq!(status, 201, "{body}");
        let opened: serde_json::Value = serde_json::from_str(&body).unwrap();
        let id = opened["id"].as_str().unwrap();
        let secret = opened["visitor_secret"].as_str().unwrap();
        (format!("/v1/conversations/{id}"), secret.to_owned())
    }

    fn stops_by(&mut self, signal: &str) -> std::process::ExitStatus {
        let id = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        self.process.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let data = tempfile::tempdir().unwrap();
    let start = || Server::start(serve(data.path(), &knowledge(), "127.0.0.1:0"));
    let mut server = start();
    let (path, secret) = server.opens();
    let (status, body) = server.posts(
        &secret,
        &format!("{path}/messages"),
        r#"{"text":"Do you wrap gifts?"}"#,
    );
    assert_eq!(status, 200, "{body}");
    server.stops_by("-KILL");

    let server = start();
    let (status, body) = server.gets(&secret, &path);
    assert_eq!(status, 200, "{body}");
    assert!(
        body.contains("Do you wrap gifts?") && body.contains("gift-wrapping"),
        "{body}"
    );
}

#[test]
fn a_signal_to_stop_ends_live_streams_and_exits_cleanly() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start(serve(data.path(), &knowledge(), "127.0.0.1:0"));
    let (path, secret) = server.opens();
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let request =
        format!("GET {path}/events HTTP/1.1\r\nhost: x\r\nmondo-visitor: {secret}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    let status = server.stops_by("-TERM");
    assert_eq!(status.code(), Some(0));
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_refuses_what_it_cannot_keep_and_keeps_what_it_has() {
    let data = tempfile::tempdir().unwrap();
    // Everything that is made once is made before the disk is full.
    let mut roomy = Server::start(serve(data.path(), &knowledge(), "127.0.0.1:0"));
    let (path, secret) = roomy.opens();
    assert_eq!(roomy.stops_by("-TERM").code(), Some(0));

    // A limit on the size of files stands for the full disk: writes fail in the same place, and root is not exempt.
    let mut command = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_mondo");
    command
        .arg("-c")
        .arg("ulimit -f 256; trap '' XFSZ; exec \"$@\"")
        .arg("sh")
        .arg(program);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data.path());
    command.arg("--kb").arg(knowledge());
    let full = Server::start(command);
    let body = serde_json::json!({ "text": "gift wrapping ".repeat(140) }).to_string();
    let mut kept = 0;
    let refused = loop {
        let (status, reply) = full.posts(&secret, &format!("{path}/messages"), &body);
        match status {
            200 => kept += 1,
            _ => break (status, reply),
        }
        assert!(kept < 1_000, "the disk never filled");
    };
    assert_eq!(refused.0, 503, "{}", refused.1);
    assert_says(
        &refused.1,
        &[
            "urn:mondo:problem:unavailable",
            "Please try again in a few minutes",
        ],
    );
    let (status, whole) = full.gets(&secret, &path);
    assert_eq!(status, 200, "reading goes on: {whole}");
    drop(full);

    let roomy = Server::start(serve(data.path(), &knowledge(), "127.0.0.1:0"));
    let (_, whole) = roomy.gets(&secret, &path);
    assert_eq!(
        whole.matches("\"author\":\"visitor\"").count(),
        kept,
        "{kept} were acknowledged"
    );
    assert_eq!(
        roomy.posts(&secret, &format!("{path}/messages"), &body).0,
        200
    );
}
