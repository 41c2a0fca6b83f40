//! `mondo model` and `mondo encode`, as one types them: what they print, what they leave on disk, and how they refuse.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Exit codes: what was checked is wrong; something around the program is.
const CHECK_FAILED: i32 = 1;
const ENVIRONMENT: i32 = 3;

/// What a command said.
struct Said {
    code: Option<i32>,
    output: Vec<u8>,
    talk: String,
}

impl Said {
    #[track_caller]
    fn text(&self) -> &str {
        assert_eq!(self.code, Some(0), "{}", self.talk);
        std::str::from_utf8(&self.output).unwrap()
    }

    #[track_caller]
    fn refuses(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.talk);
        assert!(self.output.is_empty(), "errors are talk, not data");
        for part in parts {
            assert!(self.talk.contains(part), "{part:?} is not in {}", self.talk);
        }
    }
}

/// A folder with a model, a damaged copy of it, a small knowledge base and settings.
struct Workplace(TempDir);

impl Workplace {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        copy(&root.join("models/mondo-static-v1"), &place.path("sound"));
        copy(&root.join("models/mondo-static-v1"), &place.path("damaged"));
        copy(&root.join("tests/knowledge"), &place.path("kb"));
        let weights = place.path("damaged/model.safetensors");
        let bytes = fs::read(&weights).unwrap();
        fs::write(&weights, &bytes[..bytes.len() / 2]).unwrap();
        fs::write(
            place.path("mondo.toml"),
            "# ours\n[server]\nkb = \"kb\"\ndata = \"data\"\n",
        )
        .unwrap();
        place
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn settings(&self) -> String {
        fs::read_to_string(self.path("mondo.toml")).unwrap()
    }

    fn says(&self, arguments: &[&str], input: &[u8]) -> Said {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mondo"))
            .args(arguments)
            .current_dir(self.0.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let said = child.wait_with_output().unwrap();
        Said {
            code: said.status.code(),
            output: said.stdout,
            talk: String::from_utf8(said.stderr).unwrap(),
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn lines_become_vectors_of_length_one() {
    let place = Workplace::new();
    let said = place.says(&["encode"], "withdraw\n出金が届かない\n출금\n".as_bytes());
    let lines: Vec<Vec<f32>> = said
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    for vector in &lines {
        let length: f32 = vector.iter().map(|value| value * value).sum();
        assert_eq!(vector.len(), 256);
        assert!((length - 1.0).abs() < 1e-3, "{length}");
    }

    let raw = place.says(
        &["encode", "--format", "raw", "--model", "sound"],
        "withdraw\n출금\n".as_bytes(),
    );
    assert_eq!(raw.code, Some(0), "{}", raw.talk);
    let floats: Vec<f32> = raw
        .output
        .chunks_exact(4)
        .map(|four| f32::from_le_bytes(four.try_into().unwrap()))
        .collect();
    assert_eq!(floats, [lines[0].clone(), lines[2].clone()].concat());

    place
        .says(&["encode", "--model", "damaged"], b"withdraw\n")
        .refuses(
            ENVIRONMENT,
            &["damaged/model.safetensors", "fetch the folder again"],
        );
}

#[test]
fn folders_are_listed_told_and_verified() {
    let place = Workplace::new();
    let listed = place.says(&["model", "list", "--models", ".", "--format", "json"], b"");
    let listed: Vec<Value> = listed
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let in_use: Vec<&Value> = listed
        .iter()
        .filter(|model| model["in_use"] == true)
        .collect();
    assert_eq!(in_use.len(), 1);
    assert_eq!(in_use[0]["place"], "built-in");
    let people = place.says(&["model", "list", "--models", "."], b"");
    assert!(
        people.text().contains("damaged") && people.text().contains("unusable"),
        "{}",
        people.text()
    );

    let told: Value = serde_json::from_str(
        place
            .says(&["model", "info", "sound", "--format", "json"], b"")
            .text(),
    )
    .unwrap();
    assert_eq!(told["dimension"], 256);
    assert_eq!(told["identity"], in_use[0]["identity"]);

    assert_eq!(place.says(&["model", "verify", "sound"], b"").code, Some(0));
    place.says(&["model", "verify", "damaged"], b"").refuses(
        CHECK_FAILED,
        &["damaged/model.safetensors", "fetch the folder again"],
    );
    place
        .says(&["model", "verify", "kb"], b"")
        .refuses(CHECK_FAILED, &["kb"]);
    place
        .says(&["model", "info", "nowhere"], b"")
        .refuses(ENVIRONMENT, &["nowhere"]);
}

#[test]
fn a_model_is_taken_into_use_whole_or_not_at_all() {
    let place = Workplace::new();
    let taken = place.says(&["model", "use", "sound"], b"");
    assert_eq!(taken.code, Some(0), "{}", taken.talk);
    assert!(
        taken.talk.contains("8 articles are encoded"),
        "{}",
        taken.talk
    );
    let settings = place.settings();
    assert!(settings.starts_with("# ours\n"), "{settings}");
    assert!(
        settings.contains("[encoder]\nmodel = \"sound\""),
        "{settings}"
    );

    place.says(&["model", "use", "damaged"], b"").refuses(
        ENVIRONMENT,
        &["mondo.toml is left as it was", "damaged/model.safetensors"],
    );
    assert_eq!(place.settings(), settings);

    // The index that was made for the model is the one a question opens.
    let asked = place.says(
        &["ask", "--format", "json", "Do I pay import duty on tea?"],
        b"",
    );
    let answer: Value = serde_json::from_str(asked.text()).unwrap();
    assert_eq!(answer["decision"], "answer");

    assert_eq!(place.says(&["model", "use", "built-in"], b"").code, Some(0));
    assert!(
        place.settings().contains("model = \"\""),
        "{}",
        place.settings()
    );
}
