//! The site that passkeys of staff are made for.

use axum::http::{HeaderMap, header};

use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::staff::{NoPasskeySite, PasskeySite};

/// Returns the site at the public address, or on the machine itself where none is set. What a request says of its host
/// counts for nothing else.
pub(in crate::http) fn passkey_site(
    app: &AppState,
    headers: &HeaderMap,
) -> Result<PasskeySite, NoPasskeySite> {
    let site = &app.settings().site;
    if !site.address.is_empty() {
        return PasskeySite::of(&site.address, &site.name);
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = host.ok_or(NoPasskeySite)?;
    match host.split(':').next() {
        Some("localhost") => PasskeySite::of(&format!("http://{host}"), &site.name),
        _ => Err(NoPasskeySite),
    }
}

impl From<NoPasskeySite> for ApiError {
    fn from(error: NoPasskeySite) -> Self {
        Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("passkey")
    }
}
