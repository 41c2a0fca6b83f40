//! Serves what the knowledge folder says whenever it may say something else.

use std::sync::Arc;

use super::folder::{Library, Reloaded};
use super::sharing::TakenOver;
use crate::bus::Subject;
use crate::pipeline::Engine;
use crate::store::Store;

impl Library {
    /// Serves what the folder says whenever the bus tells that it may say something else; ends with the bus.
    ///
    /// Whoever writes into the folder announces it, here or in another process. What was edited at a node with a folder of
    /// its own is taken over first, and once at the beginning, since it may have been edited while this process was away.
    /// Hearing it twice changes nothing: a folder that says what is served already is read and left.
    pub fn follow(
        self: Arc<Self>,
        engine: Arc<Engine>,
        store: &Store,
    ) -> impl Future<Output = ()> + Send + use<> {
        // Listens from now on, not from when it is polled first.
        let mut heard = store.bus().heard(Subject::Knowledge);
        let store = store.clone();
        async move {
            if self.take_over_and_tell(&store).await > 0 {
                Arc::clone(&self).serve(Arc::clone(&engine)).await;
            }
            while heard.changed().await.is_ok() {
                self.take_over_and_tell(&store).await;
                Arc::clone(&self).serve(Arc::clone(&engine)).await;
            }
        }
    }

    /// Takes over what was edited at other nodes, and returns how many files were written.
    async fn take_over_and_tell(self: &Arc<Self>, store: &Store) -> usize {
        match self.take_over(store).await {
            Ok(TakenOver { written, left }) => {
                if written > 0 {
                    tracing::info!(
                        files = written,
                        "files that were edited at another node were taken over"
                    );
                }
                for path in left {
                    tracing::warn!(
                        "{path} was changed in this folder and edited at another node: it stays as it is here; put the \
                         same text into both"
                    );
                }
                written
            }
            Err(error) => {
                tracing::error!("what was edited at another node is not taken over: {error}");
                0
            }
        }
    }

    async fn serve(self: Arc<Self>, engine: Arc<Engine>) {
        let read = tokio::task::spawn_blocking(move || self.reload(&engine));
        match read.await {
            Ok(Ok(Reloaded::Unchanged)) => {}
            Ok(Ok(Reloaded::Swapped { articles })) => {
                tracing::info!(articles, "the knowledge base was reloaded");
            }
            Ok(Err(error)) => {
                tracing::error!("the edit is not served, the text before it is: {error}");
            }
            Err(error) => tracing::error!(%error, "reading the knowledge base broke off"),
        }
    }
}
