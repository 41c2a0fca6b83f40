//! Sends what a visitor is to read, by whichever messenger they write from.

use super::post::Post;
use super::sending::Delivery;
use super::which::Messenger;
use crate::relay::helpdesk::HelpDesk;
use crate::relay::retry::Tried;
use crate::store::{Due, StoreError, Told};

/// Tells the visitor of a messenger what they are to read.
pub(in crate::relay) async fn tell(
    desk: &HelpDesk<'_>,
    due: &Due,
    told: &Told,
) -> Result<Tried, StoreError> {
    let post = Post::of(told, desk.address);
    let messenger = desk.endpoint.account.as_ref().and_then(Messenger::of);
    let address = told.conversation.address.as_ref();
    let (Some(post), Some(messenger), Some(address)) = (post, messenger, address) else {
        return Ok(Tried::nothing());
    };
    let delivery = Delivery { desk, due, told };
    messenger
        .deliver(&delivery, &post, &address.external_id)
        .await
}
