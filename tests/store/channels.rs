//! Conversations of visitors who write from elsewhere, and the outlets by which they are answered.

use mondo::conversation::{
    Channel, ChannelAddress, Conversation, NewConversation, Standing, Topic,
};
use mondo::ids::{AgentId, ConversationId, DeliveryId, EndpointId, MessageId};
use mondo::language::Language;
use mondo::signing::SigningSecret;
use mondo::staff::{NewAgent, PasswordHash, Role};
use mondo::store::{
    Attempt, Delivery, DeliveryFilter, Endpoint, EndpointChange, EndpointKind, NewEscalation,
    Outcome, Owner, Store, StoreError,
};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::{Fixture, answer, now, turn};

pub fn conversation() -> Conversation {
    Conversation {
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
    }
}

async fn admin(store: &Store) -> AgentId {
    let new = NewAgent::new("ada@example.com", "Ada", Role::Admin).expect("a valid account");
    let hash = PasswordHash::stored("nobody signs in here".to_owned());
    let added = store.add_agent(new, hash, "operator".to_owned(), now());
    added.await.expect("the address is free").id
}

async fn outlet(store: &Store, kind: EndpointKind, topics: &[Topic], by: AgentId) -> EndpointId {
    let endpoint = Endpoint {
        id: EndpointId::generate(now()),
        kind,
        description: String::new(),
        url: "https://example.com/hook".to_owned(),
        topics: topics.to_vec(),
        secrets: vec![SigningSecret::generate()],
        account: None,
        active: true,
        disabled_why: None,
        failing_since: None,
        created: now(),
    };
    let id = endpoint.id;
    store.add_endpoint(endpoint, by).await.expect("kept");
    id
}

async fn delivered(store: &Store, outlet: &EndpointId) -> Vec<Delivery> {
    let filter = DeliveryFilter::default();
    let mut log = store
        .reader()
        .deliveries(outlet, &filter)
        .await
        .expect("read");
    log.reverse();
    log
}

async fn topics(store: &Store, outlet: &EndpointId) -> Vec<Topic> {
    let log = delivered(store, outlet).await;
    log.into_iter().map(|delivery| delivery.topic).collect()
}

#[tokio::test]
async fn a_visitor_of_a_channel_has_one_conversation_under_each_name() {
    let Fixture {
        store,
        folder: _folder,
    } = Fixture::new().await;
    let by = admin(&store).await;
    let messenger = outlet(&store, EndpointKind::Channel, &[Topic::MessageCreated], by).await;
    let other = outlet(&store, EndpointKind::Channel, &[Topic::MessageCreated], by).await;
    let address = |outlet, name: &str| ChannelAddress {
        outlet,
        external_id: name.to_owned(),
    };
    let open = |address: &ChannelAddress| {
        let owner = Owner::Channel(Channel::Webhook, address.clone());
        store.open_conversation(conversation(), owner, None)
    };
    let mina = address(messenger, "chat-1");
    assert_eq!(
        store.reader().conversation_at(&mina).await.expect("read"),
        None
    );
    let opened = open(&mina).await.expect("opened");
    assert_eq!(opened.channel, Channel::Webhook);
    assert_eq!(opened.address.as_ref(), Some(&mina));
    assert_eq!(open(&mina).await.expect("there").id, opened.id);

    // The same name elsewhere is somebody else.
    let namesake = open(&address(other, "chat-1")).await.expect("opened");
    assert_ne!(namesake.id, opened.id);
    let reader = store.reader();
    assert_eq!(
        reader.conversation_at(&mina).await.expect("read"),
        Some(opened.clone())
    );
    assert_eq!(
        reader.owner(&opened.id).await.expect("read"),
        Owner::Channel(Channel::Webhook, mina.clone())
    );
    // What is written by a turn keeps where the visitor is.
    store
        .take_turn(turn(opened.id, "출금이 안 돼요", answer(), None))
        .await
        .expect("taken");
    let read = reader.conversation(&opened.id).await.expect("read");
    assert_eq!(
        (read.channel, read.address),
        (Channel::Webhook, Some(mina.clone()))
    );

    // Once the outlet is gone nobody can be answered there; what was said stays.
    store
        .remove_endpoint(messenger, by, now())
        .await
        .expect("removed");
    assert_eq!(reader.conversation_at(&mina).await.expect("read"), None);
    assert_eq!(reader.owner(&opened.id).await.expect("read"), Owner::Staff);
    assert_eq!(reader.messages(&opened.id).await.expect("read").len(), 2);
}

#[tokio::test]
async fn a_channel_hears_the_replies_of_its_own_conversations_in_order() {
    let Fixture {
        store,
        folder: _folder,
    } = Fixture::new().await;
    let by = admin(&store).await;
    let wanted = [Topic::MessageCreated];
    let messenger = outlet(&store, EndpointKind::Channel, &wanted, by).await;
    let other = outlet(&store, EndpointKind::Channel, &wanted, by).await;
    let webhook = outlet(&store, EndpointKind::Webhook, &wanted, by).await;
    let address = ChannelAddress {
        outlet: messenger,
        external_id: "chat-1".to_owned(),
    };
    let owner = Owner::Channel(Channel::Webhook, address);
    let chat = store
        .open_conversation(conversation(), owner, None)
        .await
        .expect("opened")
        .id;
    let web = store
        .open_conversation(conversation(), Owner::Staff, None)
        .await
        .expect("opened")
        .id;
    for id in [chat, web, chat] {
        store
            .take_turn(turn(id, "출금이 안 돼요", answer(), None))
            .await
            .expect("taken");
    }
    // Two replies of the bot, and never what the visitor has said there.
    let told = delivered(&store, &messenger).await;
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(told.iter().all(|delivery| delivery.conversation == chat));
    assert_eq!(delivered(&store, &other).await, []);
    assert_eq!(
        delivered(&store, &webhook).await.len(),
        6,
        "it hears of everything"
    );

    let claim = |outlet, kind| store.claim_deliveries(outlet, kind, 8, 1_000, now());
    let first = claim(messenger, EndpointKind::Channel)
        .await
        .expect("claimed");
    assert_eq!(first.len(), 1, "the second waits for the first");
    let said: MessageId = first[0].telling.subject.parse().expect("a message");
    let said_last = store.reader().messages(&chat).await.expect("read");
    assert_eq!(said, said_last[1].id, "the reply comes first");
    let attempt = Attempt {
        delivery: first[0].id,
        endpoint: messenger,
        outcome: Outcome::Delivered,
        response_status: Some(200),
        duration_ms: 1,
        error: None,
        now: now(),
    };
    store.keep_attempt(attempt).await.expect("kept");
    let second = claim(messenger, EndpointKind::Channel)
        .await
        .expect("claimed");
    let id: Option<DeliveryId> = second.first().map(|due| due.id);
    assert_eq!(second.len(), 1);
    assert_ne!(id, Some(first[0].id));
}

#[tokio::test]
async fn an_outlet_hears_of_everything_from_when_it_is_set_up_to_when_it_is_taken_away() {
    let Fixture {
        store,
        folder: _folder,
    } = Fixture::new().await;
    let by = admin(&store).await;
    let id = store
        .open_conversation(conversation(), Owner::Staff, None)
        .await
        .expect("opened")
        .id;
    let say = || store.take_turn(turn(id, "출금이 안 돼요", answer(), None));
    let message = Topic::MessageCreated;
    say().await.expect("taken");
    assert!(!store.has_outlets().await.expect("read"));
    let webhook = outlet(&store, EndpointKind::Webhook, &[message], by).await;
    assert!(store.has_outlets().await.expect("read"));
    say().await.expect("taken");
    assert_eq!(topics(&store, &webhook).await, [message; 2]);

    let change = |topics: Option<Vec<Topic>>, active| {
        let change = EndpointChange {
            topics,
            active,
            ..EndpointChange::default()
        };
        store.change_endpoint(webhook, change, by, now())
    };
    change(None, Some(false)).await.expect("changed");
    say().await.expect("taken");
    change(
        Some(vec![Topic::TicketCreated, Topic::ConversationEscalated]),
        Some(true),
    )
    .await
    .expect("changed");
    let escalation = NewEscalation {
        conversation: id,
        note: None,
        contact: None,
        fallback: Language::English,
        request: None,
        now: now(),
    };
    store.escalate(escalation).await.expect("queued");
    let heard = topics(&store, &webhook).await;
    assert_eq!(
        heard,
        [
            message,
            message,
            Topic::TicketCreated,
            Topic::ConversationEscalated
        ]
    );
    store
        .remove_endpoint(webhook, by, now())
        .await
        .expect("removed");
    say().await.expect("nobody is told, and nobody is held up");
    assert!(!store.has_outlets().await.expect("read"));
}

#[tokio::test]
async fn an_outlet_that_another_process_removes_or_adds_holds_up_nobody() {
    let Fixture { store, folder } = Fixture::new().await;
    let by = admin(&store).await;
    let id = store
        .open_conversation(conversation(), Owner::Staff, None)
        .await
        .expect("opened")
        .id;
    let webhook = outlet(&store, EndpointKind::Webhook, &[Topic::MessageCreated], by).await;
    store
        .take_turn(turn(id, "출금이 안 돼요", answer(), None))
        .await
        .expect("taken");
    // Behind the back of the store that remembers it.
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(store.path())
        .connect()
        .await
        .expect("the file is there");
    sqlx::query("DELETE FROM deliveries")
        .execute(&mut connection)
        .await
        .expect("deleted");
    sqlx::query("DELETE FROM outlets")
        .execute(&mut connection)
        .await
        .expect("deleted");
    connection.close().await.expect("closes");
    let taken = store
        .take_turn(turn(id, "출금이 안 돼요", answer(), None))
        .await;
    assert!(taken.is_ok(), "{taken:?}");
    assert_eq!(delivered(&store, &webhook).await, []);

    // One that another process has set up is noticed by the housekeeping.
    let elsewhere = Store::open(folder.path(), now()).await.expect("opens");
    let webhook = outlet(
        &elsewhere,
        EndpointKind::Webhook,
        &[Topic::MessageCreated],
        by,
    )
    .await;
    store.keep_house(now()).await.expect("kept");
    store
        .take_turn(turn(id, "출금이 안 돼요", answer(), None))
        .await
        .expect("taken");
    assert_eq!(delivered(&store, &webhook).await.len(), 2);
}

#[tokio::test]
async fn an_outlet_that_is_switched_off_by_its_failures_is_told_no_more() {
    let Fixture {
        store,
        folder: _folder,
    } = Fixture::new().await;
    let by = admin(&store).await;
    let id = store
        .open_conversation(conversation(), Owner::Staff, None)
        .await
        .expect("opened")
        .id;
    let webhook = outlet(&store, EndpointKind::Webhook, &[Topic::MessageCreated], by).await;
    let say = || store.take_turn(turn(id, "출금이 안 돼요", answer(), None));
    say().await.expect("taken");
    let due = store
        .claim_deliveries(webhook, EndpointKind::Webhook, 1, 1_000, now())
        .await
        .expect("claimed");
    let attempt = Attempt {
        delivery: due[0].id,
        endpoint: webhook,
        outcome: Outcome::Disabled { why: "it is gone" },
        response_status: Some(410),
        duration_ms: 1,
        error: None,
        now: now(),
    };
    store.keep_attempt(attempt).await.expect("kept");
    assert!(!store.has_outlets().await.expect("read"));
    say().await.expect("taken");
    assert_eq!(delivered(&store, &webhook).await.len(), 2);
    let gone = store.change_endpoint(
        EndpointId::generate(now()),
        EndpointChange::default(),
        by,
        now(),
    );
    let error = gone.await.expect_err("never set up");
    assert!(matches!(error, StoreError::UnknownEndpoint(_)), "{error:?}");
}
