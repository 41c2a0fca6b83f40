//! What a person said is destroyed everywhere when they ask for it or its time is over, and the record still verifies.

use std::path::Path;

use mondo::ids::ConversationId;
use mondo::store::{Erased, Expired, Owner, Reader, Retention, Store, Verifying};
use sqlx::{ConnectOptions as _, Row as _};

use crate::channels::conversation;
use crate::sealing::{MARK, account, holders_of, says_everything};
use crate::{Fixture, answer, now, record, turn};

/// Reads the sealed texts of a conversation as they lie in the file.
async fn sealed_texts(data: &Path, id: &ConversationId) -> Vec<String> {
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(data.join("mondo.sqlite"))
        .connect()
        .await
        .expect("opens");
    let rows = sqlx::query("SELECT text_sealed FROM messages WHERE conversation = $1")
        .bind(id.to_string())
        .fetch_all(&mut connection)
        .await
        .expect("read");
    rows.iter().map(|row| row.get("text_sealed")).collect()
}

async fn faults_of(data: &Path, reader: &Reader) -> Vec<String> {
    let mut faults = Vec::new();
    let verified = reader
        .verify_record(data, Verifying::default(), &mut |fault| {
            faults.push(fault.to_string());
        })
        .await
        .expect("verifies");
    assert_eq!(verified.faults as usize, faults.len());
    faults
}

async fn anonymous(store: &Store) -> ConversationId {
    let opened = store.open_conversation(conversation(), Owner::Staff, None);
    let id = opened.await.expect("opened").id;
    let said = turn(id, &format!("another {MARK}"), answer(), None);
    store.take_turn(said).await.expect("taken");
    id
}

#[tokio::test]
async fn who_is_erased_is_gone_from_every_file_and_the_others_stay() {
    let Fixture { store, folder } = Fixture::new().await;
    let gone = says_everything(&store).await;
    let stays = anonymous(&store).await;
    store.checkpoint(now()).await.expect("signed");
    let exported = store.reader().export_account(&account().subject).await;
    let exported = exported.expect("exported").to_string();
    assert!(exported.matches(MARK).count() > 8, "{exported}");
    let sealed = sealed_texts(folder.path(), &gone).await;
    let long: Vec<&String> = sealed.iter().filter(|text| text.len() > 60).collect();
    assert!(long.len() >= 2, "{sealed:?}");
    store.fold_log().await.expect("folded");
    for text in &long {
        assert_ne!(holders_of(folder.path(), text), Vec::<String>::new());
    }

    let erased = store
        .erase_account(&account().subject, "ada", "asked for", now())
        .await
        .expect("erased");
    let expected = Erased {
        conversations: 1,
        messages: sealed.len() as u64,
        files: 1,
        on_hold: 0,
    };
    assert_eq!(erased, expected);
    for text in &long {
        assert_eq!(holders_of(folder.path(), text), Vec::<String>::new());
    }
    let reader = store.reader();
    let messages = reader.messages(&gone).await.expect("read");
    assert!(messages.iter().all(|message| message.text.is_empty()));
    let ticket = reader.tickets(&gone).await.expect("read").remove(0);
    assert_eq!((ticket.note, ticket.contact), (None, None));
    assert_eq!(reader.search_tickets(MARK).await.expect("searched"), []);
    let files = std::fs::read_dir(folder.path().join("attachments").join(gone.to_string()));
    assert_eq!(files.expect("a folder").count(), 0);
    let said = store.take_turn(turn(gone, "more", answer(), None)).await;
    assert!(said.is_err(), "nobody speaks there any more");
    let messages = reader.messages(&stays).await.expect("read");
    assert!(messages[0].text.contains(MARK));

    store.checkpoint(now()).await.expect("signed");
    assert_eq!(faults_of(folder.path(), reader).await, Vec::<String>::new());
    let again = store
        .erase_account(&account().subject, "ada", "asked for", now())
        .await;
    assert_eq!(again.expect("nothing is left"), Erased::default());
    // Whoever comes back begins anew.
    says_everything(&store).await;
    assert_eq!(faults_of(folder.path(), reader).await, Vec::<String>::new());
}

#[tokio::test]
async fn time_erases_what_rests_but_not_what_is_held() {
    let Fixture { store, folder } = Fixture::new().await;
    let (old, held) = (anonymous(&store).await, anonymous(&store).await);
    store
        .hold_conversation(held, true, "ada", "a court asks for it", now())
        .await
        .expect("held");
    store.record_answer(record("where?")).await.expect("kept");
    let keep = Retention::default();
    let day = 24 * 60 * 60 * 1_000;
    let none = store.expire(keep, now().later_by(89 * day)).await;
    assert_eq!(none.expect("nothing is due"), Expired::default());
    let asks = store.expire(keep, now().later_by(91 * day)).await;
    let asks = asks.expect("done");
    assert_eq!((asks.asks, asks.conversations), (1, 0));
    let all = store.expire(keep, now().later_by(3 * 366 * day)).await;
    assert_eq!(all.expect("done").conversations, 1);
    let messages = store.reader().messages(&old).await.expect("read");
    assert_eq!(messages[0].text, "");
    let messages = store.reader().messages(&held).await.expect("read");
    assert!(messages[0].text.contains(MARK));
    let asked = store
        .erase_conversation(held, "ada", "asked for", now())
        .await
        .expect("looked at");
    assert_eq!((asked.on_hold, asked.conversations), (1, 0));
    store
        .hold_conversation(held, false, "ada", "the court is done", now())
        .await
        .expect("released");
    let asked = store
        .erase_conversation(held, "ada", "asked for", now())
        .await;
    assert_eq!(asked.expect("erased").conversations, 1);
    let faults = faults_of(folder.path(), store.reader()).await;
    assert_eq!(faults, Vec::<String>::new());
}
