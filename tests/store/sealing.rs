//! What people said is nowhere in the files in clear, is found and read all the same, and survives another master key.

use std::path::Path;

use mondo::conversation::{Feedback, FileKind, FileLimits, FileName, Rating, SaidName, recognise};
use mondo::identity::Identity;
use mondo::ids::ConversationId;
use mondo::language::Language;
use mondo::safety::Words;
use mondo::store::{
    NewAttachment, NewEscalation, NewFeedback, NewTurn, OpenError, Owner, RotationError,
    StaffLogFilter, Store,
};

use crate::channels::conversation;
use crate::{Fixture, answer, keyed, now, record, turn};

/// Stands in everything that a person says here, and nowhere else.
pub const MARK: &str = "zebrakettle";

fn words(text: &str) -> Words {
    Words::parse(text, 1_000).expect("words")
}

pub fn account() -> Identity {
    Identity {
        subject: format!("subject-{MARK}"),
        name: Some(format!("Name {MARK}")),
        email: Some(format!("{MARK}@example.com")),
        language: None,
        tier: None,
        audience: Vec::new(),
    }
}

/// A visitor with an account says something in every place where something can be said.
pub async fn says_everything(store: &Store) -> ConversationId {
    let opened = store
        .open_conversation(conversation(), Owner::Account(account()), None)
        .await
        .expect("opened");
    let id = opened.id;
    let request = keyed(&format!("messages {id}"), "a-key-of-the-visitor", MARK);
    let said = turn(id, &format!("my {MARK} is broken"), answer(), Some(request));
    let exchange = store.take_turn(said).await.expect("taken").value;
    let reply = exchange.reply.expect("the bot answers").id;
    let rated = NewFeedback {
        conversation: id,
        message: reply,
        feedback: Feedback {
            rating: Rating::Helpful,
            reason: None,
            comment: Some(words(&format!("{MARK} is fine"))),
        },
        fallback: Language::English,
        request: None,
        now: now(),
    };
    store.give_feedback(rated).await.expect("rated");
    let wish = NewEscalation {
        conversation: id,
        note: Some(words(&format!("the {MARK} again"))),
        contact: Some(words(&format!("{MARK}@example.com"))),
        fallback: Language::English,
        request: None,
        now: now(),
    };
    store.escalate(wish).await.expect("queued");
    let limits = FileLimits {
        bytes: 1_000,
        pixels: 1,
    };
    let file = NewAttachment {
        conversation: id,
        agent: None,
        name: FileName::new(&SaidName::new(&format!("{MARK}.txt")), FileKind::Text),
        file: recognise(MARK.as_bytes(), limits).expect("a text"),
        content: MARK.as_bytes().to_vec(),
        request: None,
        now: now(),
    };
    store.keep_attachment(file).await.expect("kept");
    store
        .record_answer(record(&format!("where is the {MARK}?")))
        .await
        .expect("recorded");
    id
}

/// Every file below a folder whose bytes hold a text.
pub fn holders_of(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).expect("readable");
                let holds = bytes
                    .windows(text.len())
                    .any(|part| part == text.as_bytes());
                found.extend(holds.then(|| path.display().to_string()));
            }
        }
    }
    found
}

#[tokio::test]
async fn nothing_that_was_said_lies_in_the_files_and_all_of_it_is_read_again() {
    let Fixture { store, folder } = Fixture::new().await;
    let id = says_everything(&store).await;
    for text in [MARK, "zebra", "kettle"] {
        assert_eq!(
            holders_of(folder.path(), text),
            Vec::<String>::new(),
            "{text}"
        );
    }
    drop(store);

    let store = Store::open(folder.path(), now())
        .await
        .expect("opens again");
    let reader = store.reader();
    let messages = reader.messages(&id).await.expect("read");
    assert_eq!(messages[0].text, format!("my {MARK} is broken"));
    let tickets = reader.tickets(&id).await.expect("read");
    assert_eq!(
        tickets[0].note.as_deref(),
        Some(&*format!("the {MARK} again"))
    );
    assert_eq!(tickets[0].summary, format!("my {MARK} is broken"));
    assert_eq!(
        reader.owner(&id).await.expect("read"),
        Owner::Account(account())
    );
    let found = reader.search_tickets(&format!("{MARK} broken")).await;
    assert_eq!(found.expect("searched"), tickets);
    let nothing = reader.search_tickets("teapot").await.expect("searched");
    assert_eq!(nothing, []);
}

#[tokio::test]
async fn a_master_key_that_is_lost_is_named_and_not_replaced() {
    let Fixture { store, folder } = Fixture::new().await;
    says_everything(&store).await;
    drop(store);
    let keys = folder.path().join("master.keys");
    let apart = folder.path().join("apart");
    std::fs::rename(&keys, &apart).expect("moved");
    let error = Store::open(folder.path(), now()).await.expect_err("lost");
    assert!(matches!(error, OpenError::MasterKeys(_)), "{error:?}");
    assert!(!keys.exists(), "a new one would hide the loss");

    // Another installation's key is no help either.
    let other = tempfile::tempdir().expect("a folder");
    drop(Store::open(other.path(), now()).await.expect("opens"));
    std::fs::copy(other.path().join("master.keys"), &keys).expect("copied");
    let error = Store::open(folder.path(), now())
        .await
        .expect_err("another");
    assert!(matches!(error, OpenError::Keys(_)), "{error:?}");

    std::fs::rename(&apart, &keys).expect("moved back");
    Store::open(folder.path(), now())
        .await
        .expect("found again");
}

#[tokio::test]
async fn the_master_key_is_rotated_while_another_process_serves() {
    let Fixture { store, folder } = Fixture::new().await;
    let before = says_everything(&store).await;
    let operator = Store::open(folder.path(), now())
        .await
        .expect("opens beside");
    let first = operator.master_keys().await.expect("listed");
    assert_eq!(first.len(), 1);
    let rotated = operator.rotate_master_key(now()).await.expect("rotated");
    assert!(rotated.wrapped >= 4, "{rotated:?}");
    let used = operator.master_keys().await.expect("listed");
    assert_eq!(used.len(), 2);
    assert_eq!(
        (&used[0].id, used[1].wraps),
        (&rotated.newest, 0),
        "{used:?}"
    );

    // The one that serves still wraps with the key it knows, and reads what it does not.
    let between = says_everything(&store).await;
    store.keep_house(now()).await.expect("kept");
    for id in [before, between] {
        let messages = store.reader().messages(&id).await.expect("read");
        assert!(messages[0].text.contains(MARK));
    }
    let early = operator
        .prune_master_keys(now().earlier_by(now().as_millis()))
        .await;
    assert!(matches!(early, Err(RotationError::TooEarly)), "{early:?}");
    let gone = operator
        .prune_master_keys(mondo::time::Timestamp::from_millis(i64::MAX))
        .await;
    assert_eq!(gone.expect("pruned"), 1);
    let opened = Store::open(folder.path(), now()).await.expect("opens");
    for id in [before, between] {
        let messages = opened.reader().messages(&id).await.expect("read");
        assert!(messages[0].text.contains(MARK));
    }
}

#[tokio::test]
async fn what_was_hidden_is_kept_sealed_and_shown_with_a_reason_that_is_noted() {
    let Fixture { store, folder } = Fixture::new().await;
    let id = store
        .open_conversation(conversation(), Owner::Staff, None)
        .await
        .expect("opened")
        .id;
    let said = "my card is 4111 1111 1111 1111";
    let turn = NewTurn {
        contact: None,
        page: None,
        text: Some(words(said)),
        ..turn(id, "", answer(), None)
    };
    let question = store.take_turn(turn).await.expect("taken").value.question;
    assert!(!question.text.contains("4111"), "{}", question.text);
    // Four digits alone stand in enough digests to be met by chance.
    for number in ["4111 1111", "41111111"] {
        assert_eq!(holders_of(folder.path(), number), Vec::<String>::new());
    }
    let opened = store
        .open_original(id, question.id, "ada", "the bank asks which card", now())
        .await
        .expect("opened");
    assert_eq!(opened.as_deref(), Some(said));
    let about = StaffLogFilter {
        subject: Some(id.to_string()),
        ..StaffLogFilter::default()
    };
    let log = store.reader().staff_log(&about, 9).await;
    let log = log.expect("read");
    assert_eq!(
        (log[0].action.as_str(), log[0].actor.as_str()),
        ("open_original", "ada")
    );
    assert_eq!(log[0].detail["why"], "the bank asks which card");
}
