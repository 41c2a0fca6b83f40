//! A process killed while it writes: what it acknowledged is there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use mondo::conversation::AnswerId;
use mondo::store::Store;

use crate::{now, record};

/// Names the folder to write to, in the process that is going to be killed.
const FOLDER: &str = "MONDO_TEST_WRITER_FOLDER";

/// Acknowledged writes after which the process is killed.
const ENOUGH: usize = 300;

#[tokio::test]
async fn what_a_killed_process_acknowledged_is_there() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut child = Command::new(std::env::current_exe().expect("tests run from a file"))
        .args(["--exact", "crash::writes_until_killed", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be started again");
    let stdout = child.stdout.take().expect("it was piped");
    let mut acknowledged: Vec<AnswerId> = Vec::new();
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        // The test harness prints lines of its own.
        if let Ok(id) = line.parse() {
            acknowledged.push(id);
        }
        if acknowledged.len() == ENOUGH {
            // SIGKILL; lines that are in the pipe already are still read.
            child.kill().expect("the child runs");
        }
    }
    child.wait().expect("the child was ours");
    assert!(
        acknowledged.len() >= ENOUGH,
        "{} writes",
        acknowledged.len()
    );

    let store = Store::open(folder.path(), now())
        .await
        .expect("the file is whole");
    for id in &acknowledged {
        store
            .reader()
            .answer(id)
            .await
            .expect("it was acknowledged");
    }
}

/// Does nothing unless the test above starts it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_until_killed() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let store = Store::open(Path::new(&folder), now())
        .await
        .expect("the folder is writable");
    let writers = (0..16).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            loop {
                let record = record("출금이 안 돼요");
                let id = record.id;
                store.record_answer(record).await.expect("recorded");
                writeln!(std::io::stdout(), "{id}").expect("the parent listens until it kills");
            }
        })
    });
    futures_util::future::join_all(writers).await;
}
