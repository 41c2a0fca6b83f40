//! The site that passkeys of staff are made for.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::problem::{ApiError, ProblemKind};
use super::state::AppState;
use crate::staff::{NoPasskeySite, PasskeySite};

/// The site that a request speaks to.
pub(in crate::http) struct OwnSite(pub(in crate::http) PasskeySite);

impl OwnSite {
    /// Returns the site at the public address, or on the machine itself where none is set. What a request says of its host
    /// counts for nothing else.
    pub(in crate::http) fn of(
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
}

impl FromRequestParts<AppState> for OwnSite {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        Ok(Self(Self::of(app, &parts.headers)?))
    }
}

impl From<NoPasskeySite> for ApiError {
    fn from(error: NoPasskeySite) -> Self {
        Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("passkey")
    }
}
