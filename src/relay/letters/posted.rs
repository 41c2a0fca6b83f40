//! Mails that a program posts: the way in where nobody reads the mailbox from here.

use hyper::HeaderMap;

use super::taking::{PostOffice, TakenLetter};
use crate::desk::{VisitorDesk, Workplace};
use crate::ids::EndpointId;
use crate::relay::receipt::ReceiveError;
use crate::relay::signed_outlet::{SignedPost, signed_outlet};
use crate::store::EndpointKind;
use crate::time::Timestamp;

/// Takes a mail that a program posts, signed with the secret of the mailbox's outlet.
pub async fn take_posted(
    workplace: &Workplace,
    visitors: &VisitorDesk,
    outlet: EndpointId,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<TakenLetter, ReceiveError> {
    let post = SignedPost {
        outlet,
        headers,
        body,
    };
    let endpoint = signed_outlet(workplace, EndpointKind::Mail, post, now).await?;
    let address = endpoint.url.strip_prefix("mailto:");
    let address = address.ok_or(ReceiveError::NoMailbox)?;
    let office = PostOffice {
        workplace,
        visitors,
        outlet,
        address,
    };
    Ok(office.take(body, now).await?)
}
