//! What waits for the visitor of a messenger while they are being replied to: it leaves with the reply.

use super::post::Post;
use crate::desk::{DeskError, Endpoint, VisitorDesk};
use crate::ids::{ConversationId, DeliveryId};
use crate::store::Outcome;
use crate::time::Timestamp;

/// How much of a message has found room in a reply.
pub(super) enum Room {
    /// All of it.
    Whole,
    /// So many of its parts, counted from the first.
    Parts(usize),
    /// Nothing.
    Nothing,
}

/// What has left with a reply.
#[derive(Debug, Default)]
pub(super) struct Offered {
    /// What was told whole.
    pub(super) told: Vec<DeliveryId>,
    /// Whether something still waits.
    pub(super) is_more: bool,
}

/// The messages that wait for visitors of a place.
pub(super) struct Waiting<'a> {
    pub(super) visitors: &'a VisitorDesk,
    pub(super) endpoint: &'a Endpoint,
    /// Where the help pages are.
    pub(super) site: &'a str,
    pub(super) now: Timestamp,
}

impl Waiting<'_> {
    /// Offers the messages that wait in a conversation, in order, as long as they find room: each with the number of its
    /// parts that were told before.
    pub(super) async fn offer(
        &self,
        conversation: ConversationId,
        mut takes: impl FnMut(&Post<'_>, usize) -> Room + Send,
    ) -> Result<Offered, DeskError> {
        let mut offered = Offered::default();
        loop {
            let next = self
                .visitors
                .next_waiting(self.endpoint, conversation, self.now);
            let Some((due, told)) = next.await? else {
                return Ok(offered);
            };
            let sent = usize::try_from(due.sent_parts).unwrap_or_default();
            let room = told
                .as_ref()
                .and_then(|told| Post::of(told, self.site))
                .map(|post| takes(&post, sent));
            let id = self.endpoint.id;
            match room {
                None => {
                    self.visitors
                        .keep_waiting(&due, id, Outcome::Dropped, self.now)
                        .await?;
                }
                Some(Room::Whole) => {
                    self.visitors
                        .keep_waiting(&due, id, Outcome::Delivered, self.now)
                        .await?;
                    offered.told.push(due.id);
                }
                Some(Room::Parts(parts)) => {
                    let parts = i64::try_from(parts).unwrap_or(i64::MAX);
                    self.visitors.leave_waiting(&due, Some(parts)).await?;
                    offered.is_more = true;
                    return Ok(offered);
                }
                Some(Room::Nothing) => {
                    self.visitors.leave_waiting(&due, None).await?;
                    offered.is_more = true;
                    return Ok(offered);
                }
            }
        }
    }
}
