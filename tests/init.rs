//! `mondo init`: from an empty folder to a first answer, by the commands a newcomer types.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Output};

fn mondo(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mondo"))
        .current_dir(folder)
        .env("MONDO__ENCODER__MODE", "fast")
        .args(arguments)
        .output()
        .unwrap()
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn an_empty_folder_answers_after_one_command() {
    let folder = tempfile::tempdir().unwrap();
    let made = mondo(
        folder.path(),
        &[
            "init",
            "shop",
            "--name",
            "Blue Door",
            "--languages",
            "en,ko",
            "--domains",
            "bluedoor.example",
            "--admin",
            "mina@bluedoor.example",
        ],
    );
    let (password, told) = said(&made);
    assert!(made.status.success(), "{told}");
    assert!(password.trim().len() >= 12, "{password}");
    assert!(told.contains("cd shop && mondo serve"), "{told}");

    let shop = folder.path().join("shop");
    let checked = mondo(&shop, &["kb", "check"]);
    assert!(checked.status.success(), "{:?}", said(&checked));
    for (question, answer) in [
        (
            "do you ever ask for my password",
            "Nobody of our team ever asks",
        ),
        ("여기서 뭘 물어볼 수 있어요?", "편하게 물어보세요"),
    ] {
        let (text, told) = said(&mondo(&shop, &["ask", question]));
        assert!(text.contains(answer), "{question}: {text} {told}");
        let all = format!("{text}\n{told}");
        let id = all.split("mondo explain ").nth(1).unwrap();
        let (why, told) = said(&mondo(
            &shop,
            &["explain", id.split_whitespace().next().unwrap()],
        ));
        let first = why.lines().next().unwrap_or_default();
        assert!(first.contains("was given: mondo was"), "{why} {told}");
    }
    let (accounts, _) = said(&mondo(&shop, &["user", "list"]));
    assert!(accounts.contains("mina@bluedoor.example"), "{accounts}");
    let (settings, _) = said(&mondo(&shop, &["config", "check", "--print"]));
    assert!(
        settings.contains("http.site.name = \"Blue Door\""),
        "{settings}"
    );

    // What is there stays as it is.
    let again = mondo(folder.path(), &["init", "shop", "--name", "Other"]);
    assert_eq!(again.status.code(), Some(3));
    assert!(
        said(&again).1.contains("there already"),
        "{:?}",
        said(&again)
    );
}

#[test]
fn what_a_script_leaves_out_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let refused = mondo(folder.path(), &["init", "shop"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(said(&refused).1.contains("--name"));
    assert!(!folder.path().join("shop").exists(), "nothing half-written");
    let refused = mondo(
        folder.path(),
        &["init", "shop", "--name", "X", "--languages", "en,fr"],
    );
    assert_eq!(refused.status.code(), Some(2));
}
