//! Counts of days as an operator takes them elsewhere.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::SystemTime;

use mondo::store::Store;
use mondo::time::Timestamp;

use crate::mondo;

fn outcomes(data: &Path, arguments: &[&str]) -> Output {
    let mut command = mondo();
    command
        .args(["insights", "outcomes"])
        .args(arguments)
        .arg("--data")
        .arg(data);
    command.output().expect("it runs")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

async fn opened(folder: &Path) -> std::path::PathBuf {
    let data = folder.join("data");
    let now = Timestamp::from(SystemTime::now());
    drop(Store::open(&data, now).await.unwrap());
    data
}

#[tokio::test]
async fn parts_stand_in_a_table_with_columns_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let data = opened(folder.path()).await;
    let file = folder.path().join("outcomes.csv");
    let written = outcomes(
        &data,
        &[
            "--format",
            "csv",
            "--parts",
            "--into",
            file.to_str().unwrap(),
        ],
    );
    assert!(written.status.success(), "{}", told(&written));
    assert!(written.stdout.is_empty());
    let table = fs::read_to_string(&file).unwrap();
    assert_eq!(table, "day,part,name,language,outcome,count\n");
    let plain = outcomes(&data, &["--format", "csv"]);
    assert_eq!(plain.stdout, b"day,language,outcome,count\n");
    let refused = outcomes(&data, &["--format", "json", "--parts"]);
    assert!(!refused.status.success());
    assert!(
        told(&refused).contains("--format csv"),
        "{}",
        told(&refused)
    );
}

#[cfg(feature = "arrow")]
#[tokio::test]
async fn an_arrow_file_goes_to_a_pipe_as_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = opened(folder.path()).await;
    let file = folder.path().join("outcomes.arrow");
    let written = outcomes(
        &data,
        &["--format", "arrow", "--into", file.to_str().unwrap()],
    );
    assert!(written.status.success(), "{}", told(&written));
    let piped = outcomes(&data, &["--format", "arrow"]);
    assert!(piped.status.success(), "{}", told(&piped));
    let written = fs::read(&file).unwrap();
    assert_eq!(piped.stdout, written);
    let read = arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(written), None).unwrap();
    let columns: Vec<String> = read
        .schema()
        .fields()
        .iter()
        .map(|field| format!("{} {}", field.name(), field.data_type()))
        .collect();
    assert_eq!(
        columns,
        [
            "day Date32",
            "part Utf8",
            "name Utf8",
            "language Utf8",
            "outcome Utf8",
            "count Int64"
        ]
    );
}

#[cfg(not(feature = "arrow"))]
#[tokio::test]
async fn without_the_feature_it_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = opened(folder.path()).await;
    let refused = outcomes(&data, &["--format", "arrow"]);
    assert!(!refused.status.success());
    let told = told(&refused);
    assert!(
        told.contains("--features arrow") && told.contains("--parts"),
        "{told}"
    );
}
