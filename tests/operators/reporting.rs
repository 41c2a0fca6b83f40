//! Reports as an operator writes them at the command line, and gives them to others to check.

use std::fs;
use std::path::Path;
use std::process::Output;

use mondo::store::Store;
use mondo::time::Timestamp;

use crate::mondo;

fn report(data: &Path, arguments: &[&str]) -> Output {
    let mut command = mondo();
    command
        .arg("report")
        .args(arguments)
        .arg("--data")
        .arg(data);
    command.output().expect("it runs")
}

#[tokio::test]
async fn a_report_is_signed_and_whoever_checks_it_finds_what_was_altered() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let store = Store::open(&data, Timestamp::from_millis(0)).await.unwrap();
    drop(store);
    let into = folder.path().join("report");
    let shown = into.to_str().unwrap();
    let told = report(
        &data,
        &["--month", "2026-10", "--language", "ko", "--into", shown],
    );
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
    let page = fs::read_to_string(into.join("report.html")).unwrap();
    assert!(
        page.contains("lang=\"ko\"") && page.contains("2026-10"),
        "{page}"
    );
    assert!(page.contains("약속") || page.contains("정확도"), "{page}");
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));

    let checked = |key: Option<&str>| {
        let mut arguments = vec!["--verify", shown];
        arguments.extend(key.into_iter().flat_map(|key| ["--public-key", key]));
        report(&data, &arguments)
    };
    assert_eq!(checked(None).status.code(), Some(0));
    let other = "11".repeat(32);
    let told = checked(Some(&other));
    assert_eq!(told.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&told.stderr).contains("not with the key"));

    let table = into.join("report.csv");
    let before = fs::read_to_string(&table).unwrap();
    fs::write(&table, before.replace(",0\n", ",1\n")).unwrap();
    let told = checked(None);
    assert_eq!(told.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&told.stderr).contains("report.csv"));
    // Another digest in the manifest does not help.
    fs::write(&table, &before).unwrap();
    let manifest = into.join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    let digit = text.find("report.html\": \"").unwrap() + "report.html\": \"".len();
    let mut forged = text.into_bytes();
    forged[digit] = if forged[digit] == b'0' { b'1' } else { b'0' };
    fs::write(&manifest, forged).unwrap();
    assert_eq!(checked(None).status.code(), Some(1));
}

#[test]
fn a_month_that_is_none_is_refused_with_what_to_write() {
    let told = report(Path::new("nowhere"), &["--month", "October"]);
    assert_eq!(told.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&told.stderr).contains("2026-11"));
}
