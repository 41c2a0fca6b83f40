//! Whoever alters the record without its key is found: every way of it that is tried here is named.

use std::path::Path;

use mondo::ids::ConversationId;
use mondo::record::RecordKey;
use mondo::staff::{NewAgent, PasswordHash, Role};
use mondo::store::{Fault, Owner, Reader, Store, Verified, Verifying};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::channels::conversation;
use crate::{Fixture, answer, escalation, now, turn};

/// Three conversations of several events and a few lines of the staff log, all of it signed for.
async fn recorded() -> (Fixture, Vec<ConversationId>) {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let mut ids = Vec::new();
    for number in 0..3 {
        let opened = store.open_conversation(conversation(), Owner::Staff, None);
        let id = opened.await.expect("opened").id;
        for text in ["first", "second", "third"] {
            let said = turn(id, &format!("{text} of {number}"), answer(), None);
            store.take_turn(said).await.expect("taken");
        }
        let said = turn(id, "a person, please", escalation(), None);
        store.take_turn(said).await.expect("taken");
        ids.push(id);
    }
    for name in ["ada", "ben", "cleo"] {
        let address = format!("{name}@example.com");
        let new = NewAgent::new(&address, name, Role::Agent).expect("valid");
        let hash = PasswordHash::stored("nobody signs in here".to_owned());
        let added = store.add_agent(new, hash, "operator".to_owned(), now());
        added.await.expect("the address is free");
    }
    store.checkpoint(now()).await.expect("signed");
    ids.sort();
    (fixture, ids)
}

async fn verify(data: &Path, verifying: Verifying) -> (Verified, Vec<Fault>) {
    let reader = Reader::open(data).await.expect("opens");
    let mut faults = Vec::new();
    let verified = reader
        .verify_record(data, verifying, &mut |fault| faults.push(fault))
        .await
        .expect("looks at everything");
    (verified, faults)
}

/// Copies a data folder and does something to the copy's database, as somebody would who can write the file.
async fn tampered(data: &Path, statements: &[String]) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for name in ["mondo.sqlite", "master.keys", "record.head"] {
        std::fs::copy(data.join(name), copy.path().join(name)).expect("copied");
    }
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(copy.path().join("mondo.sqlite"))
        .foreign_keys(false)
        .connect()
        .await
        .expect("opens");
    for statement in statements {
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.clone()))
            .execute(&mut connection)
            .await;
        done.expect(statement);
    }
    connection.close().await.expect("closes");
    copy
}

#[tokio::test]
async fn a_record_that_nobody_touched_verifies_and_counts_everything() {
    let (fixture, ids) = recorded().await;
    let head = fixture.store.reader().record_head().await.expect("read");
    let head = head.expect("signed");
    let verifying = Verifying {
        since: None,
        public_key: Some(head.public_key),
    };
    let (verified, faults) = verify(fixture.folder.path(), verifying).await;
    assert_eq!(faults, []);
    assert_eq!((verified.conversations, verified.lines), (3, 3));
    assert_eq!((verified.checkpoints, verified.erased), (1, 0));
    assert!(verified.events > 24, "{verified:?}");

    let again = fixture.store.checkpoint(now()).await.expect("looked");
    assert_eq!(again, None, "nothing has grown");
    let said = turn(ids[0], "one more", escalation(), None);
    fixture.store.take_turn(said).await.expect("taken");
    let next = fixture.store.checkpoint(now()).await.expect("signed");
    let next = next.expect("something has grown");
    assert_eq!(next.checkpoint.previous, head.checkpoint.hash());
    assert_eq!(next.checkpoint.leaves, 1);
    let (verified, faults) = verify(fixture.folder.path(), verifying).await;
    assert_eq!((faults, verified.checkpoints), (vec![], 2));

    let stranger = Verifying {
        since: None,
        public_key: Some(RecordKey::generate().public()),
    };
    let (_, faults) = verify(fixture.folder.path(), stranger).await;
    assert_eq!(faults.len(), 2, "{faults:?}");
    let later = Verifying {
        since: Some(now().later_by(1)),
        public_key: None,
    };
    let (verified, faults) = verify(fixture.folder.path(), later).await;
    assert_eq!((verified.conversations, faults), (0, vec![]));
}

#[tokio::test]
async fn every_way_of_altering_it_is_named() {
    let (fixture, ids) = recorded().await;
    fixture.store.fold_log().await.expect("folded");
    let data = fixture.folder.path();
    let (one, two) = (ids[0], ids[1]);
    let event = |sequence: i64, column: &str, value: &str| {
        format!(
            "UPDATE events SET {column} = {value} WHERE conversation = '{one}' AND sequence = {sequence}"
        )
    };
    let message = |column: &str, value: &str| {
        format!(
            "UPDATE messages SET {column} = {value} WHERE conversation = '{one}' AND sequence = 3"
        )
    };
    let in_one = |sequence: i64| format!("conversation {one}, event {sequence}: ");
    let cases: Vec<(&str, Vec<String>, String)> = vec![
        (
            "a flipped byte of sealed words",
            vec![message("text_sealed", "SUBSTR(text_sealed, 1, 70) || CASE SUBSTR(text_sealed, 71, 1) WHEN 'A' THEN 'B' ELSE 'A' END || SUBSTR(text_sealed, 72)")],
            in_one(3) + "it cannot be read",
        ),
        (
            "plain words in place of sealed ones",
            vec![message("text_sealed", "'I never said that'")],
            in_one(3) + "its content is not what was recorded",
        ),
        (
            "the sealed words of another message",
            vec![message("text_sealed", &format!("(SELECT text_sealed FROM messages WHERE conversation = '{one}' AND sequence = 1)"))],
            in_one(3) + "its content is not what was recorded",
        ),
        (
            "another author",
            vec![message("author", "'agent'")],
            in_one(3) + "its content is not what was recorded",
        ),
        (
            "a message that was taken away",
            vec![format!("DELETE FROM messages WHERE conversation = '{one}' AND sequence = 3")],
            in_one(3) + "what it is about has gone",
        ),
        (
            "another time",
            vec![event(2, "created", "created + 1")],
            in_one(2) + "it was altered, moved or put in",
        ),
        (
            "another kind",
            vec![event(2, "kind", "'state'")],
            in_one(2) + "it was altered, moved or put in",
        ),
        (
            "an event that was dropped",
            vec![format!("DELETE FROM events WHERE conversation = '{one}' AND sequence = 4")],
            in_one(4) + "it is missing; 5 follows",
        ),
        (
            "two events in another order",
            vec![event(2, "sequence", "-1"), event(3, "sequence", "2"), event(-1, "sequence", "3")],
            in_one(2),
        ),
        (
            "the end cut off, and the conversation made to agree",
            vec![
                format!("DELETE FROM messages WHERE conversation = '{one}' AND sequence > 4"),
                format!("DELETE FROM events WHERE conversation = '{one}' AND sequence > 4"),
                format!("UPDATE conversations SET last_sequence = 4, head = (SELECT link FROM events WHERE conversation = '{one}' AND sequence = 4) WHERE id = '{one}'"),
            ],
            in_one(4) + "it is the newest event, and checkpoint 1 vouches",
        ),
        (
            "the end cut off",
            vec![format!("DELETE FROM events WHERE conversation = '{one}' AND sequence > 4")],
            in_one(4) + "the stream ends here",
        ),
        (
            "an event that was repeated",
            vec![format!("INSERT INTO events SELECT conversation, 1000, kind, subject, created, commitment, link FROM events WHERE conversation = '{one}' AND sequence = 2")],
            format!("conversation {one}, event "),
        ),
        (
            "a message that was repeated",
            vec![format!("INSERT INTO messages (id, conversation, sequence, episode, author, text_sealed, created) SELECT 'again', conversation, 1000, episode, author, text_sealed, created FROM messages WHERE conversation = '{one}' AND sequence = 1")],
            format!("conversation {one}: message again is in no event"),
        ),
        (
            "a message moved to another conversation",
            vec![format!("UPDATE messages SET conversation = '{two}', sequence = 1000 WHERE conversation = '{one}' AND sequence = 3")],
            in_one(3) + "what it is about has gone",
        ),
        (
            "a conversation that was taken away",
            ["messages", "events"].iter().map(|table| format!("DELETE FROM {table} WHERE conversation = '{one}'"))
                .chain([format!("DELETE FROM conversations WHERE id = '{one}'")]).collect(),
            format!("conversation {one}: it has gone, and checkpoint 1 vouches for it"),
        ),
        (
            "a conversation said to be erased",
            vec![format!("UPDATE conversations SET erased = 1 WHERE id = '{one}'")],
            format!("conversation {one}: it is marked as erased"),
        ),
        (
            "an altered key",
            vec![format!("UPDATE sealing_keys SET wrapped = 'AAAA' WHERE id = (SELECT sealing_key FROM conversations WHERE id = '{one}')")],
            format!("conversation {one}: it cannot be read"),
        ),
        (
            "an act of staff told otherwise",
            vec!["UPDATE staff_log SET actor = 'nobody' WHERE sequence = 2".to_owned()],
            "staff log, line 2: its content is not what was recorded".to_owned(),
        ),
        (
            "an act of staff of another kind",
            vec!["UPDATE staff_log SET action = 'sign_in' WHERE sequence = 2".to_owned()],
            "staff log, line 2: it was altered, moved or put in".to_owned(),
        ),
        (
            "an act of staff that was dropped",
            vec!["DELETE FROM staff_log WHERE sequence = 2".to_owned()],
            "staff log, line 2: it is missing; 3 follows".to_owned(),
        ),
        (
            "the newest act of staff cut off",
            vec!["DELETE FROM staff_log WHERE sequence = 3".to_owned()],
            "staff log, line 2: it is the newest event, and checkpoint 1 vouches for events up to 3".to_owned(),
        ),
        (
            "an altered head of a checkpoint",
            vec![format!("UPDATE checkpoint_leaves SET sequence = 4 WHERE stream = '{one}'")],
            "checkpoint 1: the heads of streams that are kept with it".to_owned(),
        ),
        (
            "a head that was taken away",
            vec![format!("DELETE FROM checkpoint_leaves WHERE stream = '{one}'")],
            "checkpoint 1: the heads of streams that are kept with it".to_owned(),
        ),
        (
            "an altered checkpoint",
            vec!["UPDATE checkpoints SET created = created + 1".to_owned()],
            "checkpoint 1: its signature is not of this checkpoint".to_owned(),
        ),
        (
            "checkpoints taken away",
            vec!["DELETE FROM checkpoint_leaves".to_owned(), "DELETE FROM checkpoints".to_owned()],
            "checkpoints: the data folder names checkpoint 1 with hash".to_owned(),
        ),
    ];
    for (what, statements, expected) in cases {
        let copy = tampered(data, &statements).await;
        let (_, faults) = verify(copy.path(), Verifying::default()).await;
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(
            told.iter().any(|fault| fault.starts_with(&expected)),
            "{what}: {expected:?} is not among {told:#?}"
        );
    }
}

#[tokio::test]
async fn an_older_database_in_its_place_is_noticed() {
    let (fixture, ids) = recorded().await;
    fixture.store.fold_log().await.expect("folded");
    let old = std::fs::read(fixture.store.path()).expect("read");
    let said = turn(ids[0], "one more", escalation(), None);
    fixture.store.take_turn(said).await.expect("taken");
    fixture.store.checkpoint(now()).await.expect("signed");
    let copy = tampered(fixture.folder.path(), &[]).await;
    std::fs::write(copy.path().join("mondo.sqlite"), old).expect("put back");
    let (_, faults) = verify(copy.path(), Verifying::default()).await;
    let told = faults.first().map(ToString::to_string).unwrap_or_default();
    assert!(told.contains("names checkpoint 2 with hash"), "{faults:?}");
}

#[tokio::test]
async fn a_bundle_convinces_a_stranger_and_a_changed_one_does_not() {
    let (fixture, ids) = recorded().await;
    let bundle = fixture.store.bundle(&ids[1], now()).await.expect("bundled");
    let head = fixture.store.reader().record_head().await.expect("read");
    let key = head.expect("signed").public_key;
    let text = serde_json::to_string(&bundle).expect("text keys");
    assert!(text.contains("second of "), "the words are in it");
    let read: mondo::record::Bundle = serde_json::from_str(&text).expect("reads");
    assert_eq!(read.verify(Some(key)), Ok(()));
    let altered = text.replace("second of ", "other of ");
    let altered: mondo::record::Bundle = serde_json::from_str(&altered).expect("reads");
    assert!(altered.verify(Some(key)).is_err());

    // After the person has asked to be erased, the bundle of what remains still verifies.
    fixture
        .store
        .erase_conversation(ids[1], "operator", "asked for", now())
        .await
        .expect("erased");
    let rest = fixture.store.bundle(&ids[1], now()).await.expect("bundled");
    assert_eq!(rest.verify(Some(key)), Ok(()));
    assert!(rest.events.iter().all(|event| event.content.is_none()));
    assert_eq!(rest.events.len(), bundle.events.len());
}

#[tokio::test]
async fn two_processes_that_record_at_once_keep_one_chain() {
    let (fixture, ids) = recorded().await;
    let beside = Store::open(fixture.folder.path(), now())
        .await
        .expect("opens");
    let saying = ids.iter().flat_map(|id| {
        [&fixture.store, &beside].map(|store| async move {
            for number in 0..5 {
                let said = turn(*id, &format!("more {number}"), escalation(), None);
                store.take_turn(said).await.expect("taken");
            }
            store.checkpoint(now()).await.ok();
        })
    });
    futures_util::future::join_all(saying).await;
    fixture.store.checkpoint(now()).await.expect("signed");
    let (_, faults) = verify(fixture.folder.path(), Verifying::default()).await;
    assert_eq!(faults, []);
}
