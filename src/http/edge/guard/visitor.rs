//! Ownership: lets visitors reach their own conversations and nobody else's.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::bearer::{Bearer, bearer};
use super::staff::Staff;
use crate::desk::Credentials;
use crate::http::edge::extract::PathId;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::identity::{Identity, IdentityMode, RefusedToken};
use crate::ids::ConversationId;
use crate::staff::{Permission, SecretToken};

/// Header with the secret of an anonymous conversation.
pub(in crate::http) const VISITOR_SECRET: &str = "mondo-visitor";

/// Whoever asks on the visitors' side.
pub(in crate::http) struct Caller {
    /// What they show.
    pub(in crate::http) shown: Credentials,
    staff: Option<Staff>,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        let mode = app.keyring().mode();
        let account = Self::account(&parts.headers, app)?;
        let mut staff = None;
        match bearer(&parts.headers) {
            Some(Bearer::Token(_)) => {}
            Some(Bearer::Key(_)) => staff = Some(Staff::from_request_parts(parts, app).await?),
            // A cookie that is none of ours, or is used without its counterpart, makes nobody a member of staff.
            None => staff = Staff::from_request_parts(parts, app).await.ok(),
        }
        if mode == IdentityMode::Enforced && account.is_none() && staff.is_none() {
            return Err(ApiError::new(
                ProblemKind::IdentityNeeded,
                "this server serves signed-in visitors only; send the host's token as `Authorization: Bearer`",
            ));
        }
        let secret = parts
            .headers
            .get(VISITOR_SECRET)
            .and_then(|value| value.to_str().ok())
            .map(SecretToken::presented);
        Ok(Self {
            shown: Credentials { account, secret },
            staff,
        })
    }
}

impl Caller {
    /// Returns the account that the host's token names, where there is one.
    pub(super) fn account(
        headers: &HeaderMap,
        app: &AppState,
    ) -> Result<Option<Identity>, ApiError> {
        match bearer(headers) {
            Some(Bearer::Token(token)) if app.keyring().mode() != IdentityMode::Off => {
                Ok(Some(app.keyring().identify(token, app.now())?))
            }
            _ => Ok(None),
        }
    }
}

impl From<RefusedToken> for ApiError {
    fn from(error: RefusedToken) -> Self {
        let kind = match error {
            RefusedToken::Expired => ProblemKind::TokenExpired,
            _ => ProblemKind::TokenRefused,
        };
        Self::new(kind, error.to_string()).in_field("Authorization")
    }
}

/// The conversation in the path, once whoever asks may reach it: its owner, or staff.
pub(in crate::http) struct OwnConversation(pub(in crate::http) ConversationId);

impl FromRequestParts<AppState> for OwnConversation {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let Path(names) = Path::<HashMap<String, String>>::from_request_parts(parts, app)
            .await
            .map_err(|error| ApiError::new(ProblemKind::BadRequest, error.body_text()))?;
        let id = ConversationId::parse(names.get("id").map_or("", String::as_str))?;
        let wanted = match parts.method {
            Method::GET | Method::HEAD => Permission::ReadConversations,
            _ => Permission::WorkConversations,
        };
        match &caller.staff {
            Some(staff) if staff.principal.may(wanted) => {}
            _ => app.visitors().admit(&id, &caller.shown, app.now()).await?,
        }
        Ok(Self(id))
    }
}
