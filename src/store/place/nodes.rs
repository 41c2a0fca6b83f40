//! Carries news between the processes that share a PostgreSQL database, over its notifications.
//!
//! A notification is told only to those who listen at that moment, so whoever was cut off reads anew what it follows once
//! it listens again: events lie in the database, and only the wish to look for them travels.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgListener, PgPool};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::task::AbortHandle;
use uuid::Uuid;

use crate::bus::{Bus, DeskNews, News, SIGN_OF_LIFE};

/// The channel of the notifications.
const CHANNEL: &str = "mondo_news";

/// Bytes of news in one notification, which may hold 8,000 in all.
const MAX_TOLD: usize = 7_500;

/// How long to wait before a server that is away is tried again.
const PAUSE: Duration = Duration::from_millis(250);

/// News on their way from one process to the others.
#[derive(Debug, Serialize, Deserialize)]
struct Told {
    /// Which process tells; it has heard them already.
    node: Uuid,
    news: Vec<News>,
}

/// Carries news until the last clone is dropped.
#[derive(Debug, Clone)]
pub(in crate::store) struct Nodes(#[expect(dead_code, reason = "held for its end")] Arc<Tasks>);

#[derive(Debug)]
struct Tasks([AbortHandle; 3]);

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

impl Nodes {
    /// Begins to carry; returns once this process listens, so that it misses nothing that is told from now on.
    pub(in crate::store) async fn join(pool: &PgPool, bus: &Bus) -> Result<Self, sqlx::Error> {
        let node = Uuid::now_v7();
        let listener = connect(pool).await?;
        let telling = tokio::spawn(tell(pool.clone(), bus.announced(), node));
        let listening = tokio::spawn(listen(pool.clone(), listener, bus.clone(), node));
        let living = tokio::spawn(live(bus.clone()));
        let tasks = [&telling, &listening, &living].map(|task| task.abort_handle());
        Ok(Self(Arc::new(Tasks(tasks))))
    }
}

/// Asks who is connected to the others, and goes on saying that this process is there.
async fn live(bus: Bus) {
    bus.ask_who_is_there();
    loop {
        tokio::time::sleep(SIGN_OF_LIFE).await;
        bus.give_a_sign_of_life();
    }
}

/// Tells the others what is announced here, in order.
async fn tell(pool: PgPool, mut announced: Receiver<News>, node: Uuid) {
    let mut next: Option<News> = None;
    loop {
        let first = match next.take() {
            Some(one) => one,
            None => match announced.recv().await {
                Ok(one) => one,
                Err(RecvError::Lagged(_)) => DeskNews::Missed.into(),
                Err(RecvError::Closed) => return,
            },
        };
        let mut length = length_of(&first);
        let mut news = vec![first];
        while next.is_none() {
            let one = match announced.try_recv() {
                Ok(one) => one,
                Err(TryRecvError::Lagged(_)) => DeskNews::Missed.into(),
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            };
            length += length_of(&one);
            match length <= MAX_TOLD {
                true => news.push(one),
                false => next = Some(one),
            }
        }
        let told = serde_json::to_string(&Told { node, news }).expect("news are plain values");
        loop {
            let sent = sqlx::query("SELECT pg_notify($1, $2)")
                .bind(CHANNEL)
                .bind(&told)
                .execute(&pool)
                .await;
            match sent {
                Ok(_) => break,
                Err(error) => tracing::warn!("the other nodes hear nothing for now: {error}"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Bytes that news take in a notification.
fn length_of(news: &News) -> usize {
    serde_json::to_vec(news).map_or(0, |text| text.len() + 1)
}

/// Passes on here what the others tell.
async fn listen(pool: PgPool, mut listener: PgListener, bus: Bus, node: Uuid) {
    loop {
        match listener.try_recv().await {
            Ok(Some(notification)) => match serde_json::from_str(notification.payload()) {
                Ok(Told { node: other, .. }) if other == node => {}
                Ok(Told { node: other, news }) => news.into_iter().for_each(|one| match one {
                    // The one who tells has fallen behind, and nobody knows what with.
                    News::Desk(DeskNews::Missed) => catch_up(&bus),
                    one => bus.hear_from(other, one),
                }),
                // Told by a later version; what it means can only be looked for.
                Err(_) => catch_up(&bus),
            },
            // The line was cut, and it is there again.
            Ok(None) => {
                catch_up(&bus);
                bus.tell_who_is_here();
            }
            // It was cut, and the server is away. The listener would mend it in silence, and what was told before that
            // would never be looked for.
            Err(error) => {
                tracing::warn!("nothing is heard of other nodes for now: {error}");
                listener = connect_again(&pool).await;
                catch_up(&bus);
                bus.tell_who_is_here();
            }
        }
    }
}

/// Listens on a connection of its own.
async fn connect(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Listens as soon as the server is there again.
async fn connect_again(pool: &PgPool) -> PgListener {
    loop {
        tokio::time::sleep(PAUSE).await;
        match connect(pool).await {
            Ok(listener) => return listener,
            Err(error) => tracing::debug!("the server is still away: {error}"),
        }
    }
}

/// Has everything read anew that may have been missed, and asks for what is not in the store.
fn catch_up(bus: &Bus) {
    bus.hear_of_a_gap();
    bus.ask_who_is_there();
}
