//! The handbook says what is so: commands and flags are there, settings too, and its examples do what they should.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::time::SystemTime;

use mondo::config::DEFAULTS;
use mondo::identity::{IdentityMode, IdentitySettings, Keyring};
use mondo::signing::{Secret, SigningSecret};
use mondo::staff::Permission;
use mondo::time::Timestamp;

use crate::{mondo, read, root};

/// Pages by the names of their files.
fn pages() -> BTreeMap<String, String> {
    let folder = std::fs::read_dir(root().join("web/handbook")).unwrap();
    let paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), read(path))).collect()
}

/// The blocks of one kind, such as `sh`.
fn blocks(page: &str, kind: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut inside: Option<bool> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), inside) {
            (Some(opened), None) => {
                inside = Some(opened == kind);
                if opened == kind {
                    found.push(String::new());
                }
            }
            (Some(_), Some(_)) => inside = None,
            (None, Some(true)) => {
                let last = found.last_mut().unwrap();
                last.push_str(line);
                last.push('\n');
            }
            (None, _) => {}
        }
    }
    assert!(inside.is_none(), "a block never ends");
    found
}

/// The arguments of a call of mondo in a line, without what a shell takes for itself.
fn arguments(line: &str) -> Option<Vec<&str>> {
    let line = line.split(" #").next()?.split(" > ").next()?;
    let line = line.split(" | ").next()?.split(" && ").next()?;
    let (_, call) = line.split_at(line.find("mondo ")?);
    let is_call = line.starts_with("mondo ") || line.contains("  mondo ");
    is_call.then(|| call.split_whitespace().skip(1).collect())
}

/// Returns the help of the innermost subcommand that arguments name, and how many of them name it.
fn help_of(arguments: &[&str]) -> (String, usize) {
    let ask = |path: &[&str]| mondo().args(path).arg("--help").output().unwrap();
    let top = ask(&[]);
    let mut found = (String::from_utf8(top.stdout).unwrap(), 0);
    for depth in 1..=arguments.len().min(2) {
        let lists = |line: &str| line.split_whitespace().next() == Some(arguments[depth - 1]);
        let has_commands = found.0.contains("Commands:");
        if !has_commands || !found.0.lines().any(lists) {
            break;
        }
        let output = ask(&arguments[..depth]);
        assert!(output.status.success(), "{arguments:?}");
        found = (String::from_utf8(output.stdout).unwrap(), depth);
    }
    found
}

#[test]
fn every_command_in_the_handbook_is_one() {
    let mut commands = BTreeSet::new();
    for (name, page) in pages() {
        for block in blocks(&page, "sh").iter().chain(&blocks(&page, "")) {
            for line in block.lines() {
                if let Some(arguments) = arguments(line) {
                    let owned: Vec<String> =
                        arguments.iter().map(|word| word.to_string()).collect();
                    commands.insert((owned, name.clone()));
                }
            }
        }
    }
    assert!(commands.len() > 30, "only {} commands", commands.len());
    for (arguments, page) in commands {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let (help, depth) = help_of(&arguments);
        assert!(depth > 0, "{page}: there is no command {arguments:?}");
        assert!(
            !help.contains("Commands:"),
            "{page}: {arguments:?} names no command of that name"
        );
        for flag in arguments.iter().filter(|word| word.starts_with("--")) {
            let is_there = help
                .split(|letter: char| letter.is_whitespace() || letter == ',')
                .any(|word| word == *flag);
            assert!(is_there, "{page}: {arguments:?} has no {flag}");
        }
    }
}

#[test]
fn the_calculation_of_capacity_counts_as_the_page_says() {
    let page = &pages()["capacity.md"];
    let blocks = blocks(page, "sh");
    let calculation = blocks.iter().find(|block| block.contains("awk"));
    let check = |numbers: [&str; 8], expected: &str| {
        let names = [
            "VISITORS", "ASKING", "MESSAGES", "PEAK", "MINUTES", "ANSWERS", "EVENTS", "STREAMS",
        ];
        for name in names {
            assert!(page.contains(&format!("| `{name}` |")), "{name} is told");
        }
        let output = Command::new("sh")
            .args(["-c", calculation.unwrap()])
            .envs(names.into_iter().zip(numbers))
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    };
    // 150 chats opened and 600 things said in the busiest minute; each chat is open for 6.
    check(
        ["1000000", "5", "4", "0.3", "6", "1000", "200", "10000"],
        "10.0 messages a second, 900 open chats, 2 nodes of which one may fail\n",
    );
    // One node tells of 5 messages a second at ease.
    check(
        ["1000000", "5", "4", "0.3", "6", "1000", "10", "10000"],
        "10.0 messages a second, 900 open chats, 3 nodes of which one may fail\n",
    );
    // The chats that are held open decide.
    check(
        ["1000000", "5", "4", "0.3", "6", "1000", "200", "250"],
        "10.0 messages a second, 900 open chats, 5 nodes of which one may fail\n",
    );
}

#[test]
fn every_setting_in_the_handbook_is_one() {
    let defaults: toml::Table = toml::from_str(DEFAULTS).unwrap();
    let mut known = BTreeSet::new();
    collect(&defaults, "", &mut known);
    let mut named = 0;
    for (name, page) in pages() {
        for code in page.split('`').skip(1).step_by(2) {
            let is_path = code.contains('.')
                && code
                    .chars()
                    .all(|letter| letter.is_ascii_lowercase() || "._".contains(letter));
            let section = code.split('.').next().unwrap();
            // `webhooks.manage` is a scope of keys.
            let is_scope = code.parse::<Permission>().is_ok();
            if is_path && !is_scope && defaults.contains_key(section) {
                named += 1;
                assert!(known.contains(code), "{name}: there is no setting {code}");
            }
        }
        for word in page.split(|letter: char| !letter.is_ascii_uppercase() && letter != '_') {
            if let Some(path) = word.strip_prefix("MONDO__") {
                let path = path.replace("__", ".").to_lowercase();
                assert!(known.contains(&path), "{name}: {word} is no setting");
            }
        }
        for block in blocks(&page, "toml")
            .iter()
            .filter(|block| block.starts_with('['))
        {
            let written: toml::Table = toml::from_str(block).unwrap();
            let mut keys = BTreeSet::new();
            collect(&written, "", &mut keys);
            assert!(keys.is_subset(&known), "{name}: {block}");
        }
    }
    assert!(named > 30, "only {named} settings");
}

fn collect(table: &toml::Table, prefix: &str, into: &mut BTreeSet<String>) {
    for (key, value) in table {
        let path = match prefix {
            "" => key.clone(),
            prefix => format!("{prefix}.{key}"),
        };
        if let toml::Value::Table(inner) = value {
            collect(inner, &path, into);
        }
        into.insert(path);
    }
}

/// The first cells of the table below a heading.
fn first_cells<'a>(page: &'a str, heading: &str) -> Vec<&'a str> {
    let (_, below) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = below.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    // The first row names the columns.
    rows.skip(1)
        .map(|row| row.split('|').nth(1).unwrap().trim())
        .collect()
}

/// Everything the program can say, as it stands in its source.
fn sources() -> String {
    let mut folders = vec![root().join("src")];
    let mut all = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(kind) if kind == "rs" => all.push_str(&read(&path)),
                _ => {}
            }
        }
    }
    all
}

#[test]
fn errors_that_the_handbook_explains_are_said() {
    let (pages, sources) = (pages(), sources());
    let mut explained = 0;
    for (page, heading) in [
        ("troubleshooting.md", "It does not start"),
        ("identity.md", "It is refused"),
        ("assistants.md", "It does not answer"),
    ] {
        for cell in first_cells(&pages[page], heading) {
            for part in cell
                .split("...")
                .map(str::trim)
                .filter(|part| !part.is_empty())
            {
                explained += 1;
                assert!(sources.contains(part), "{page}: nothing says {part:?}");
            }
        }
    }
    for cell in first_cells(&pages["troubleshooting.md"], "What the API says") {
        for kind in cell.split('`').skip(1).step_by(2) {
            explained += 1;
            assert!(
                sources.contains(&format!("\"{kind}\"")),
                "there is no problem {kind}"
            );
        }
    }
    assert!(explained > 25, "only {explained}");
}

/// Runs an example of a page with lines of a test's own after it, and returns what it prints.
fn run_script(page: &str, number: usize, test: &str) -> String {
    let pages = pages();
    let example = &blocks(&pages[page], "js")[number];
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("example.mjs");
    std::fs::write(&script, format!("{example}\n{test}\n")).unwrap();
    let output = Command::new("node").arg(&script).output();
    let output = output.expect("Node runs; tests/run installs it");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{page}: {told}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn believes(key: String, token: &str) -> String {
    let settings = IdentitySettings {
        mode: IdentityMode::Optional,
        keys: vec![Secret::new(key)],
        audience: "help".to_owned(),
        leeway_seconds: 60,
    };
    let now = Timestamp::from(SystemTime::now());
    let identity = Keyring::new(&settings).unwrap().identify(token, now);
    identity.unwrap().subject
}

#[test]
fn tokens_made_as_the_handbook_says_are_believed() {
    let secret = "a secret of the host, long enough to be one";
    let account = "{ id: '4711', name: 'Ada' }";
    let print = format!("console.log(tokenFor({account}, {secret:?}));");
    let token = run_script("identity.md", 0, &print);
    assert_eq!(believes(format!("shop:HS256:{secret}"), &token), "4711");

    let print = format!(
        "import {{ generateKeyPairSync }} from 'node:crypto';\n\
         const pair = generateKeyPairSync('ed25519');\n\
         const pem = pair.privateKey.export({{ type: 'pkcs8', format: 'pem' }});\n\
         console.log(pair.publicKey.export({{ type: 'spki', format: 'der' }}).toString('base64'));\n\
         console.log(tokenFor({account}, pem));"
    );
    let printed = run_script("identity.md", 1, &print);
    let (public, token) = printed.split_once('\n').unwrap();
    assert_eq!(believes(format!("curve:EdDSA:{public}"), token), "4711");
}

#[test]
fn signatures_are_verified_as_the_handbook_says() {
    let secret = SigningSecret::generate();
    let (id, moment, body) = ("msg_1", 1_795_305_600, r#"{"type":"ticket.created"}"#);
    let headers = serde_json::json!({
        "webhook-id": id,
        "webhook-timestamp": moment.to_string(),
        "webhook-signature": format!("v1,AAAA {}", secret.sign(id, moment, body.as_bytes())),
    });
    let check = |secret: &str, body: &str, now: i64| {
        let call = format!("console.log(isFromMondo({secret:?}, {headers}, {body:?}, {now}));");
        run_script("keys-and-webhooks.md", 0, &call)
    };
    assert_eq!(check(&secret.reveal(), body, moment + 10), "true");
    assert_eq!(check(&secret.reveal(), "{}", moment + 10), "false");
    assert_eq!(check(&secret.reveal(), body, moment + 600), "false");
    let other = SigningSecret::generate();
    assert_eq!(check(&other.reveal(), body, moment + 10), "false");
}
