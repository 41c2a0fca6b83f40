//! The number of changes, by which readers of the queue know whether to read it again.

use mondo::store::{IdempotencyKey, Store, StoreError};

use crate::{Fixture, answer, escalation, keyed, now, record, turn};

#[tokio::test]
async fn the_count_rises_with_what_staff_see_and_with_nothing_else() {
    let Fixture { store, folder } = Fixture::new().await;
    let reader = store.reader().clone();
    let changes = || async { reader.changes().await.expect("read") };
    let id = Fixture {
        store: store.clone(),
        folder: tempfile::tempdir().expect("a temporary folder can be made"),
    }
    .conversation()
    .await;
    let opened = changes().await;
    assert!(opened > 0, "a conversation was opened");

    store
        .record_answer(record("출금이 안 돼요"))
        .await
        .expect("kept");
    store.check().await.expect("all is well");
    store.keep_house(now()).await.expect("kept");
    assert_eq!(changes().await, opened, "nothing that the queue shows");

    let key = Some(keyed("messages", "key-0001", "f"));
    store
        .take_turn(turn(id, "출금이 안 돼요", escalation(), key.clone()))
        .await
        .expect("taken");
    let said = changes().await;
    assert!(said > opened);
    let error = store
        .take_turn(turn(
            id,
            "수수료 얼마예요",
            answer(),
            Some(keyed("messages", "key-0001", "other")),
        ))
        .await
        .expect_err("the key is used");
    assert!(matches!(error, StoreError::KeyReused), "{error:?}");
    assert_eq!(changes().await, said, "a refused change is none");

    // It is the store's, and the same to whoever else reads it.
    let elsewhere = Store::open(folder.path(), now()).await.expect("opens");
    assert_eq!(elsewhere.reader().changes().await.expect("read"), said);
    elsewhere
        .take_turn(turn(id, "수수료 얼마예요", answer(), None))
        .await
        .expect("taken");
    assert!(changes().await > said);
}

#[tokio::test]
async fn keys_are_forgotten_while_the_server_runs() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let id = fixture.conversation().await;
    let first = turn(
        id,
        "출금이 안 돼요",
        answer(),
        Some(keyed("messages", "key-0001", "f")),
    );
    store.take_turn(first).await.expect("taken");
    let again = || {
        let key = Some(keyed("messages", "key-0001", "other"));
        store.take_turn(turn(id, "수수료 얼마예요", answer(), key))
    };
    store
        .keep_house(now().later_by(6 * DAY_MS))
        .await
        .expect("kept");
    let error = again().await.expect_err("still remembered");
    assert!(matches!(error, StoreError::KeyReused), "{error:?}");
    store
        .keep_house(now().later_by(8 * DAY_MS))
        .await
        .expect("kept");
    again().await.expect("nobody repeats the first any more");
    assert!("short".parse::<IdempotencyKey>().is_err());
}

#[tokio::test]
async fn days_of_a_long_time_are_counted_one_piece_after_the_other() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    let Fixture {
        store,
        folder: _folder,
    } = Fixture::new().await;
    store
        .record_answer(record("출금이 안 돼요"))
        .await
        .expect("kept");
    let later = now().later_by(40 * DAY_MS);
    // The next look would be ten minutes later if all were counted.
    for look in 0..2 {
        store.keep_house(later.later_by(look)).await.expect("kept");
    }
    assert_eq!(store.count_outcomes(later).await.expect("counted"), 0);
}
