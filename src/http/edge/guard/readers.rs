//! For whom articles are looked up: what the host's token says of a visitor.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::visitor::Caller;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::identity::IdentityMode;
use crate::knowledge::Readership;

/// Whoever asks, as far as articles are concerned. Nobody is refused for showing no token; one that is not believed is.
pub(in crate::http) struct Readers(pub(in crate::http) Readership);

impl FromRequestParts<AppState> for Readers {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        if app.keyring().mode() == IdentityMode::Off {
            return Ok(Self(Readership::ANYBODY));
        }
        let account = Caller::account(&parts.headers, app)?;
        let groups = account.map_or_else(Vec::new, |account| account.audience);
        Ok(Self(Readership::Visitor { groups }))
    }
}
