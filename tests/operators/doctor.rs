//! `mondo doctor` says what is right and what is not, and its exit code says whether anything is wrong.

use std::path::Path;

use crate::{knowledge, mondo};

/// The lines, and the exit code.
fn examined(folder: &Path, kb: &Path, settings: &str) -> (String, Option<i32>) {
    let file = folder.join("mondo.toml");
    std::fs::write(&file, settings).unwrap();
    let output = mondo()
        .arg("doctor")
        .arg("--config")
        .arg(&file)
        .arg("--data")
        .arg(folder.join("data"))
        .arg("--kb")
        .arg(kb)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    (told, output.status.code())
}

#[test]
fn what_is_right_and_what_is_not_is_told_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    let (told, code) = examined(folder.path(), &knowledge(), "");
    assert_eq!(code, Some(0), "{told}");
    for part in [
        "ok    settings",
        "ok    data",
        "note  database",
        "ok    knowledge",
        "8 articles",
    ] {
        assert!(told.contains(part), "{part:?} is not in\n{told}");
    }

    let wrong = "[http]\norigins = [\"www.example.com\"]\n[http.site]\naddress = \"help.example.com\"\n\
        [identity]\nmode = \"enforced\"\n[schedule]\nfile = \"gone.toml\"\n";
    let (told, code) = examined(folder.path(), &folder.path().join("gone"), wrong);
    assert_eq!(code, Some(1), "{told}");
    for part in [
        "FAULT knowledge",
        "FAULT address",
        "FAULT origins",
        "FAULT identity",
        "FAULT hours",
        "https://help.example.com",
    ] {
        assert!(told.contains(part), "{part:?} is not in\n{told}");
    }

    let (told, code) = examined(folder.path(), &knowledge(), "[htp]\n");
    assert_eq!(code, Some(1), "{told}");
    assert!(
        told.contains("FAULT settings") && told.contains("`htp`"),
        "{told}"
    );
}
