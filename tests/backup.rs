//! A backup is made while the server writes, the original is destroyed, and what was acknowledged is there again.

use std::fs;
use std::path::Path;
use std::process::Command;

use mondo::backup::{self, BackupError, BackupSource, Manifest};
use mondo::conversation::NewConversation;
use mondo::ids::ConversationId;
use mondo::store::Store;
use mondo::time::Timestamp;

fn now() -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000)
}

#[tokio::test]
async fn the_original_is_destroyed_and_everything_acknowledged_comes_back() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    let knowledge = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/knowledge");
    let store = Store::open(&at("data"), now()).await.unwrap();
    let keys = fs::read(at("data/link.keys")).unwrap();
    fs::copy(at("data/master.keys"), at("apart.keys")).unwrap();
    let mut before = Vec::new();
    for _ in 0..20 {
        before.push(opened(&store).await);
    }
    // Writing goes on while the copy is made.
    let writing = tokio::spawn({
        let store = store.clone();
        async move {
            for _ in 0..50 {
                opened(&store).await;
            }
        }
    });
    let source = BackupSource {
        data: at("data"),
        knowledge: knowledge.clone(),
        master_keys: None,
    };
    let manifest = backup::make(&source, &at("kept"), now()).await.unwrap();
    writing.await.unwrap();
    assert!(
        manifest
            .files
            .iter()
            .any(|file| file.path == "data/mondo.sqlite")
    );
    assert!(matches!(
        backup::make(&source, &at("kept"), now()).await,
        Err(BackupError::TargetInUse { .. })
    ));

    drop(store);
    fs::remove_dir_all(at("data")).unwrap();

    let mut archive = Vec::new();
    backup::pack(&at("kept"), &mut archive).unwrap();
    backup::unpack(archive.as_slice(), &at("elsewhere")).unwrap();
    let restored = backup::restore(&at("elsewhere"), &at("data"), &at("articles"), None).unwrap();
    assert!(!restored.has_master_keys, "whoever finds it reads nothing");
    let refused = Store::open(&at("data"), now()).await.unwrap_err();
    assert!(
        refused.to_string().contains("put the file back"),
        "{refused}"
    );
    fs::copy(at("apart.keys"), at("data/master.keys")).unwrap();
    assert_eq!(restored.files, manifest.files.len());
    assert_eq!(fs::read(at("data/link.keys")).unwrap(), keys);
    let store = Store::open(&at("data"), now()).await.unwrap();
    for id in before {
        store.reader().conversation(&id).await.unwrap();
    }
    assert_eq!(
        mondo::knowledge::load_folder(&at("articles"))
            .unwrap()
            .knowledge
            .articles
            .len(),
        mondo::knowledge::load_folder(&knowledge)
            .unwrap()
            .knowledge
            .articles
            .len()
    );
    assert!(matches!(
        backup::restore(&at("kept"), &at("data"), &at("articles"), None),
        Err(BackupError::WouldOverwrite { .. })
    ));
}

#[test]
fn a_damaged_backup_is_named_and_not_put_back() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    fs::create_dir_all(at("kept/data")).unwrap();
    fs::write(at("kept/data/link.keys"), "key").unwrap();
    let mondo = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_mondo"))
            .args(arguments)
            .current_dir(root.path())
            .output()
            .unwrap()
    };
    let refused = mondo(&["restore", "kept"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is no backup"));

    let data = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(data.path(), now()).await.unwrap();
        opened(&store).await;
    });
    let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/knowledge");
    let folder = data.path().to_str().unwrap();
    let made = mondo(&["backup", "whole", "--data", folder, "--kb", shop]);
    assert!(made.status.success(), "{made:?}");
    assert!(mondo(&["backup", "whole", "--check"]).status.success());
    fs::write(at("whole/data/link.keys"), "another").unwrap();
    let found = mondo(&["backup", "whole", "--check"]);
    assert_eq!(found.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&found.stdout).contains("data/link.keys: its content has changed")
    );
    let refused = mondo(&["restore", "whole", "--data", "new", "--kb", "articles"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(!at("new").exists());
    assert_eq!(Manifest::read(&at("whole")).unwrap().format, 1);
}

async fn opened(store: &Store) -> ConversationId {
    use mondo::conversation::{Channel, Conversation, Standing};
    let conversation = Conversation {
        id: ConversationId::generate(now()),
        standing: Standing::OPENED,
        language: None,
        script: None,
        opened_with: NewConversation::default(),
        last_sequence: 0,
        waiting_since: None,
        held_since: None,
        agent_spoke: None,
        snoozed_until: None,
        woken: None,
        page: None,
        created: now(),
        channel: Channel::Web,
        address: None,
    };
    let opened = store
        .open_conversation(conversation, mondo::store::Owner::Staff, None)
        .await
        .unwrap();
    opened.id
}
