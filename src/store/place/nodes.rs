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

use crate::bus::{Bus, DeskNews, News};

/// The channel of the notifications.
const CHANNEL: &str = "mondo_news";

/// Most news in one notification, which may hold 8,000 bytes.
const MAX_TOLD: usize = 32;

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
struct Tasks([AbortHandle; 2]);

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

impl Nodes {
    /// Begins to carry; returns once this process listens, so that it misses nothing that is told from now on.
    pub(in crate::store) async fn join(pool: &PgPool, bus: &Bus) -> Result<Self, sqlx::Error> {
        let node = Uuid::now_v7();
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        let telling = tokio::spawn(tell(pool.clone(), bus.announced(), node));
        let listening = tokio::spawn(listen(listener, bus.clone(), node));
        let tasks = [telling.abort_handle(), listening.abort_handle()];
        Ok(Self(Arc::new(Tasks(tasks))))
    }
}

/// Tells the others what is announced here, in order.
async fn tell(pool: PgPool, mut announced: Receiver<News>, node: Uuid) {
    loop {
        let mut news = Vec::new();
        match announced.recv().await {
            Ok(one) => news.push(one),
            Err(RecvError::Lagged(_)) => news.push(DeskNews::Missed.into()),
            Err(RecvError::Closed) => return,
        }
        while news.len() < MAX_TOLD {
            match announced.try_recv() {
                Ok(one) => news.push(one),
                Err(TryRecvError::Lagged(_)) => news.push(DeskNews::Missed.into()),
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
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

/// Passes on here what the others tell.
async fn listen(mut listener: PgListener, bus: Bus, node: Uuid) {
    loop {
        match listener.try_recv().await {
            Ok(Some(notification)) => match serde_json::from_str(notification.payload()) {
                Ok(Told { node: other, .. }) if other == node => {}
                Ok(Told { news, .. }) => news.into_iter().for_each(|one| match one {
                    // The one who tells has fallen behind, and nobody knows what with.
                    News::Desk(DeskNews::Missed) => bus.hear_of_a_gap(),
                    one => bus.hear(one),
                }),
                // Told by a later version; what it means can only be looked for.
                Err(_) => bus.hear_of_a_gap(),
            },
            // The line was cut, and it is there again.
            Ok(None) => bus.hear_of_a_gap(),
            Err(error) => {
                tracing::warn!("nothing is heard of other nodes for now: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
