//! Sends a message in as many parts as the messenger needs, none of them twice.

use super::post::{Asked, Post};
use crate::relay::helpdesk::HelpDesk;
use crate::relay::retry::Tried;
use crate::store::{Due, StoreError, Told};

/// A way by which messages leave, in parts of its own.
pub(super) trait Sends {
    /// What is sent at once.
    type Part;

    /// Cuts a message in what can be sent.
    fn parts(&self, post: &Post<'_>) -> Vec<Self::Part>;

    /// Sends the part of this place.
    fn send(
        &self,
        part: &Self::Part,
        place: usize,
        due: &Due,
        told: &Told,
    ) -> impl Future<Output = Result<Asked, StoreError>> + Send;
}

/// A delivery with everything needed to make it.
pub(super) struct Delivery<'a> {
    pub(super) desk: &'a HelpDesk<'a>,
    pub(super) due: &'a Due,
    pub(super) told: &'a Told,
}

impl Delivery<'_> {
    /// Sends the parts that have not arrived; those that do are kept, until the last: then the delivery itself has.
    pub(super) async fn by<S: Sends>(&self, way: S, post: &Post<'_>) -> Result<Tried, StoreError> {
        let parts = way.parts(post);
        let sent = usize::try_from(self.due.sent_parts).unwrap_or_default();
        let mut last = Tried::nothing();
        for (place, part) in parts.iter().enumerate().skip(sent) {
            let asked: Asked = way.send(part, place, self.due, self.told).await?;
            last = asked.tried;
            if !last.is_taken() {
                break;
            }
            if place + 1 < parts.len() {
                let sent = i64::try_from(place + 1).unwrap_or(i64::MAX);
                self.desk.store.keep_sent_parts(self.due.id, sent).await?;
            }
        }
        Ok(last)
    }
}
