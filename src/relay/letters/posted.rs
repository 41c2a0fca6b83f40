//! Mails that a program posts: the way in where nobody reads the mailbox from here.

use hyper::HeaderMap;

use super::taking::{PostOffice, TakenLetter};
use crate::desk::{VisitorDesk, Workplace};
use crate::ids::EndpointId;
use crate::relay::receipt::{ReceiveError, header};
use crate::signing::{SignedRequest, verify_standard};
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
    let endpoint = workplace.endpoint(&outlet, now).await?;
    let signed = SignedRequest {
        id: header(headers, "webhook-id"),
        timestamp: header(headers, "webhook-timestamp"),
        signatures: header(headers, "webhook-signature"),
        body,
    };
    verify_standard(&endpoint.secrets, signed, now)?;
    let address = endpoint.url.strip_prefix("mailto:");
    let (Some(address), true) = (
        address,
        endpoint.active && endpoint.kind == EndpointKind::Mail,
    ) else {
        return Err(ReceiveError::NoMailbox);
    };
    let office = PostOffice {
        workplace,
        visitors,
        outlet,
        address,
    };
    Ok(office.take(body, now).await?)
}
