//! What happens in a conversation, as it happens and from where a listener stopped.

use futures_util::Stream;

use super::VisitorDesk;
use crate::conversation::ConversationEvent;
use crate::desk::DeskError;
use crate::ids::ConversationId;

impl VisitorDesk {
    /// Follows a conversation from the event after `after`, or from its beginning; ends only with an error.
    ///
    /// Every event is read from the store in order, so none is lost or doubled however often a listener comes back.
    pub fn events(
        &self,
        id: ConversationId,
        after: Option<i64>,
    ) -> impl Stream<Item = Result<ConversationEvent, DeskError>> + Send + use<> {
        // Followed before the first reading: whatever is written after that reading wakes the next one.
        let mut following = self.bus.follow(id);
        let reader = self.store.reader().clone();
        async_stream::try_stream! {
            let mut last = after.unwrap_or(0);
            loop {
                let events = reader
                    .apart(move |reader| async move { reader.events_after(&id, last).await })
                    .await?;
                if events.is_empty() {
                    following.changed().await;
                }
                for event in events {
                    last = event.sequence;
                    yield event;
                }
            }
        }
    }
}
