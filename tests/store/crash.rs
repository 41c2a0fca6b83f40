//! A process killed while it writes: what it acknowledged is there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use mondo::conversation::{FileLimits, FileName, SaidName, recognise};
use mondo::ids::AnswerId;
use mondo::store::{NewAttachment, Owner, Store};

use crate::channels::conversation;
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

/// Names the folder to attach to, in the process that is going to be killed.
const FILES_FOLDER: &str = "MONDO_TEST_ATTACHING_FOLDER";

#[tokio::test]
async fn what_a_killed_process_said_is_attached_is_there() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut child = Command::new(std::env::current_exe().expect("tests run from a file"))
        .args(["--exact", "crash::attaches_until_killed", "--nocapture"])
        .env(FILES_FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be started again");
    let stdout = child.stdout.take().expect("it was piped");
    let mut acknowledged = Vec::new();
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        let mut ids = line.split(' ');
        let pair = (
            ids.next().and_then(|id| id.parse().ok()),
            ids.next().and_then(|id| id.parse().ok()),
        );
        if let (Some(conversation), Some(id)) = pair {
            acknowledged.push((conversation, id));
        }
        if acknowledged.len() == 40 {
            child.kill().expect("the child runs");
        }
    }
    child.wait().expect("the child was ours");
    assert!(acknowledged.len() >= 40, "{} files", acknowledged.len());

    let store = Store::open(folder.path(), now())
        .await
        .expect("the file is whole");
    for (conversation, id) in &acknowledged {
        let attachment = store.reader().attachment(conversation, id).await;
        let attachment = attachment.expect("it was acknowledged");
        let content = store.attachment_content(&attachment).await;
        assert_eq!(content.expect("it is whole"), CONTENT);
    }
    // What was under way has left nothing that stays: a day later all of it is gone.
    let tomorrow = now().later_by(25 * 60 * 60 * 1_000);
    while store.sweep_attachments(tomorrow).await.expect("swept") > 0 {}
    let left = std::fs::read_dir(folder.path().join("attachments")).expect("a folder");
    for folder in left {
        let folder = folder.expect("readable").path();
        let files = std::fs::read_dir(folder).expect("a folder").count();
        assert_eq!(files, 0, "files nobody knows");
    }
}

const CONTENT: &[u8] = &[b'x'; 20_000];

/// Does nothing unless the test above starts it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attaches_until_killed() {
    let Ok(folder) = std::env::var(FILES_FOLDER) else {
        return;
    };
    let store = Store::open(Path::new(&folder), now())
        .await
        .expect("the folder is writable");
    let limits = FileLimits {
        bytes: 1_000_000,
        pixels: 1,
    };
    let file = recognise(CONTENT, limits).expect("plain text");
    let writers = (0..4).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let opened = conversation();
            let id = opened.id;
            store
                .open_conversation(opened, Owner::Staff, None)
                .await
                .expect("opened");
            for _ in 0..50 {
                let new = NewAttachment {
                    conversation: id,
                    agent: None,
                    name: FileName::new(&SaidName::new("log.txt"), file.kind),
                    file,
                    content: CONTENT.to_vec(),
                    request: None,
                    now: now(),
                };
                let kept = store.keep_attachment(new).await.expect("kept");
                writeln!(std::io::stdout(), "{id} {}", kept.id)
                    .expect("the parent listens until it kills");
            }
        })
    });
    futures_util::future::join_all(writers).await;
}
