//! The doors at which a program shows by its signature that it holds the secret of an outlet.

use hyper::HeaderMap;

use super::receipt::{ReceiveError, signed_request};
use crate::desk::Workplace;
use crate::ids::EndpointId;
use crate::signing::verify_standard;
use crate::store::{Endpoint, EndpointKind};
use crate::time::Timestamp;

/// A request as it came, and the outlet it names.
pub(super) struct SignedPost<'a> {
    pub(super) outlet: EndpointId,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

/// Returns the outlet of a request: of this kind, switched on, and holder of the secret that signed it.
pub(super) async fn signed_outlet(
    workplace: &Workplace,
    kind: EndpointKind,
    post: SignedPost<'_>,
    now: Timestamp,
) -> Result<Endpoint, ReceiveError> {
    let endpoint = workplace.endpoint(&post.outlet, now).await?;
    verify_standard(
        &endpoint.secrets,
        signed_request(post.headers, post.body),
        now,
    )?;
    match endpoint.active && endpoint.kind == kind {
        true => Ok(endpoint),
        false if kind == EndpointKind::Mail => Err(ReceiveError::NoMailbox),
        false => Err(ReceiveError::NoChannel),
    }
}
