//! SIGHUP takes over what has changed while visitors are served, and never ends the server.

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use crate::{knowledge, mondo};

/// A server of a folder, whose words can be read.
fn serve(folder: &Path, kb: &Path) -> Command {
    let mut command = mondo();
    command
        .current_dir(folder)
        .args(["serve", "--listen", "127.0.0.1:0", "--data", "data", "--kb"])
        .arg(kb)
        .stderr(Stdio::piped());
    command
}

/// A server with what it says.
struct Server {
    process: Child,
    said: Lines<BufReader<ChildStderr>>,
    address: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut process = serve(folder, Path::new("kb")).spawn().unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap()).lines();
        let started = said.find_map(|line| {
            let line = line.unwrap();
            let (_, address) = line.split_once(" at http://")?;
            Some(address.trim_end_matches('/').to_owned())
        });
        let address = started.expect("the server starts");
        Self {
            process,
            said,
            address,
        }
    }

    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Sends SIGHUP, and returns the line it answers with.
    fn reloads(&mut self) -> String {
        self.signal("-HUP");
        let told = self.said.find_map(|line| {
            let line = line.unwrap();
            line.starts_with("mondo reloads: ").then_some(line)
        });
        told.expect("it goes on and reports")
    }

    fn is_healthy(&self) -> bool {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: mondo\r\nconnection: close\r\n\r\n")
            .unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply.starts_with("HTTP/1.1 200")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[test]
fn what_has_changed_is_taken_over_and_what_cannot_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let kb = folder.path().join("kb");
    copy(&knowledge(), &kb);
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("mondo.toml", "[log]\nlevel = \"info\"\n");
    let mut server = Server::start(folder.path());

    let told = server.reloads();
    assert!(told.contains("knowledge base unchanged"), "{told}");
    assert!(told.contains("master keys read"), "{told}");
    assert!(!told.contains("restart"), "{told}");

    fs::remove_dir_all(kb.join("shop/tea-school")).unwrap();
    write(
        "hours.toml",
        "[calendar]\nzone = \"Asia/Seoul\"\n[calendar.hours]\nmon = [\"09:00-12:00\"]\n",
    );
    write(
        "mondo.toml",
        "[log]\nlevel = \"warn\"\n[http]\nmax_streams = 7\n[schedule]\nfile = \"hours.toml\"\n",
    );
    let told = server.reloads();
    for part in [
        "knowledge base read, 7 articles",
        "log.level is warn",
        "opening hours read",
        "needs a restart: http.max_streams",
    ] {
        assert!(told.contains(part), "{part:?} is not in {told}");
    }

    // What is broken stays as it was.
    fs::write(kb.join("shop/opening-hours/article.toml"), "id = 7\n").unwrap();
    write("mondo.toml", "[log]\nlevle = \"info\"\n");
    let told = server.reloads();
    assert!(told.contains("left as it was: every setting"), "{told}");
    assert!(told.contains("the knowledge base ("), "{told}");
    assert!(server.is_healthy());

    // Mail and the keys of hosts are taken over as well, or named.
    fs::remove_dir_all(kb.join("shop/opening-hours")).unwrap();
    let settings = |mail: &str, secret: &str| {
        format!(
            "[log]\nlevel = \"warn\"\n[http]\nmax_streams = 7\n[schedule]\nfile = \"hours.toml\"\n\
             [mail]\nfrom = \"Help <help@example.com>\"\nsmtp_url = \"{mail}\"\n\
             [identity]\nkeys = [\"host:HS256:{secret}\"]\n"
        )
    };
    let secret = "secret of the host, long enough!";
    write("mondo.toml", &settings("smtp://127.0.0.1:2525", secret));
    let told = server.reloads();
    assert!(
        told.contains("mail settings read, keys of hosts read"),
        "{told}"
    );
    assert!(
        !told.contains("mail.") && !told.contains("a secret"),
        "{told}"
    );
    write("mondo.toml", &settings("post office", secret));
    let told = server.reloads();
    assert!(
        told.contains("left as it was: the mail settings (mail.smtp_url"),
        "{told}"
    );

    server.signal("-TERM");
    assert!(server.process.wait().unwrap().success());
}

#[test]
fn every_line_of_a_json_log_is_json() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |folder: &Path, kb: &Path| {
        let mut command = serve(folder, kb);
        command.env("MONDO__LOG__FORMAT", "json");
        command
    };
    let mut process = serve(folder.path(), &knowledge()).spawn().unwrap();
    let mut said = BufReader::new(process.stderr.take().unwrap()).lines();
    let read = |line: std::io::Result<String>| {
        let line = line.unwrap();
        let read: serde_json::Value =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        read["fields"]["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let is_ready = |message: &String| message.contains(" at http://");
    assert!(said.by_ref().map(read).any(|message| is_ready(&message)));
    let id = process.id().to_string();
    Command::new("kill").args(["-TERM", &id]).status().unwrap();
    let rest: Vec<String> = said.map(read).collect();
    assert!(
        rest.iter()
            .any(|message| message.starts_with("mondo stops")),
        "{rest:?}"
    );
    assert!(process.wait().unwrap().success());

    let failed = serve(folder.path(), Path::new("gone")).output().unwrap();
    assert!(!failed.status.success());
    let lines = String::from_utf8(failed.stderr).unwrap();
    let messages: Vec<String> = lines
        .lines()
        .map(|line| read(Ok(line.to_owned())))
        .collect();
    assert!(
        messages.iter().any(|message| message.contains("gone")),
        "{messages:?}"
    );
}

#[test]
fn a_server_says_in_a_line_how_many_faults_the_check_has() {
    let folder = tempfile::tempdir().unwrap();
    copy(&knowledge(), &folder.path().join("kb"));
    let text = folder.path().join("kb/shop/gift-wrapping/en.md");
    let words = fs::read_to_string(&text).unwrap();
    fs::write(
        &text,
        format!("{words}\n![](gone.png) and [this](#nowhere)\n"),
    )
    .unwrap();
    let mut server = Server::start(folder.path());
    let line = server.said.find_map(|line| {
        let line = line.unwrap();
        line.contains("the knowledge base has faults")
            .then_some(line)
    });
    let line = line.expect("it says so");
    assert!(line.contains("errors=2"), "{line}");
    assert!(line.contains("mondo kb check --kb kb"), "{line}");
}
