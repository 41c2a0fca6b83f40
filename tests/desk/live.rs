//! Following a conversation: nothing lost, nothing doubled, wherever a listener comes back.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, poll};
use mondo::conversation::{ConversationEvent, EventBody};
use mondo::desk::{Desk, DeskError, QueueFilter};
use mondo::ids::ConversationId;
use mondo::language::Language;

use crate::world::{World, now};

#[tokio::test]
async fn a_listener_that_comes_and_goes_hears_everything_once() {
    let world = World::sure().await;
    let visitor = world.visitor(Language::English).await;
    let desk = std::sync::Arc::clone(&world.desk);
    let id = visitor.id;
    let listener = tokio::spawn(async move {
        let mut heard: Vec<ConversationEvent> = Vec::new();
        while heard.len() < 30 {
            let last = heard.last().map(|event| event.sequence);
            // The connection drops after every seventh event.
            let some: Vec<_> = desk
                .visitors
                .events(id, last)
                .take(7)
                .try_collect()
                .await
                .expect("follows");
            heard.extend(some);
        }
        heard
    });
    for _ in 0..21 {
        visitor.asks("Where is my deposit?").await;
    }
    let heard = listener.await.expect("the listener ends");
    let sequences: Vec<i64> = heard.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=35).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_path_to_a_person_is_told_step_by_step() {
    let world = World::sure().await;
    let visitor = world.visitor(Language::English).await;
    let mut events = pin!(world.desk.visitors.events(visitor.id, None));
    visitor.asks("Where is my deposit?").await;
    visitor.wants_person(None).await;
    let mut kinds = Vec::new();
    for _ in 0..5 {
        let event = events.next().await.expect("goes on").expect("follows");
        if let EventBody::Message(message) = &event.body {
            assert_eq!(message.sequence, event.sequence);
        }
        kinds.push(event.body.kind());
    }
    assert_eq!(kinds, ["message", "message", "state", "ticket", "message"]);
}

#[tokio::test]
async fn listeners_that_stop_listening_stop_nobody_else() {
    let world = World::sure().await;
    let visitor = world.visitor(Language::English).await;
    visitor.asks("Where is my deposit?").await;
    let mut idle = Vec::new();
    // Each has begun to read and is not asked again, as happens to a stream whose client takes nothing.
    for _ in 0..64 {
        let mut follower = Box::pin(world.desk.visitors.follow(visitor.id, None));
        let _ = poll!(follower.next());
        let mut events = Box::pin(world.desk.visitors.events(visitor.id, None));
        let _ = poll!(events.next());
        idle.push((follower, events));
    }
    let mut events = pin!(world.desk.visitors.events(visitor.id, None));
    let first = tokio::time::timeout(Duration::from_secs(10), events.next())
        .await
        .expect("the store can still be read")
        .expect("goes on")
        .expect("follows");
    assert_eq!(first.sequence, 1);
}

#[tokio::test]
async fn nobody_can_follow_what_is_not_there() {
    let world = World::sure().await;
    let id = ConversationId::generate(now());
    let mut events = pin!(world.desk.visitors.events(id, None));
    let error = events.next().await.expect("an error").expect_err("unknown");
    assert!(
        matches!(error, DeskError::UnknownConversation(unknown) if unknown == id),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_queue_that_was_read_before_is_read_anew_whoever_changed_it() {
    let world = World::unsure().await;
    let elsewhere = world.beside().await;
    let filter = QueueFilter::default();
    let waiting = async |desk: &Desk| {
        let view = desk.workplace.queue(&filter, now()).await.expect("read");
        view.tally.counts.queued
    };
    assert_eq!(waiting(&elsewhere).await, 0);
    let visitor = world.visitor(Language::English).await;
    visitor.wants_person(None).await;
    // Nothing was announced there: the two desks share the file and no bus.
    assert_eq!(waiting(&elsewhere).await, 1);
    assert_eq!(waiting(&world.desk).await, 1);
    let first = elsewhere
        .workplace
        .queue(&filter, now())
        .await
        .expect("read");
    let second = elsewhere
        .workplace
        .queue(&filter, now())
        .await
        .expect("read");
    assert!(Arc::ptr_eq(&first, &second), "unchanged, so read once");
}
