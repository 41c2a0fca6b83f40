//! `mondo kb diff` tells what an edit changes before visitors do.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// A copy of the shop's base under git, in its first state.
fn shop() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/knowledge");
    copy(&from, &place.path().join("kb"));
    git(&place, &["init", "--quiet"]);
    git(&place, &["add", "."]);
    let who = ["-c", "user.name=a", "-c", "user.email=a@shop.example"];
    let commit = ["commit", "--quiet", "-m", "first"];
    git(&place, &[&who[..], &commit[..]].concat());
    place
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

fn git(place: &TempDir, arguments: &[&str]) {
    let status = Command::new("git")
        .current_dir(place.path())
        .args(arguments)
        .status();
    assert!(status.unwrap().success(), "git {arguments:?}");
}

/// Exit code, output and talk of `mondo kb diff`.
fn diff(place: &TempDir, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_mondo"))
        .current_dir(place.path())
        .env("MONDO__ENCODER__MODE", "fast")
        .args(["kb", "diff"])
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn an_edit_is_judged_against_a_revision() {
    let place = shop();
    let (code, said, talk) = diff(
        &place,
        &["HEAD", "--kb", "kb", "--fail-on", "wrong,lost,another"],
    );
    assert_eq!(code, Some(0), "{talk}");
    assert!(said.contains("0 lost"), "{said}");

    // The question on hours is asked by another article now, and one article is gone.
    fs::remove_dir_all(place.path().join("kb/shop/tea-school")).unwrap();
    let questions = place.path().join("asked.jsonl");
    fs::write(
        &questions,
        "{\"id\":\"1\",\"lang\":\"en\",\"text\":\"tea ceremony class\",\"relevant\":[\"tea-school\"]}\n",
    )
    .unwrap();
    let edited = ["HEAD", "--kb", "kb", "--questions", "asked.jsonl"];
    let (code, said, talk) = diff(&place, &[&edited[..], &["--format", "json"]].concat());
    assert_eq!(code, Some(0), "{talk}");
    let report: Value = serde_json::from_str(&said).unwrap();
    let lost: Vec<&Value> = report["differences"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["before"]["article"] == "tea-school")
        .collect();
    assert!(
        lost.iter().any(|one| one["text"] == "tea ceremony class"),
        "{report}"
    );
    assert!(
        lost.iter()
            .all(|one| one["change"] == "lost" || one["change"] == "wrong"),
        "{report}"
    );

    let (code, said, _) = diff(&place, &[&edited[..], &["--fail-on", "lost"]].concat());
    assert_eq!(code, Some(1), "{said}");
    let (_, said, _) = diff(&place, &[&edited[..], &["--format", "junit"]].concat());
    assert!(
        said.contains("<failure message=\"lost: tea-school"),
        "{said}"
    );
    let (_, said, _) = diff(&place, &[&edited[..], &["--format", "markdown"]].concat());
    assert!(
        said.contains("| tea ceremony class (en) | tea-school"),
        "{said}"
    );
}

#[test]
fn a_state_that_is_not_there_is_named() {
    let place = shop();
    let (code, said, talk) = diff(&place, &["no-such-state", "--kb", "kb"]);
    assert_ne!(code, Some(0));
    assert!(said.is_empty(), "{said}");
    for part in ["no-such-state", "neither a folder nor a git revision"] {
        assert!(talk.contains(part), "{talk}");
    }
}
